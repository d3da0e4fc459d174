package tracegen

// FaultKind is a kind of planted bottleneck.
type FaultKind string

// The kinds of planted bottlenecks.
const (
	// Slow: one call takes much longer than usual.
	Slow FaultKind = "slow"
	// Repeated: a call that is made once is made many times, one after the other.
	Repeated FaultKind = "repeated"
)

// A Label is the truth about one planted bottleneck: what a good analysis of the
// trace finds.
type Label struct {
	TraceID string `json:"trace_id"` // 32 hex digits
	// EntryService and Route are where the request came in.
	EntryService string    `json:"entry_service"`
	Route        string    `json:"route"`
	Kind         FaultKind `json:"kind"`
	// Service and Operation are service.name and span name of the planted spans.
	Service   string `json:"service"`
	Operation string `json:"operation"`
	// SpanIDs has the slow span, or every one of the repeated calls' caller's spans.
	SpanIDs []string `json:"span_ids"`
	// AddedSeconds is how much longer the caller waits than it would have.
	AddedSeconds float64 `json:"added_seconds"`
	// Calls is how many calls were made: 1 if slow.
	Calls int `json:"calls"`
}

// faultSpread is how much the size of one site's slowness varies.
const faultSpread = 0.25

// fault is the bottleneck of the request in progress.
type fault struct {
	site
	calls int
	added int64 // microseconds
	ids   []SpanID
}

// label is the fault as others are told of it.
func (f *fault) label(request *Request, plan *plan, services []Service) *Label {
	culprit := f.node.caller
	if f.kind == Slow && f.node.callee != nil {
		culprit = f.node.callee
	}
	label := &Label{
		TraceID:      request.TraceID.String(),
		EntryService: services[plan.entry].Name,
		Route:        plan.path,
		Kind:         f.kind,
		Service:      services[culprit.service].Name,
		Operation:    culprit.name,
		SpanIDs:      make([]string, len(f.ids)),
		AddedSeconds: float64(f.added) / 1e6,
		Calls:        f.calls,
	}
	for i, id := range f.ids {
		label.SpanIDs[i] = id.String()
	}
	return label
}
