package semconvlint

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"

	"github.com/koine-otel/koine/tracegen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// today are the newest conventions, which take a while to read.
var today = sync.OnceValue(func() *Conventions {
	c, err := NewConventions("")
	if err != nil {
		panic(err)
	}
	return c
})

// traffic is tracegen's, with the conventions of before where old is set.
func traffic(t testing.TB, old bool, traces, perRequest int) []ptrace.Traces {
	t.Helper()
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = tracegen.OTLPHTTP, tracegen.V144
	if old {
		cfg.Convention = tracegen.V120
	}
	payloads, err := tracegen.Corpus(cfg, traces, perRequest)
	require.NoError(t, err)
	var all []ptrace.Traces
	var u ptrace.ProtoUnmarshaler
	for i := range payloads {
		td, err := u.UnmarshalTraces(payloads[i].Body)
		require.NoError(t, err)
		all = append(all, td)
	}
	return all
}

// elementFunc, traceFunc are checkers without state.
type elementFunc func(*Element)

func (f elementFunc) Element(e *Element) { f(e) }

type traceFunc func(*Trace)

func (f traceFunc) Trace(t *Trace) { f(t) }

// everyProblem is a rule that reports every verdict.
var everyProblem = Rule{
	Doc: &Doc{ID: "every-problem", Title: "Every problem", Severity: Warning},
	New: func(c *Context) Checker {
		return elementFunc(func(e *Element) {
			for i := range e.Attributes {
				for _, p := range e.Attributes[i].Problems {
					c.At(e, Report{Key: p.Key, Detail: string(p.Code), Message: "it is wrong"})
				}
			}
			for _, p := range e.Problems {
				c.At(e, Report{Key: p.Key, Detail: string(p.Code), Message: "it is wrong"})
			}
		})
	},
}

// everyTrace is a rule that sees traces.
var everyTrace = Rule{
	Doc: &Doc{ID: "every-trace", Title: "Every trace", Severity: Note},
	New: func(c *Context) Checker {
		return traceFunc(func(t *Trace) {
			for i := range t.Spans {
				s := &t.Spans[i]
				if t.Partial || s.Failed {
					c.Report(Report{Service: s.Service, Scope: s.Scope, Signal: OnTrace, Key: s.Name, Message: "it failed", Example: Example{Name: s.Name, SpanID: s.ID.String()}})
				}
			}
		})
	},
}

func engine(t testing.TB, o Options, rules ...Rule) *Engine {
	t.Helper()
	e, err := New(today(), rules, o)
	require.NoError(t, err)
	return e
}
