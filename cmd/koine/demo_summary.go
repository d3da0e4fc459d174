package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/tracegen/rig"
)

// demoResult is all that the summary is made of.
type demoResult struct {
	cfg     tracegen.Config
	sent    tracegen.Summary
	labels  []tracegen.Label
	metrics rig.Metrics
	usage   rig.Usage
	kept    *kept
}

func readLabels(b *bytes.Buffer) ([]tracegen.Label, error) {
	var labels []tracegen.Label
	for d := json.NewDecoder(b); d.More(); {
		var l tracegen.Label
		if err := d.Decode(&l); err != nil {
			return nil, fmt.Errorf("labels: %w", err)
		}
		labels = append(labels, l)
	}
	return labels, nil
}

func (r *demoResult) write(w io.Writer) {
	languages := map[string]bool{}
	for _, row := range r.sent.Rows {
		languages[row.Language] = true
	}
	fmt.Fprintf(w, "koine demo · %s · %d services in %d languages · seed %d\n",
		r.cfg.Duration, len(r.sent.Rows), len(languages), r.cfg.Seed)
	r.writeIn(w)
	r.writeSpeak(w)
	r.writeKept(w)
	r.writeSum(w)
	fmt.Fprintf(w, "NEXT   make run, then send to localhost:4317 or :9411\n")
}

// writeIn gives one line a protocol: who speaks it, in which conventions.
func (r *demoResult) writeIn(w io.Writer) {
	type line struct {
		languages, conventions map[string]bool
		accepted, shared       int64
	}
	lines := map[tracegen.Protocol]*line{}
	for _, row := range r.sent.Rows {
		l := lines[row.Protocol]
		if l == nil {
			l = &line{languages: map[string]bool{}, conventions: map[string]bool{}}
			lines[row.Protocol] = l
		}
		l.languages[row.Language], l.conventions[row.Convention.String()] = true, true
		l.accepted += row.Accepted
		l.shared += row.Shared
	}
	label := "IN"
	for _, p := range slices.Sorted(maps.Keys(lines)) {
		l := lines[p]
		note := "conventions " + join(l.conventions)
		if l.shared > 0 {
			note = group(l.shared) + " shared spans"
		}
		fmt.Fprintf(w, "%-6s %-13s %-14s %9s spans   %s\n", label, strings.ReplaceAll(p.String(), "-", " "), join(l.languages), group(l.accepted), note)
		label = ""
	}
}

func (r *demoResult) writeSpeak(w io.Writer) {
	converted := r.elements("converted")
	seen := converted + r.elements("conforming")
	fmt.Fprintf(w, "SPEAK  %s spans, %s converted; %s old keys left in the %s kept", group(seen), percent(converted, seen), group(r.oldKeysLeft()), group(r.kept.spans))
	if n := int64(r.metrics.Sum("otelcol_processor_semconv_invalid_values")); n > 0 {
		fmt.Fprintf(w, "; %s values not convertible, kept", group(n))
	}
	fmt.Fprintln(w)
	for _, key := range r.oldKeys() {
		fmt.Fprintf(w, "       %s × %s, such as %q\n", group(r.kept.oldKeys[key]), key, r.kept.example[key])
	}
}

func (r *demoResult) elements(outcome string) int64 {
	return int64(r.metrics.Sum("otelcol_processor_semconv_elements", "koine_element", "span", "koine_outcome", outcome))
}

// oldKeys are the most frequent retired keys among what came out, at most three.
func (r *demoResult) oldKeys() []string {
	keys := slices.SortedFunc(maps.Keys(r.kept.oldKeys), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.kept.oldKeys[b], r.kept.oldKeys[a]), cmp.Compare(a, b))
	})
	return keys[:min(3, len(keys))]
}

func (r *demoResult) oldKeysLeft() (n int64) {
	for _, count := range r.kept.oldKeys {
		n += count
	}
	return n
}

func (r *demoResult) writeKept(w io.Writer) {
	fmt.Fprintf(w, "KEPT   %s spans = %s, %s of %s traces\n",
		group(r.kept.spans), percent(r.kept.spans, r.sent.Total.Accepted), group(int64(len(r.kept.traces))), group(r.sent.Traces))
	kept, named := r.named()
	fmt.Fprintf(w, "TRUTH  %s slow requests planted: %s kept, %s of them named for what they are\n", group(int64(len(r.labels))), group(kept), group(named))
	r.writeFound(w)
}

func (r *demoResult) writeSum(w io.Writer) {
	fmt.Fprintf(w, "SUM    in %s = forwarded %s + dropped by decision %s + refused %s\n", group(r.sent.Total.Generated),
		group(r.kept.spans), group(r.sent.Total.Accepted-r.passed()), group(r.sent.Total.Refused))
	fmt.Fprintf(w, "       traces %s = kept %s + dropped %s\n", group(r.sent.Traces), group(decided(r.metrics, "true")), group(decided(r.metrics, "false")))
	if r.usage.CPU > 0 && r.sent.Total.Accepted > 0 {
		fmt.Fprintf(w, "COST   %.1f µs of CPU a span, at most %d MB resident\n",
			float64(r.usage.CPU.Microseconds())/float64(r.sent.Total.Accepted), r.usage.PeakRSS>>20)
	}
}

// passed is how many spans the sampler let through, as the exporter beside the sink's
// counts them.
func (r *demoResult) passed() int64 {
	return int64(r.metrics.Sum("otelcol_exporter_sent_spans", "exporter", "debug"))
}

// verdict is an error where the sums do not add up: a demo that lost spans failed.
func (r *demoResult) verdict() error {
	var errs []error
	if n := r.sent.Total.Refused; n > 0 {
		errs = append(errs, fmt.Errorf("%d spans were refused", n))
	}
	if n := r.elements("converted") + r.elements("conforming"); n != r.sent.Total.Accepted {
		errs = append(errs, fmt.Errorf("%d spans were accepted and %d normalised", r.sent.Total.Accepted, n))
	}
	if n := decided(r.metrics, "true") + decided(r.metrics, "false"); n != r.sent.Traces {
		errs = append(errs, fmt.Errorf("%d traces were sent and %d decided", r.sent.Traces, n))
	}
	if n := decided(r.metrics, "true"); n != int64(len(r.kept.traces)) {
		errs = append(errs, fmt.Errorf("%d traces were kept and %d came out", n, len(r.kept.traces)))
	}
	if n := r.passed(); n != r.kept.spans {
		errs = append(errs, fmt.Errorf("the sampler let %d spans through and %d came out", n, r.kept.spans))
	}
	if n := r.metrics.Sum("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early"); n > 0 {
		errs = append(errs, fmt.Errorf("%.0f traces were dropped undecided", n))
	}
	if n := r.oldKeysLeft(); n > 0 {
		errs = append(errs, fmt.Errorf("%d old keys came out", n))
	}
	return errors.Join(errs...)
}

func join(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), ", ")
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.3g %%", float64(part)/float64(whole)*100)
}

// group writes 1234567 as 1,234,567.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
