package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// importAll reads registries, schema files and tables.
func importAll(paths []string) (*facts, error) {
	c := collector{
		attributes: map[string]attribute{}, signals: map[signalKey]signal{}, groups: map[string]definition.Group{},
		places: map[string]definition.Places{}, retirements: newRetirements(),
	}
	for _, p := range paths {
		if err := c.read(p); err != nil {
			return nil, err
		}
	}
	if len(c.bases) == 0 {
		return nil, errors.New("import: want at least one registry")
	}
	if err := c.retirements.readTable("history.tsv", historyTable); err != nil {
		return nil, err
	}
	return c.facts(), nil
}

type signalKey struct {
	kind             definition.Kind
	name, refinement string
}

// collector puts registries together.
type collector struct {
	version     string
	bases       []definition.Base
	attributes  map[string]attribute
	signals     map[signalKey]signal
	groups      map[string]definition.Group
	places      map[string]definition.Places
	retirements *retirements
}

func (c *collector) read(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if filepath.Ext(name) == ".tsv" {
			return c.retirements.readTable(name, string(data))
		}
		if bytes.HasPrefix(bytes.TrimSpace(data), []byte("file_format: 1.")) {
			return c.retirements.readSchema(name, data)
		}
	}
	sets, err := definition.Read(name, c.bases...)
	for _, set := range sets {
		c.add(set)
	}
	return err
}

func (c *collector) add(set *definition.Set) {
	c.bases = append(c.bases, set)
	if set.SchemaURL != "" {
		c.version = cmp.Or(c.version, path.Base(set.SchemaURL))
	}
	for _, a := range set.Attributes {
		if old, ok := c.attributes[a.Key]; !ok || old.Deprecated.Reason != "" {
			c.attributes[a.Key] = attribute{Attribute: a}
		}
	}
	for _, s := range set.Signals {
		key := signalKey{s.Kind, s.Name, s.Refinement}
		if old, ok := c.signals[key]; !ok || old.Deprecated.Reason != "" {
			c.signals[key] = signal{Signal: s}
		}
	}
	for _, g := range set.Groups {
		c.groups[g.ID] = g
	}
}

// facts are everything collected, with the names that were retired.
func (c *collector) facts() *facts {
	f := &facts{version: c.version}
	whole := definition.Set{}
	for _, s := range c.signals {
		whole.Signals = append(whole.Signals, s.Signal)
	}
	for _, g := range c.groups {
		whole.Groups = append(whole.Groups, g)
	}
	c.places = whole.Places()
	c.retirements.apply(c)
	for _, a := range c.attributes {
		a.retiredValues = c.retirements.values(a)
		a.places = cmp.Or(a.places, c.places[a.Key], c.label(a), definition.Anywhere)
		f.attributes = append(f.attributes, a)
	}
	for _, s := range c.signals {
		f.signals = append(f.signals, s)
	}
	f.groups = whole.Groups
	f.sort()
	return f
}

// label is the place of a retired name that nothing mentions but whose successor is a
// label of metrics alone: "state" says something there and nowhere else.
func (c *collector) label(a attribute) definition.Places {
	const metric = definition.Places(1 << definition.Metric)
	if to := c.live("attribute", a.Key); to != a.Key && c.places[to] == metric {
		return metric
	}
	return 0
}

// live follows renames to the name in use, empty if they end elsewhere.
func (c *collector) live(kind, name string) string {
	for range 16 {
		reason, to := c.deprecation(kind, name)
		if reason != "renamed" && reason != absent {
			if reason == "" {
				return name
			}
			return ""
		}
		name = to
	}
	return ""
}

// deprecation is what became of a name; an unknown one is absent and was renamed to
// nothing.
func (c *collector) deprecation(kind, name string) (reason, to string) {
	d := definition.Deprecated{Reason: absent}
	if a, ok := c.attributes[name]; ok && kind == "attribute" {
		d = a.Deprecated
	}
	for k := definition.Span; k <= definition.Entity; k++ {
		if s, ok := c.signals[signalKey{kind: k, name: name}]; ok && kind == k.String() {
			d = s.Deprecated
		}
	}
	return d.Reason, d.RenamedTo
}

// has says whether a name is of the conventions, or was.
func (c *collector) has(kind, name string) bool {
	_, isAttribute := c.attributes[name]
	_, isMetric := c.signals[signalKey{kind: definition.Metric, name: name}]
	return kind == "attribute" && isAttribute || kind == "metric" && isMetric
}

func split(list, separators string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(separators, r) })
}

func at(name string, line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", name, line, fmt.Errorf(format, args...))
}
