package source

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

func judge(t *testing.T, o JudgeOptions) *Judge {
	t.Helper()
	c, err := semconvlint.NewConventions("")
	require.NoError(t, err)
	return NewJudge(c, o)
}

// use is an attribute in a text of its own: key at its beginning.
func use(key string, set func(*Use)) ([]byte, Use) {
	u := Use{Role: Attribute, Tier: A, At: Range{0, len(key)}, Key: key, Within: -1, Rewrite: Replace(Range{0, len(key)})}
	if set != nil {
		set(&u)
	}
	return []byte(key + " = value\n"), u
}

func TestAttributes(t *testing.T) {
	j := judge(t, JudgeOptions{})
	for name, test := range map[string]struct {
		key  string
		set  func(*Use)
		want string // rule severity replacement, ! where it is fixed
	}{
		"retired":                      {"http.method", nil, "retired-attribute error http.request.method !"},
		"retired, number":              {"http.status_code", func(u *Use) { u.Type = registry.Int }, "retired-attribute error http.response.status_code !"},
		"retired, text for a number":   {"http.status_code", func(u *Use) { u.Type = registry.String }, "retired-attribute error http.response.status_code"},
		"in development":               {"messaging.client_id", nil, "retired-attribute warning messaging.client.id !"},
		"split":                        {"http.target", nil, "retired-attribute error url.path, url.query"},
		"by kind, not known":           {"net.peer.name", func(u *Use) { u.Place = AnySpan }, "retired-attribute error server.address, client.address"},
		"by kind":                      {"net.peer.name", func(u *Use) { u.Place = translate.Client }, "retired-attribute error server.address !"},
		"without a successor":          {"db.user", nil, "retired-attribute warning "},
		"not sure":                     {"http.method", func(u *Use) { u.Tier = B }, "retired-attribute warning http.request.method !"},
		"elsewhere":                    {"http.method", func(u *Use) { u.Tier = C }, ""},
		"ambiguous":                    {"error.message", func(u *Use) { u.Tier = B }, ""},
		"live":                         {"http.request.method", nil, ""},
		"own":                          {"acme.order.id", nil, ""},
		"own, in the user's form":      {"acme.orderId", nil, ""},
		"a word":                       {"state", nil, ""},
		"moved, not renamed":           {"gen_ai.operation.name", nil, ""},
		"typo":                         {"http.request.metod", nil, "unknown-attribute warning http.request.method"},
		"typo, not sure":               {"http.request.metod", func(u *Use) { u.Tier = B }, ""},
		"kept elsewhere":               {"gen_ai.usage.reasoning_tokens", nil, ""},
		"of tracing-opentelemetry":     {"otel.name", nil, ""},
		"of a vendor":                  {"aws.local.service", nil, ""},
		"of nobody":                    {"messaging.kafka.producer.duration_ms", nil, "unknown-attribute warning "},
		"of OpenCensus":                {"http.path", nil, ""},
		"of the specification":         {"otel.metric.overflow", nil, ""},
		"form":                         {"http.statusCode", nil, "unknown"},
		"type":                         {"http.response.status_code", func(u *Use) { u.Type = registry.String }, "wrong-type error "},
		"right type":                   {"http.response.status_code", func(u *Use) { u.Type = registry.Int }, ""},
		"type, compared":               {"http.response.status_code", func(u *Use) { u.Read, u.Value = true, &Text{Text: "200"} }, ""},
		"level":                        {"http.request.method", func(u *Use) { u.Place = translate.Resource }, "RES-004 warning "},
		"the service on a span":        {"service.name", func(u *Use) { u.Place = AnySpan }, "RES-004 warning "},
		"the service":                  {"service.name", func(u *Use) { u.Place = translate.Resource }, ""},
		"secret":                       {"acme.password", nil, "secret-key warning "},
		"personal":                     {"acme.customer.email", nil, "personal-data warning "},
		"personal, of the conventions": {"user.email", nil, ""},
		"said of a mail":               {"acme.email.sent", nil, ""},
		"secret, looked for":           {"acme.password", func(u *Use) { u.Read = true }, ""},
		"vocabulary of another system": {"resource.name", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			content, u := use(test.key, test.set)
			var got []string
			for _, f := range j.Uses("a", "go", content, []Use{u}) {
				said := f.Rule + " " + f.Severity.String() + " " + f.Replacement
				if f.Fixable() {
					said += " !"
				}
				got = append(got, said)
				assert.Equal(t, 1, f.Line)
				assert.Equal(t, len(test.key)+1, f.EndColumn)
				assert.Equal(t, test.key+" = value", f.Text)
			}
			if test.want == "unknown" {
				require.Len(t, got, 1)
				return
			}
			assert.Equal(t, test.want, strings.Join(got, "; "))
		})
	}
}

// Both names in one function are written on purpose.
func TestSetBeside(t *testing.T) {
	content := []byte("http.method\nhttp.request.method\n")
	old := Use{Role: Attribute, Tier: A, At: Range{0, 11}, Key: "http.method", Within: 0}
	now := Use{Role: Attribute, Tier: A, At: Range{12, 31}, Key: "http.request.method", Within: 0}
	j := judge(t, JudgeOptions{})
	findings := j.Uses("a", "go", content, []Use{old, now})
	require.Len(t, findings, 1)
	assert.Equal(t, semconvlint.Note, findings[0].Severity)

	now.Within = 12
	findings = j.Uses("a", "go", content, []Use{old, now})
	require.Len(t, findings, 1)
	assert.Equal(t, semconvlint.Error, findings[0].Severity)
}

