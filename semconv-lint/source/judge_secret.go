package source

import (
	"github.com/koine-otel/koine/semconv-lint/rules/secretkey"
)

// secret judges a key by what its words say of the value. What is looked for is set elsewhere.
func (j *Judge) secret(u *Use) []problem {
	if u.Read || !secretkey.Says(j.conventions, u.Key) {
		return nil
	}
	return []problem{u.said(SecretKey, "", "the name "+u.Key+" says that its value is a secret", true)}
}
