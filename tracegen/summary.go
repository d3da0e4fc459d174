package tracegen

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// A Summary is what became of a run's traffic. In the end each row's and the total's
// Generated is Accepted plus Refused.
type Summary struct {
	Seconds float64 `json:"seconds"`
	Traces  int64   `json:"traces"`
	// Failed is how many traces have a call that failed.
	Failed int64 `json:"failed_traces"`
	// Slow and Repeated are how many bottlenecks of each kind were planted.
	Slow     int64 `json:"planted_slow"`
	Repeated int64 `json:"planted_repeated"`
	// OnPath, Short and OffPath are how many stretched calls of each kind were planted.
	OnPath  int64 `json:"planted_on_path"`
	Short   int64 `json:"planted_short"`
	OffPath int64 `json:"planted_off_path"`
	Rows    []Row `json:"services"`
	Total   Row   `json:"total"`
}

// A Row counts one service's spans.
type Row struct {
	Service    string     `json:"service"`
	Language   string     `json:"language"`
	Protocol   Protocol   `json:"protocol"`
	Convention Convention `json:"convention"`

	Generated int64 `json:"generated_spans"`
	Accepted  int64 `json:"accepted_spans"`
	// Refused is what the target did not take, after all attempts.
	Refused int64 `json:"refused_spans"`
	// Shared is how many of the generated spans bear their client's id.
	Shared int64 `json:"shared_spans"`
	// Requests is how many batches were sent, Retries how many attempts more than one
	// each that took, Bytes the batches' size.
	Requests int64 `json:"requests"`
	Retries  int64 `json:"retries"`
	Bytes    int64 `json:"bytes"`
	// LastError is why the target did not take the last batch that it refused.
	LastError string `json:"last_error,omitempty"`
}

func (r *run) summary() Summary {
	r.counts.mu.Lock()
	s := Summary{
		Seconds:  time.Since(r.began).Seconds(),
		Traces:   r.counts.traces,
		Failed:   r.counts.failed,
		Slow:     r.counts.planted[Slow],
		Repeated: r.counts.planted[Repeated],
		OnPath:   r.counts.planted[OnPath],
		Short:    r.counts.planted[Short],
		OffPath:  r.counts.planted[OffPath],
		Total:    Row{Service: "total", Protocol: r.cfg.Protocol, Convention: r.cfg.Convention},
	}
	r.counts.mu.Unlock()
	for i := range r.lines {
		row := r.lines[i].tally.read()
		s.Rows = append(s.Rows, row)
		s.Total.add(&row)
	}
	return s
}

func (r *Row) add(other *Row) {
	r.Generated += other.Generated
	r.Accepted += other.Accepted
	r.Refused += other.Refused
	r.Shared += other.Shared
	r.Requests += other.Requests
	r.Retries += other.Retries
	r.Bytes += other.Bytes
}

// WriteText writes the summary as a table for people.
func (s *Summary) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tLANGUAGE\tPROTOCOL\tCONVENTION\tGENERATED\tACCEPTED\tREFUSED\tSHARED\tREQUESTS\tRETRIES\tMB")
	for i := range s.Rows {
		s.Rows[i].write(t)
	}
	s.Total.write(t)
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range s.Rows {
		if r.LastError != "" {
			fmt.Fprintf(w, "%s, last refusal: %s\n", r.Service, r.LastError)
		}
	}
	stretched := ""
	if s.OnPath+s.Short+s.OffPath > 0 {
		stretched = fmt.Sprintf(", %d on path, %d short, %d off path", s.OnPath, s.Short, s.OffPath)
	}
	_, err := fmt.Fprintf(w, "%d traces in %.1f s, %d with an error; planted bottlenecks: %d slow, %d repeated%s\n",
		s.Traces, s.Seconds, s.Failed, s.Slow, s.Repeated, stretched)
	return err
}

func (r *Row) write(w io.Writer) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\n", r.Service, r.Language, r.Protocol,
		r.Convention, r.Generated, r.Accepted, r.Refused, r.Shared, r.Requests, r.Retries, float64(r.Bytes)/1e6)
}

// WriteServices writes who is in the shop and how each speaks, as a table.
func WriteServices(w io.Writer, services []Service) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tLANGUAGE\tPROTOCOL\tCONVENTION")
	for i := range services {
		s := &services[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.Name, s.Language, s.Protocol, s.Convention)
	}
	return t.Flush()
}
