package source

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/rules/secretkey"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// secret judges a key by what its words say of the value: a secret, or what is a person's. What is
// looked for is set elsewhere.
func (j *Judge) secret(u *Use) []problem {
	switch {
	case u.Read:
		return nil
	case secretkey.Says(j.conventions, u.Key):
		return []problem{u.said(SecretKey, "", "the name "+u.Key+" says that its value is a secret", true)}
	case j.personal(u.Key):
		return []problem{u.said(PersonalData, "", "the name "+u.Key+" says that its value is a person's: an id tells as much to whoever may look it up", true)}
	}
	return nil
}

// personal is whether a key that is none of the conventions' says that its value is a person's.
func (j *Judge) personal(key string) bool {
	words := sensitive.Words(key)
	return j.conventions.Registry.Resolve(key) == nil && slices.ContainsFunc(personalWords, func(w string) bool {
		return words == w || strings.HasSuffix(words, "_"+w)
	})
}

// personalWords are what keys of personal values end with.
var personalWords = []string{
	"email", "email_address", "phone", "phone_number", "mobile_number", "date_of_birth", "birth_date", "birthdate", "birthday",
	"passport_number", "iban", "home_address", "postal_address", "street_address", "first_name", "last_name",
}
