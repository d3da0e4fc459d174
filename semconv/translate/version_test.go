package translate

import "testing"

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		target   string
		in, want attributes
	}{
		{"", of("db.statement", "select 1", "http.method", "GET"), of("db.query.text", "select 1", "http.request.method", "GET")},
		{"1.44.0", of("db.statement", "select 1", "http.method", "GET"), of("db.query.text", "select 1", "http.request.method", "GET")},
		// Databases changed after HTTP.
		{"1.23.0", of("db.statement", "select 1", "http.method", "GET"), of("db.statement", "select 1", "http.request.method", "GET")},
		{"1.26.0", of("deployment.environment", "prod"), of("deployment.environment", "prod")},
		{"1.27.0", of("deployment.environment", "prod"), of("deployment.environment.name", "prod")},
	} {
		var r Result
		New(Options{Target: c.target}, Embedded()...).Translate(c.in.input(Client), &r)
		if got := c.in.apply(&r); got.String() != c.want.String() {
			t.Errorf("%s: got %s, want %s", c.target, got, c.want)
		}
	}
}

func TestCheckTarget(t *testing.T) {
	for version, want := range map[string]string{
		"1.21.0": "", "1.44.0": "", "1.37.0": "",
		"1.20.0": `"1.20.0" is not between 1.21.0 and 1.44.0`,
		"1.45.0": `"1.45.0" is not between 1.21.0 and 1.44.0`,
		"latest": `"latest" is no version such as 1.44.0`,
		"1.-1.0": `"1.-1.0" is no version such as 1.44.0`,
		"":       `"" is no version such as 1.44.0`,
	} {
		err := CheckTarget(version)
		if got := message(err); got != want {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
