package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestQueriesAsNames: a query with values in it is no name.
func TestQueriesAsNames(t *testing.T) {
	for name, want := range map[string]string{
		"select * from t where id=123456":    "SELECT t",
		"select * from t where id=7":         "SELECT t",
		"SELECT * FROM t WHERE id = -7":      "SELECT t",
		"select * from t where id>=.5":       "SELECT t",
		"select * from t where a='b'":        "SELECT t",
		"select * from t where id in (1, 2)": "SELECT t",
		"select * from t limit 10":           "SELECT t",
		"insert into t values(7)":            "SELECT t",
		"select * from t where id=?":         "select * from t where id=?",
		"select * from t where id=$1":        "select * from t where id=$1",
		"select * from t2 where id = :id":    "select * from t2 where id = :id",
		"SELECT t":                           "SELECT t",
		"SELECT t1, t2":                      "SELECT t1, t2",
		"process orders, 7 of them":          "process orders, 7 of them",
		"call 7":                             "call 7",
		"select":                             "select",
		"":                                   "",
	} {
		w := newWork(jobOf(t, func(c *Config) { c.SpanNames = true }))
		s := ptrace.NewSpan()
		s.SetName(name)
		s.SetKind(ptrace.SpanKindClient)
		for key, v := range map[string]string{"db.system.name": "mysql", "db.operation.name": "SELECT", "db.collection.name": "t"} {
			s.Attributes().PutStr(key, v)
		}
		w.span(s)
		assert.Equal(t, want, s.Name(), name)
	}
}
