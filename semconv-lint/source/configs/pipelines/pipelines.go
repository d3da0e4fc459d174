// Package pipelines follows the pipelines of a collector's configuration and finds the components
// that read a name which the semconv processor before them has renamed: they would never find it,
// and nothing would say so.
package pipelines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs/collector"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// Tables gives the table by which a semconv processor renames, nil for one that leaves old names
// where they are.
type Tables func(id string) (*translate.Table, error)

// Warning is one name, or one value, that is not there any more where it is looked for.
type Warning struct {
	// Path is where the configuration says it: processors.tail_sampling.policies[0].….
	Path string
	// At is where that stands in the text that was read.
	At source.Range
	// Key is the name, Value the value of it, where the name itself stays.
	Key, Value string
	// Instead is what to write, best first. Names that begin with @ are fields.
	Instead []string
	// On are the kinds of spans on which it is renamed, where it is not on all.
	On []string
	// By are the semconv processors, Pipelines where the component reads behind them.
	By, Pipelines []string
}

// String is the warning on one line.
func (w Warning) String() string {
	what := w.Key
	if w.Value != "" {
		what = "the value " + w.Value + " of " + w.Key
	}
	on := ""
	if len(w.On) > 0 {
		on = " on " + strings.Join(w.On, ", ") + " spans"
	}
	write := ""
	if len(w.Instead) > 0 {
		write = ": write " + strings.Join(w.Instead, " or ")
	}
	return fmt.Sprintf("%s: %s is gone%s behind %s in %s%s", w.Path, what, on, strings.Join(w.By, " and "), strings.Join(w.Pipelines, ", "), write)
}

// Check follows a configuration's pipelines. The error is that of a table.
func Check(root *yamltext.Node, tables Tables) ([]Warning, error) {
	c := &checker{components: map[string]*collector.Component{}, tables: tables, byID: map[string]*translate.Table{}, exits: map[string]state{}}
	all := collector.Components(root)
	for i := range all {
		c.components[all[i].Section+"."+all[i].ID] = &all[i]
	}
	if pipelines := root.Get("service", "pipelines"); pipelines != nil {
		for _, p := range pipelines.Pairs {
			c.pipelines = append(c.pipelines, pipeline{p.Key.Value(), names(p.Value.Get("receivers")), names(p.Value.Get("processors")), names(p.Value.Get("exporters"))})
		}
	}
	for i := range c.pipelines {
		c.follow(&c.pipelines[i], nil)
	}
	slices.SortStableFunc(c.warnings, func(a, b Warning) int { return a.At.Start - b.At.Start })
	return c.warnings, c.err
}

func names(n *yamltext.Node) []string {
	if n == nil {
		return nil
	}
	var all []string
	for _, item := range n.Items {
		all = append(all, item.Value())
	}
	return all
}

type pipeline struct {
	id                               string
	receivers, processors, exporters []string
}

// checker is of one configuration.
type checker struct {
	components map[string]*collector.Component
	pipelines  []pipeline
	tables     Tables
	byID       map[string]*translate.Table
	exits      map[string]state
	warnings   []Warning
	err        error
}

// semconvType is the processor's.
const semconvType = "semconv"

// follow goes through a pipeline and gives what is known at its end.
func (c *checker) follow(p *pipeline, from []string) state {
	if s, ok := c.exits[p.id]; ok {
		return s
	}
	if slices.Contains(from, p.id) {
		return state{} // a cycle, which the collector refuses
	}
	s := c.entry(p, append(slices.Clone(from), p.id))
	for _, id := range p.processors {
		if collector.Type(id) == semconvType {
			s = c.normalized(id)
			continue
		}
		s = c.passes("processors."+id, p, s)
	}
	for _, id := range p.exporters {
		section := "exporters."
		if c.components["connectors."+id] != nil {
			section = "connectors."
		}
		c.passes(section+id, p, s)
	}
	c.exits[p.id] = s
	return s
}

// forwarding are connectors that pass on what they take.
var forwarding = map[string]bool{"forward": true, "routing": true, "failover": true, "roundrobin": true}

// entry is what is known of what enters a pipeline: something, if all of it comes from pipelines
// of which it is.
func (c *checker) entry(p *pipeline, from []string) state {
	var all []state
	for _, receiver := range p.receivers {
		if c.components["connectors."+receiver] == nil || !forwarding[collector.Type(receiver)] {
			return state{}
		}
		for i := range c.pipelines {
			feeding := &c.pipelines[i]
			if collector.Type(feeding.id) == collector.Type(p.id) && slices.Contains(feeding.exporters, receiver) {
				all = append(all, c.follow(feeding, from))
			}
		}
	}
	return merged(all)
}

// normalized is what is known behind a semconv processor.
func (c *checker) normalized(id string) state {
	table, ok := c.byID[id]
	if !ok {
		var err error
		if table, err = c.tables(id); err != nil && c.err == nil {
			c.err = fmt.Errorf("pipelines: processors.%s: %w", id, err)
		}
		c.byID[id] = table
	}
	if table == nil {
		return state{}
	}
	return state{behind: []normalizer{{id, table}}}
}

// passes checks what a component reads, and notes what it sets.
func (c *checker) passes(path string, p *pipeline, s state) state {
	component := c.components[path]
	if component == nil || len(s.behind) == 0 {
		return s
	}
	s.set = slices.Clone(s.set)
	written := map[string][]string{}
	for i := range component.Found {
		f := &component.Found[i]
		written[f.Block] = append(written[f.Block], f.Key)
		if !f.Read {
			s.set = append(s.set, f.Key)
		}
	}
	for i := range component.Found {
		f := &component.Found[i]
		if !f.Read || slices.Contains(s.set, f.Key) {
			continue
		}
		if gone := s.gone(f); gone != nil && !slices.ContainsFunc(gone.Instead, func(name string) bool { return gone.Value == "" && slices.Contains(written[f.Block], name) }) {
			c.warn(*gone, p.id)
		}
	}
	return s
}

// warn adds a warning, or a pipeline to one that there is.
func (c *checker) warn(w Warning, pipeline string) {
	for i := range c.warnings {
		if o := &c.warnings[i]; o.Path == w.Path && o.Key == w.Key && o.Value == w.Value {
			if !slices.Contains(o.Pipelines, pipeline) {
				o.Pipelines = append(o.Pipelines, pipeline)
			}
			return
		}
	}
	w.Pipelines = []string{pipeline}
	c.warnings = append(c.warnings, w)
}
