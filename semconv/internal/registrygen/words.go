package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// The registry's words as the constants of package registry.
var (
	types = map[string]string{
		"string": "String", "int": "Int", "double": "Double", "boolean": "Bool", "any": "Any",
		"string[]": "Strings", "int[]": "Ints", "double[]": "Doubles", "boolean[]": "Bools", "any[]": "Anys",
	}
	stabilities = map[string]string{
		"development": "Development", "alpha": "Alpha", "beta": "Beta", "release_candidate": "ReleaseCandidate", "stable": "Stable",
	}
	reasons = map[string]string{
		"": "Live", "renamed": "Renamed", "obsoleted": "Obsoleted", "uncategorized": "Uncategorized", absent: "Absent",
	}
	spanKinds = map[string]string{
		"internal": "Internal", "server": "Server", "client": "Client", "producer": "Producer", "consumer": "Consumer",
	}
	instruments = map[string]string{
		"": "NoInstrument", "counter": "Counter", "updowncounter": "UpDownCounter", "gauge": "Gauge", "histogram": "Histogram",
	}
	valueTypes = map[string]string{"": "Any", "int": "Int", "double": "Double"}
	levels     = map[string]string{
		"required": "Required", "conditionally_required": "ConditionallyRequired", "recommended": "Recommended", "opt_in": "OptIn",
	}
	placeConstants = [...]string{
		definition.Span: "OnSpan", definition.Metric: "OnMetric", definition.Event: "OnLog", definition.Entity: "OnResource",
	}
)

// word is a word's constant. A type's may have a flag.
func (t *tables) word(constants map[string]string, word string) string {
	flag := ""
	if base, ok := strings.CutPrefix(word, "enum:"); ok {
		word, flag = base, "|Enum"
	} else if base, ok := strings.CutPrefix(word, "template["); ok {
		word, flag = strings.TrimSuffix(base, "]"), "|Template"
	}
	constant, ok := constants[word]
	if !ok && t.err == nil {
		t.err = fmt.Errorf("unknown word %q", word)
	}
	return constant + flag
}

func goPlaces(p definition.Places) string {
	if p == definition.Anywhere {
		return "Anywhere"
	}
	var names []string
	for kind, name := range placeConstants {
		if p&(1<<kind) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// spanID is what the table of spans is ordered by.
func spanID(s signal) string {
	if s.Refinement != "" {
		return s.Refinement
	}
	return s.Name
}

// inOrder are the signals of a kind, spans by their id.
func (t *tables) inOrder(kind definition.Kind) []signal {
	var signals []signal
	for _, s := range t.facts.signals {
		if s.Kind == kind {
			signals = append(signals, s)
		}
	}
	if kind == definition.Span {
		slices.SortFunc(signals, func(a, b signal) int { return strings.Compare(spanID(a), spanID(b)) })
	}
	return signals
}
