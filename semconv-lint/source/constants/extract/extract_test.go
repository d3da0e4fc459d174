package main

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
)

// The committed tables are what the facts say, where these are at hand.
func TestTablesAreUpToDate(t *testing.T) {
	const today = "../../../../../shared/semconv/constants.tsv.gz"
	if _, err := os.Stat(today); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no table of today's constants:", err)
	}
	to := t.TempDir()
	if err := run(today, "packages.tsv.gz", to); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadDir(to)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != 9 {
		t.Errorf("%d tables, want 9", len(made))
	}
	for _, m := range made {
		if unpacked(t, to+"/"+m.Name()) != unpacked(t, "../tables/"+m.Name()) {
			t.Errorf("%s is out of date: run go generate", m.Name())
		}
	}
}

func unpacked(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSpans(t *testing.T) {
	for want, numbers := range map[string][]int{"": nil, "4": {4}, "0-2,5": {2, 5, 0, 1}, "0,2": {0, 2}, "1-2": {1, 2}} {
		if got := spans(numbers); got != want {
			t.Errorf("spans(%v) = %q, want %q", numbers, got, want)
		}
	}
}
