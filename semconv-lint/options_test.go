package semconvlint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func withOptions(made *map[string]any) Rule {
	return Rule{
		Doc: &Doc{ID: "a", Severity: Warning, Options: []Option{
			{Name: "flag", Default: false}, {Name: "most", Default: 10}, {Name: "share", Default: 0.5}, {Name: "word", Default: "x"}, {Name: "keys", Default: []string{"k"}},
		}},
		New: func(c *Context) Checker {
			*made = c.Options
			return elementFunc(func(e *Element) { c.At(e, Report{}) })
		},
	}
}

func TestRuleOptions(t *testing.T) {
	var made map[string]any
	engine(t, Options{Workers: 1}, withOptions(&made)).Finish()
	assert.Equal(t, map[string]any{"flag": false, "most": 10, "share": 0.5, "word": "x", "keys": []string{"k"}}, made)

	set := map[string]any{"flag": true, "most": 3.0, "share": 1, "word": "y", "keys": []any{"l", "m"}}
	engine(t, Options{Workers: 1, RuleOptions: map[string]map[string]any{"a": set}}, withOptions(&made)).Finish()
	assert.Equal(t, map[string]any{"flag": true, "most": 3, "share": 1.0, "word": "y", "keys": []string{"l", "m"}}, made)
}

func TestSeverities(t *testing.T) {
	var made map[string]any
	e := engine(t, Options{Workers: 1, Severities: map[string]Severity{"a": Error}}, withOptions(&made))
	e.Traces(oldSpan("shop", "x"), "")
	assert.Equal(t, Error, e.Finish().Findings[0].Severity)

	e = engine(t, Options{Workers: 1, Severities: map[string]Severity{"a": Off}}, withOptions(&made))
	e.Traces(oldSpan("shop", "x"), "")
	r := e.Finish()
	assert.Empty(t, r.Findings)
	assert.Empty(t, r.Rules)
}

func TestOptionsErrors(t *testing.T) {
	var made map[string]any
	for _, c := range []struct {
		name  string
		o     Options
		rules []Rule
		want  string
	}{
		{"rule", Options{Severities: map[string]Severity{"b": Off}, RuleOptions: map[string]map[string]any{"c": nil}}, nil, "severity of b: no such rule\noptions of c: no such rule"},
		{"option", Options{RuleOptions: map[string]map[string]any{"a": {"nope": 1, "most": 1.5, "flag": "true", "keys": []any{"a", 1}, "share": "1", "word": 1}}}, nil,
			"rule a: option flag: true is no boolean\nrule a: option most: 1.5 is no whole number\nrule a: option share: 1 is no number\nrule a: option word: 1 is no text\nrule a: option keys: [a 1] is no list of texts\nrule a: no option \"nope\""},
		{"twice", Options{}, []Rule{withOptions(&made)}, "rule a: there are two of this id"},
		{"negative", Options{Workers: -1}, nil, "workers, spans that wait and their time must not be negative"},
		{"merge", Options{}, []Rule{{Doc: &Doc{ID: "f", Severity: Note}, New: func(*Context) Checker { return finisher{} }}}, "rule f: its checker has Finish and no Merge"},
	} {
		_, err := New(today(), append([]Rule{withOptions(&made)}, c.rules...), c.o)
		require.Error(t, err, c.name)
		assert.Equal(t, c.want, err.Error(), c.name)
	}
}

type finisher struct{}

func (finisher) Finish() {}
