package translate

import (
	"strings"
	"testing"
)

// TestMistakes: rules that would do nothing, or something that nobody can want, are
// refused, each at its place.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"metrics:\n  - {to: no.such.metric, from: [a]}":                                          `x.yaml:3: target "no.such.metric" is no metric of 1.44.0`,
		"metrics:\n  - {to: http.server.duration, from: [a]}":                                    `x.yaml:3: target "http.server.duration" is no metric of 1.44.0`,
		"metrics:\n  - {to: http.server.request.duration, unit: ms, from: [a]}":                  `x.yaml:3: metric "http.server.request.duration": unit "ms", but "s" in 1.44.0`,
		"metrics:\n  - to: http.server.request.duration\n    from: [{name: a, divide: 0}]":       `x.yaml:4: a: divide: 0 is not above 0`,
		"metrics:\n  - to: http.server.request.duration\n    from: [{name: a, divide: -1}]":      `x.yaml:4: a: divide: -1 is not above 0`,
		"metrics:\n  - to: http.server.request.duration\n    from: [{name: a, divide: .nan}]":    `x.yaml:4: a: divide: NaN is not above 0`,
		"metrics:\n  - {to: http.server.request.duration, unit: s, from: [{name: a, unit: ms}]}": `x.yaml:3: a: from ms to s takes divide: 1000`,
		"attributes:\n  - {to: http.response.status_code, from: [{set: abc, has: [b]}]}":         `x.yaml:3: target "http.response.status_code": "abc" is no value of it`,
		"attributes:\n  - {to: server.port, from: [{key: a, values: {http: http}}]}":             `x.yaml:3: target "server.port": "http" is no value of it`,
		"attributes:\n  - {to: \"@kind\", from: [{set: clint, has: [b]}]}":                       `x.yaml:3: target "@kind": "clint" is no value of it`,
		"attributes:\n  - to: url.full":                                                          `x.yaml:3: target "url.full": no source (from)`,
		"attributes:\n  - {to: url.full, from: [a]}\n---\nattributes: []":                        `x.yaml:4: a second document: all rules stand in one`,
		"attributes:\n  - {to: url.full, from: a}":                                               "x.yaml:3: cannot unmarshal",
	} {
		_, err := ParseVocabulary("x.yaml", []byte("vocabulary: x\n"+text+"\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "vocabulary "+want) {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
	own := "vocabulary: x\nmetrics:\n  - {to: acme.orders, own: true, unit: s, from: [{name: acme.old, unit: ms, divide: 1000}]}\n"
	if _, err := ParseVocabulary("x.yaml", []byte(own)); err != nil {
		t.Error(err)
	}
}

// TestAllMistakes: one reading tells all.
func TestAllMistakes(t *testing.T) {
	_, err := ParseVocabulary("x.yaml", []byte(`vocabulary: x
attributes:
  - {to: nowhere, from: [a]}
  - to: url.full
    from: [{key: a, as: b, on: [clint]}, {key: a, lack: [b]}]
  - {to: url.full, from: [{set: x}], since: new}
metrics:
  - {to: no.such, from: [a]}
spans:
  - {as: lower}
metric: []
`))
	want := `vocabulary x.yaml:3: target "nowhere" is no attribute of 1.44.0
vocabulary x.yaml:5: unknown place "clint"
vocabulary x.yaml:5: unknown key "lack", want one of key, keys, on, join, as, values, set, has, lacks, any, equals, scope, keep, override, since, until, was
vocabulary x.yaml:6: "new" is no version such as 1.26.0
vocabulary x.yaml:8: target "no.such" is no metric of 1.44.0
vocabulary x.yaml:10: a span's name without prefix: every name would be one
vocabulary x.yaml:11: unknown key "metric", want one of vocabulary, attributes, metrics, spans, events, drop`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
