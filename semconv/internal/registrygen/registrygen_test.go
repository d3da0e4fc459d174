package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed tables are what the committed extracts give, byte for byte.
func TestGenerateReproducesTables(t *testing.T) {
	const tables = "../../registry"
	sources, err := generate(filepath.Join(tables, "extract"))
	if err != nil {
		t.Fatal(err)
	}
	committed, err := filepath.Glob(filepath.Join(tables, "*_generated.go"))
	if err != nil || len(committed) != len(sources) {
		t.Errorf("%d tables are committed, %d generated: %v", len(committed), len(sources), err)
	}
	for name, source := range sources {
		want, err := os.ReadFile(filepath.Join(tables, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(source, want) {
			t.Errorf("%s is not what the extracts give: run make generate", name)
		}
	}
}

func TestExtractsRoundTrip(t *testing.T) {
	const folder = "../../registry/extract"
	found, err := readExtracts(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range writeExtracts(found) {
		want, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, want) {
			t.Errorf("%s changes when it is read and written", name)
		}
	}
}

func TestExtractErrorsNameTheLine(t *testing.T) {
	for line, want := range map[string]string{
		"attribut\tx":         `attributes.tsv:2: unknown kind "attribut"`,
		"member\tid\tvalue":   "attributes.tsv:2: a member without an attribute before it",
		"use\tkey\trequired":  "attributes.tsv:2: a use without anything before it",
		"attribute\tx\ttring": `unknown word "tring"`,
	} {
		dir := t.TempDir()
		files := writeExtracts(&facts{version: "1"})
		files["attributes.tsv"] = []byte("# head\n" + line + "\n")
		if err := writeFiles(dir, files); err != nil {
			t.Fatal(err)
		}
		if _, err := generate(dir); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", line, err, want)
		}
	}
}

// A small core, a registry that a part of it moved to, a schema file and tables.
func TestImport(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"core/manifest.yaml": "schema_url: https://opentelemetry.io/schemas/9.9.9\n",
		"core/a.yaml": `groups:
  - id: registry.a
    type: attribute_group
    attributes:
      - {id: a.new, type: string, stability: stable}
      - {id: a.old, type: int, stability: development, deprecated: {reason: renamed, renamed_to: a.new}}
      - {id: a.parts, type: {members: [{id: x, value: x, stability: development, deprecated: {reason: renamed, renamed_to: y}}, {id: y, value: y, stability: development}]}, deprecated: {reason: uncategorized, note: prose}}
      - {id: a.moved, type: int, deprecated: {reason: uncategorized, note: prose}}
      - {id: a.label, type: int}
  - id: metric.a.count
    type: metric
    metric_name: a.count
    instrument: counter
    unit: "1"
    attributes: [{ref: a.label}]
`,
		"moved/a.yaml": `file_format: definition/2
attributes:
  - {key: a.moved, type: "string[]", stability: stable}
spans:
  - {type: a.client, kind: client, attributes: [{ref: a.moved, requirement_level: opt_in}, {ref: a.new}]}
`,
		"schema": "file_format: 1.1.0\nversions:\n  1.9.0:\n    all: {changes: [{rename_attributes: {attribute_map: {a.old: a.new}}}]}\n" +
			"  1.10.0:\n    spans: {changes: [{rename_attributes: {attribute_map: {a.old: a.new}}}]}\n" +
			"  1.4.0:\n    all: {changes: [{rename_attributes: {attribute_map: {a.gone: a.between, a.typo: a.never, label: a.old}}}]}\n" +
			"  1.5.0:\n    all: {changes: [{rename_attributes: {attribute_map: {a.between: a.new}}}]}\n" +
			"    metrics: {changes: [{rename_attributes: {attribute_map: {phase: a.old}, apply_to_metrics: [a.count]}}]}\n",
		"final.tsv":   "from\tto\tkind\nlabel\t\tabsent\na.gone\ta.new\t1:1\na.between\ta.new\t1:1\na.typo\ta.new\t1:1\n",
		"history.tsv": "a.new\tattribute\t1.5.0\t\na.between\tattribute\t1.4.0\t1.6.0\na.parts=x\tmember\t\t1.7.0\n",
		"instead.tsv": "a.parts\tattribute\tmodel\tuncategorized\ta.old|a.label+REMOVED\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var paths []string
	for _, name := range []string{"core", "moved", "schema", "final.tsv", "instead.tsv", "history.tsv"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	found, err := importAll(paths)
	if err != nil {
		t.Fatal(err)
	}
	files := writeExtracts(found)
	got := string(files["version.tsv"]) + string(files["attributes.tsv"]) + string(files["spans.tsv"])
	for _, want := range []string{
		"version\t9.9.9",
		"attribute\ta.gone\tany\tdevelopment\tanywhere\tabsent\ta.new\t1.4.0\t\ta.between",
		"attribute\ta.between\tany\tdevelopment\tanywhere\tabsent\ta.new\t1.6.0\t\t\t1.4.0",
		"attribute\ta.typo\tany\tdevelopment\tanywhere\tabsent\ta.new\t1.4.0",
		"attribute\tphase\tany\tdevelopment\tmetric\tabsent\t\t1.5.0",
		"attribute\ta.label\tint\tdevelopment\tmetric",
		"attribute\ta.moved\tstring[]\tstable\tspan",
		"attribute\ta.new\tstring\tstable\tspan\t\t\t\t\t\t1.5.0",
		"attribute\ta.old\tint\tdevelopment\tanywhere\trenamed\ta.new\t1.9.0",
		"member\tx\tx\tdevelopment\trenamed\ty\t1.7.0",
		"attribute\ta.parts\tenum:string\tdevelopment\tanywhere\tuncategorized\t\t\ta.new,a.label",
		"attribute\tlabel\tany\tdevelopment\tmetric\tabsent\t\t1.4.0\t\ta.old",
		"span\ta.client\t\tdevelopment\t\t\t\t\t\t\t\tclient",
		"use\ta.moved\topt_in",
		"use\ta.new\trecommended",
	} {
		if !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "prose") {
		t.Error("the extract holds prose")
	}
}

func TestImportErrors(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.tsv")
	if err := os.WriteFile(bad, []byte("one\ttwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paths []string
		want  string
	}{
		{nil, "import: want at least one registry"},
		{[]string{bad}, bad + ":1: 2 fields, want 4 or 5"},
		{[]string{filepath.Join(dir, "none")}, "no such file"},
		{[]string{dir}, "no .yaml file in it"},
	} {
		if _, err := importAll(c.paths); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.paths, err, c.want)
		}
	}
}

// TestImportOfNothing: a folder that only has a registry below it is none.
func TestImportOfNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "model"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"manifest.yaml": "schema_url: https://acme.example/1.0.0\n", "a.yaml": "groups: [{id: g, type: attribute_group}]\n"} {
		if err := os.WriteFile(filepath.Join(dir, "model", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	if err := run([]string{"import", "-o", out, dir}); err == nil || !strings.Contains(err.Error(), "no definitions in it") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("an extract was written")
	}
	if err := run([]string{"import", "-o", out, filepath.Join(dir, "model")}); err != nil {
		t.Error(err)
	}
}
