package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// trace is what the collector has kept of one.
type trace struct {
	id    string
	spans []span // by start
}

type span struct {
	ptrace.Span
	service string
}

// readTraces reads what the collector has sent.
func readTraces(dir string) ([]trace, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*-traces.pb"))
	if err != nil {
		return nil, err
	}
	byID := map[string][]span{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, rs := range td.ResourceSpans().All() {
			service := text(rs.Resource().Attributes(), "service.name")
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					id := s.TraceID().String()
					byID[id] = append(byID[id], span{s, service})
				}
			}
		}
	}
	var traces []trace
	for id, spans := range byID {
		slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.StartTimestamp(), b.StartTimestamp()) })
		traces = append(traces, trace{id, spans})
	}
	slices.SortFunc(traces, func(a, b trace) int {
		return cmp.Compare(a.spans[0].StartTimestamp(), b.spans[0].StartTimestamp())
	})
	return traces, nil
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok {
		return v.AsString()
	}
	return ""
}

func (s span) seconds() float64 {
	return s.EndTimestamp().AsTime().Sub(s.StartTimestamp().AsTime()).Seconds()
}

// services are those that have spans in the trace.
func (t trace) services() map[string]bool {
	found := map[string]bool{}
	for _, s := range t.spans {
		found[s.service] = true
	}
	return found
}

// roots are the spans without a parent in the trace: one, if all of it is linked.
func (t trace) roots() []span {
	present := map[pcommon.SpanID]bool{}
	for _, s := range t.spans {
		present[s.SpanID()] = true
	}
	var roots []span
	for _, s := range t.spans {
		if !present[s.ParentSpanID()] {
			roots = append(roots, s)
		}
	}
	return roots
}

// children are a span's, in groups of one service, name and kind, in the order of their starts.
func (t trace) children(parent span) [][]span {
	var groups [][]span
	for _, s := range t.spans {
		if s.ParentSpanID() != parent.SpanID() {
			continue
		}
		same := slices.IndexFunc(groups, func(g []span) bool {
			return g[0].service == s.service && g[0].Name() == s.Name() && g[0].Kind() == s.Kind()
		})
		if same < 0 {
			groups = append(groups, nil)
			same = len(groups) - 1
		}
		groups[same] = append(groups[same], s)
	}
	return groups
}
