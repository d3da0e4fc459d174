package semconvlint

// Rule is one thing that is checked. New makes its checker for one goroutine.
type Rule struct {
	Doc *Doc
	New func(*Context) Checker
}

// Checker sees telemetry through those of the following interfaces that it has. It need not be
// safe for concurrent use, and must not keep what it is shown.
type Checker any

// ElementChecker sees everything that carries attributes: resources, scopes, spans, events, links,
// metrics' points and log records, with the verdicts on them.
type ElementChecker interface{ Element(*Element) }

// TraceChecker sees whole traces, when all of their spans are thought to be there.
type TraceChecker interface{ Trace(*Trace) }

// Merger has state that several goroutines gather: what another one of the same rule has seen is
// added. Without it a checker's state is its own.
type Merger interface{ Merge(Checker) }

// Finisher reports what only the whole tells, of the checker in which all others were merged. It
// may be called again, when more was seen, and must leave what it keeps as it is.
type Finisher interface{ Finish() }

// Context is what a checker is made with.
type Context struct {
	// Options are the configured ones, every one of the rule's with a value.
	Options map[string]any
	// Engine says what is right.
	Conventions *Conventions

	rule     *Rule
	severity Severity
	bit      uint64 // of the rule, among those of the score
	findings *findings
}

// Report is one occurrence of a finding.
type Report struct {
	// Service, Scope and Signal say whose it is. Of an Element they are its own, see At.
	Service, Scope string
	Signal         Signal
	// Key is the attribute, metric or name that is meant; empty: the element or service.
	Key string
	// Detail tells causes of one key apart: a value, a type.
	Detail string
	// Replacement is what to write instead, exactly; empty: nothing to write.
	Replacement string
	// Message is a sentence without a full stop, the same for all of a cause.
	Message string
	// Example is what was seen first.
	Example Example
}

// Example is where something was seen.
type Example struct {
	Name    string `json:"name,omitempty"`  // of the span, metric, event
	Value   string `json:"value,omitempty"` // of the attribute
	TraceID string `json:"trace_id,omitempty"`
	SpanID  string `json:"span_id,omitempty"`
	Source  string `json:"source,omitempty"` // file and line, or where it was received
}

// Report counts an occurrence.
func (c *Context) Report(r Report) { c.findings.add(c, &r, nil) }

// At reports an occurrence in an element.
func (c *Context) At(e *Element, r Report) {
	r.Service, r.Scope, r.Signal = e.Service, e.Scope, e.Signal
	if r.Example == (Example{}) {
		c.findings.add(c, &r, e)
		return
	}
	c.Report(r)
}
