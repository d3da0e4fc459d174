package tracegen

// FaultKind is a kind of planted bottleneck.
type FaultKind string

// The kinds of planted bottlenecks.
const (
	// Slow: one call takes much longer than usual.
	Slow FaultKind = "slow"
	// Repeated: a call that is made once is made many times, one after the other.
	Repeated FaultKind = "repeated"
	// OnPath: the own time of a call that its request waits for is 5 to 20 times as long.
	OnPath FaultKind = "on_path"
	// Short: a call of milliseconds takes 5 to 10 times as long, for 10 to 150 ms more.
	Short FaultKind = "short"
	// OffPath is a decoy: a call takes 5 to 20 times as long, but beside one that takes
	// longer yet, or after the answer, so that the request is as fast as ever.
	OffPath FaultKind = "off_path"
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
	// SpanIDs has the span with the longer time of its own, or every one of the repeated
	// calls' caller's spans.
	SpanIDs []string `json:"span_ids"`
	// AddedSeconds is how much longer the caller waits than it would have; with OnPath and
	// Short, and with OffPath, whose is 0, how much later the root ends.
	AddedSeconds float64 `json:"added_seconds"`
	// Calls is how many calls were made: 1 unless repeated.
	Calls int `json:"calls"`
}

// faultSpread is how much the size of one site's slowness varies.
const faultSpread = 0.25

// fault is the bottleneck of the request in progress.
type fault struct {
	site
	calls int
	// factor stretches the site's own time, with the kinds that do.
	factor float64
	added  int64 // microseconds
	ids    []SpanID
}

// label is the fault as others are told of it.
func (f *fault) label(request *Request, plan *plan, services []Service) *Label {
	culprit := f.node.caller
	if f.kind != Repeated && f.node.callee != nil {
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