func TestValues(t *testing.T) {
	j := judge(t, JudgeOptions{})
	content := []byte(`db.system = "mssql"` + "\n")
	u := Use{
		Role: Attribute, Tier: A, At: Range{0, 9}, Key: "db.system", Within: -1, Rewrite: Replace(Range{0, 9}), Type: registry.String,
		Value: &Text{At: Range{13, 18}, Text: "mssql", Rewrite: Replace(Range{13, 18})},
	}
	findings := j.Uses("a", "go", content, []Use{u})
	require.Len(t, findings, 1)
	assert.Equal(t, "db.system.name", findings[0].Replacement)
	var edits []Edit
	for _, e := range findings[0].Edits {
		edits = append(edits, e.Edit)
	}
	assert.Equal(t, `db.system.name = "microsoft.sql_server"`+"\n", string(applied(content, edits)))

	u.Value = nil
	findings = j.Uses("a", "go", content, []Use{u})
	require.Len(t, findings, 1)
	assert.False(t, findings[0].Fixable(), "some values have other names, and this one is not known")
}

func TestMetrics(t *testing.T) {
	j := judge(t, JudgeOptions{})
	for _, test := range []struct {
		name, unit string
		instrument registry.Instrument
		want       string
	}{
		{"http.server.duration", "ms", registry.Histogram, "retired-metric http.server.request.duration, in s instead of ms"},
		{"http.server.duration", "", registry.NoInstrument, "retired-metric http.server.request.duration, in s instead of ms"},
		{"http.server.request.duration", "s", registry.Histogram, ""},
		{"http.server.request.duration", "ms", registry.Histogram, "wrong-unit s, values change"},
		{"http.server.request.duration", "s", registry.Counter, "wrong-instrument histogram"},
		{"acme.orders", "{order}", registry.Counter, ""},
		{"http.server.request.duraton", "s", registry.Histogram, "unknown-metric http.server.request.duration"},
	} {
		u := Use{Role: Metric, Tier: A, At: Range{0, len(test.name)}, Key: test.name, Within: -1, Instrument: test.instrument, Rewrite: Replace(Range{0, len(test.name)})}
		if test.unit != "" {
			u.Unit = &Text{Text: test.unit}
		}
		var got []string
		for _, f := range j.Uses("a", "go", []byte(test.name), []Use{u}) {
			said := f.Rule + " " + f.Replacement
			if _, units, ok := strings.Cut(f.Message, ", in "); ok {
				said += ", in " + units
				assert.False(t, f.Fixable(), test.name)
				assert.True(t, f.UnitChanged, test.name)
			}
			if strings.Contains(f.Message, "values change") {
				said += ", values change"
			}
			got = append(got, said)
		}
		assert.Equal(t, test.want, strings.Join(got, "; "), test.name)
	}
}

func TestSpanNames(t *testing.T) {
	j := judge(t, JudgeOptions{})
	for key, want := range map[string]int{
		"GET /users/{user.id}": 1, "GET /users/{id.toString()}": 1, "{method} {route}": 0, "{req.URL.Path}": 1, "{userId}": 1, "GET {request.getRequestURI()}": 1,
		"process {topic}": 0, "job {name}": 0, "SELECT {table}": 0, "{sql}": 1, "step {i}": 1, "{operation}": 0, "{valid}": 0, "{request.route().uri}": 0,
		"load {file_path!r}": 1, "user-{str(uuid4())}": 1, "{name!s}": 0,
	} {
		u := Use{Role: SpanName, Tier: A, At: Range{0, 1}, Key: key, Varies: true, Within: -1}
		assert.Len(t, j.Uses("a", "go", []byte("x"), []Use{u}), want, key)
		u.Bounded = true
		assert.Empty(t, j.Uses("a", "go", []byte("x"), []Use{u}), key)
	}
}

func TestOptIn(t *testing.T) {
	j := judge(t, JudgeOptions{})
	for word, want := range map[string]int{"http": 0, "http/dup": 0, "database/dup": 0, "http-dup": 1, "https": 1, "": 0} {
		u := Use{Role: OptIn, Tier: A, At: Range{0, len(word)}, Key: word, Within: -1}
		assert.Len(t, j.Uses("a", "yaml", []byte(word), []Use{u}), want, word)
	}
}

func TestPackages(t *testing.T) {
	j := judge(t, JudgeOptions{})
	for path, want := range map[string]int{
		"go.opentelemetry.io/otel/semconv/v1.24.0": 1, "go.opentelemetry.io/otel": 0, "opentelemetry.semconv.trace": 1, "go.opentelemetry.io/collector/semconv/v1.18.0": 1, "opentelemetry.semconv.attributes.http_attributes": 0,
	} {
		u := Use{Role: Package, Tier: A, At: Range{0, len(path)}, Key: path, Within: -1}
		assert.Len(t, j.Uses("a", "go", []byte(path), []Use{u}), want, path)
	}
}
