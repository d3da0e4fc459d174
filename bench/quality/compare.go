package quality

import (
	"fmt"
	"io"
	"maps"
	"math"
	"text/tabwriter"

	"github.com/koine-otel/koine/tracegen"
)

// Budgets are the shares of spans that samplers are compared at.
var Budgets = []float64{0.001, 0.01, 0.05, 0.1}

// A Comparison is what came of a scenario: figures by budget and entry, averaged over
// seeds.
type Comparison struct {
	Budgets []float64
	Names   []string
	Figures [][]Figures
}

// Compare runs the scenario with each seed in turn.
func Compare(s Scenario, seeds []uint64, budgets []float64, entries []Entry) (Comparison, error) {
	c := Comparison{Budgets: budgets}
	for _, e := range entries {
		c.Names = append(c.Names, e.Name)
	}
	var runs [][][]Figures
	for _, s.Seed = range seeds {
		figures, err := Run(s, budgets, entries)
		if err != nil {
			return c, err
		}
		runs = append(runs, figures)
	}
	for b := range budgets {
		var row []Figures
		for e := range entries {
			var same []Figures
			for _, run := range runs {
				same = append(same, run[b][e])
			}
			row = append(row, average(same))
		}
		c.Figures = append(c.Figures, row)
	}
	return c, nil
}

// columns are the figures in the table's order; all but the errors are shares.
var columns = []struct {
	title string
	of    func(*Figures) *float64
}{
	{"used", func(f *Figures) *float64 { return &f.Used }},
	{"decoys", func(f *Figures) *float64 { return &f.Decoys }},
	{"named", func(f *Figures) *float64 { return &f.Named }},
	{"operations", func(f *Figures) *float64 { return &f.Operations }},
	{"routes", func(f *Figures) *float64 { return &f.Routes }},
	{"count error", func(f *Figures) *float64 { return &f.Count }},
	{"p50 error", func(f *Figures) *float64 { return &f.P50 }},
	{"p99 error", func(f *Figures) *float64 { return &f.P99 }},
	{"p50 covered", func(f *Figures) *float64 { return &f.P50Covered }},
	{"p99 covered", func(f *Figures) *float64 { return &f.P99Covered }},
	{"pace error", func(f *Figures) *float64 { return &f.Pace }},
}

// kinds are the recalls in the table's order.
var kinds = []tracegen.FaultKind{tracegen.OnPath, tracegen.Short, tracegen.Repeated, tracegen.Slow}

// average leaves out what cannot be told.
func average(all []Figures) Figures {
	over := func(of func(*Figures) float64) float64 {
		var m mean
		for i := range all {
			if x := of(&all[i]); !math.IsNaN(x) {
				m.add(x)
			}
		}
		return m.value()
	}
	a := Figures{Recall: maps.Clone(all[0].Recall)}
	for _, c := range columns {
		*c.of(&a) = over(func(f *Figures) float64 { return *c.of(f) })
	}
	for kind := range a.Recall {
		a.Recall[kind] = over(func(f *Figures) float64 { return f.Recall[kind] })
	}
	return a
}

// WriteText writes a table for each budget, a row for each entry, in percent.
func (c *Comparison) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for b, budget := range c.Budgets {
		fmt.Fprintf(t, "%v %%\t%s\t", budget*100, columns[0].title)
		for _, kind := range kinds {
			fmt.Fprintf(t, "%s\t", kind)
		}
		for _, column := range columns[1:] {
			fmt.Fprintf(t, "%s\t", column.title)
		}
		fmt.Fprintln(t)
		for e := range c.Names {
			c.writeRow(t, c.Names[e], &c.Figures[b][e])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

func (c *Comparison) writeRow(w io.Writer, name string, f *Figures) {
	fmt.Fprintf(w, "%s\t%s\t", name, percent(f.Used))
	for _, kind := range kinds {
		fmt.Fprintf(w, "%s\t", percent(f.Recall[kind]))
	}
	for _, column := range columns[1:] {
		fmt.Fprintf(w, "%s\t", percent(*column.of(f)))
	}
	fmt.Fprintln(w)
}

func percent(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%.4g", math.Round(x*1e4)/100)
}
