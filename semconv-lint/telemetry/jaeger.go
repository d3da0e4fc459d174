package telemetry

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jaegerTraces decodes a trace as Jaeger's API gives it, or a span with its process, as its
// storages have it. The mapping is the Collector's translator's, but that nothing is renamed and
// no status made of an HTTP one: what was sent is what is checked.
func jaegerTraces(body []byte) (ptrace.Traces, error) {
	var trace jaegerTrace
	if err := json.Unmarshal(body, &trace); err != nil {
		return ptrace.Traces{}, fmt.Errorf("jaeger: %w", err)
	}
	if trace.SpanID != "" {
		trace.Spans = []jaegerSpan{trace.jaegerSpan}
	}
	g := jaegerGroups{traces: ptrace.NewTraces(), resources: map[*jaegerProcess]ptrace.ResourceSpans{}, scopes: map[jaegerScope]ptrace.SpanSlice{}}
	for i := range trace.Spans {
		s := &trace.Spans[i]
		if s.TraceID == "" {
			s.TraceID = trace.TraceID
		}
		process := s.Process
		if process == nil {
			process = trace.Processes[s.ProcessID]
		}
		if process == nil {
			return ptrace.Traces{}, fmt.Errorf("jaeger: span %d: there is no process %q", i, s.ProcessID)
		}
		if err := g.add(s, process); err != nil {
			return ptrace.Traces{}, fmt.Errorf("jaeger: span %d: %w", i, err)
		}
	}
	return g.traces, nil
}

type jaegerTrace struct {
	jaegerSpan // if it is one
	Spans      []jaegerSpan
	Processes  map[string]*jaegerProcess
}

type jaegerSpan struct {
	TraceID       string
	SpanID        string
	ParentSpanID  string // in old versions
	OperationName string
	References    []jaegerReference
	StartTime     uint64 // µs
	Duration      uint64 // µs
	Flags         uint32
	Tags          []jaegerTag
	Logs          []jaegerLog
	ProcessID     string
	Process       *jaegerProcess
}

type jaegerReference struct{ RefType, TraceID, SpanID string }

type jaegerLog struct {
	Timestamp uint64 // µs
	Fields    []jaegerTag
}

type jaegerProcess struct {
	ServiceName string
	Tags        []jaegerTag
}

const (
	childOf     = "CHILD_OF"
	followsFrom = "FOLLOWS_FROM"
	sampledFlag = 1
	maxMicros   = 1<<64/1000 - 1
)

var errTime = errors.New("a time beyond the year 2554: is it in ns?")

// write makes a span.
func (s *jaegerSpan) write(to ptrace.Span) error {
	if s.StartTime > maxMicros || s.Duration > maxMicros-s.StartTime {
		return errTime
	}
	traceID, spanID, err := jaegerIDs(s.TraceID, s.SpanID)
	if err != nil {
		return err
	}
	to.SetTraceID(traceID)
	to.SetSpanID(spanID)
	to.SetName(s.OperationName)
	to.SetStartTimestamp(pcommon.Timestamp(s.StartTime * 1000))
	to.SetEndTimestamp(pcommon.Timestamp((s.StartTime + s.Duration) * 1000))
	to.SetFlags(s.Flags & sampledFlag)
	if err := putTags(to.Attributes(), s.Tags); err != nil {
		return err
	}
	takeTags(to)
	return errors.Join(s.writeReferences(to), s.writeLogs(to))
}

// writeReferences makes the first reference to a parent in this trace the parent, and links of
// the others. Being a child goes before following.
func (s *jaegerSpan) writeReferences(to ptrace.Span) error {
	parent := -1
	for i, r := range s.References {
		if r.TraceID != "" && trimmed(r.TraceID) != trimmed(s.TraceID) {
			continue
		}
		if parent < 0 || r.RefType == childOf && s.References[parent].RefType == followsFrom {
			parent = i
		}
	}
	parentID := s.ParentSpanID
	if parent >= 0 {
		parentID = s.References[parent].SpanID
	}
	if trimmed(parentID) != "" {
		_, id, err := jaegerIDs(s.TraceID, parentID)
		if err != nil {
			return err
		}
		to.SetParentSpanID(id)
	}
	for i, r := range s.References {
		if i == parent {
			continue
		}
		traceID, spanID, err := jaegerIDs(r.TraceID, r.SpanID)
		if err != nil {
			return err
		}
		link := to.Links().AppendEmpty()
		link.SetTraceID(traceID)
		link.SetSpanID(spanID)
		link.Attributes().PutStr("opentracing.ref_type", strings.ToLower(r.RefType))
	}
	return nil
}

func (s *jaegerSpan) writeLogs(to ptrace.Span) error {
	for _, l := range s.Logs {
		if l.Timestamp > maxMicros {
			return errTime
		}
		event := to.Events().AppendEmpty()
		event.SetTimestamp(pcommon.Timestamp(l.Timestamp * 1000))
		if err := putTags(event.Attributes(), l.Fields); err != nil {
			return err
		}
		event.SetName(take(event.Attributes(), "event"))
	}
	return nil
}

// jaegerIDs reads ids in hex, without leading zeros or with.
func jaegerIDs(trace, span string) (traceID pcommon.TraceID, spanID pcommon.SpanID, err error) {
	if err = readID(traceID[:], trace); err != nil {
		return traceID, spanID, fmt.Errorf("trace id: %w", err)
	}
	if err = readID(spanID[:], span); err != nil {
		return traceID, spanID, fmt.Errorf("span id: %w", err)
	}
	return traceID, spanID, nil
}

func readID(id []byte, text string) error {
	digits := trimmed(text)
	if digits == "" || len(digits) > 2*len(id) {
		return fmt.Errorf("%.40q is not one", text)
	}
	padded := strings.Repeat("0", 2*len(id)-len(digits)) + digits
	if _, err := hex.Decode(id, []byte(padded)); err != nil {
		return fmt.Errorf("%.40q is not hexadecimal", text)
	}
	return nil
}

func trimmed(id string) string { return strings.TrimLeft(id, "0") }
