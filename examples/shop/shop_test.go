//go:build clients

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// open runs the shop and gives what it has shown. bin/koine and bin/semconv-lint are built before.
func open(t *testing.T, build string, orders int) (*result, string) {
	t.Helper()
	var out strings.Builder
	r, err := run(t.Context(), options{root: filepath.Join("..", ".."), build: build, orders: orders}, &out)
	t.Log(out.String())
	require.NoError(t, err)
	return r, out.String()
}

// TestShop: what the services of all languages that are here have sent is one trace, in
// conventions that semconv-lint has nothing against, and the bottleneck is the one that is planted.
func TestShop(t *testing.T) {
	r, out := open(t, filepath.Join("..", "..", "bin", "shop"), 1200)

	for name, why := range r.skipped {
		assert.Contains(t, why, "there is no ", "%s is skipped for want of a tool alone", name)
	}
	protocols := map[string]bool{}
	for _, s := range r.running {
		protocols[s.protocol] = true
	}
	whole := 0
	for _, tr := range r.kept {
		assert.Len(t, tr.roots(), 1, "trace %s is linked", tr.id)
		if len(tr.services()) == len(r.running) {
			whole++
		}
	}
	assert.NotEmpty(t, r.kept)
	assert.Less(t, len(r.kept), r.orders/4, "about a seventh of the spans is kept")
	assert.Equal(t, len(r.kept), whole, "each trace has all services")
	shown := out[strings.Index(out, "TRACE"):strings.Index(out, "FOUND")]
	for _, s := range r.running {
		assert.Contains(t, shown, s.name+" ", "the trace that is shown has spans of %s", s.language)
	}

	assert.Zero(t, r.after.Summary.Errors, "%+v", r.after.Findings)
	assert.Zero(t, r.after.Summary.Damaged)
	for _, s := range r.running {
		assert.Contains(t, r.after.Scores, s.name)
		errors, _, _ := r.before.counts(s.name)
		assert.Equal(t, s.name != "checkout", errors > 0, "%s sends %d mistakes, and the wrapper none", s.name, errors)
	}

	if len(r.running) < len(services) {
		t.Skipf("a part of the shop: %v", r.skipped)
	}
	assert.Len(t, protocols, 2)
	kept, named := r.named()
	assert.GreaterOrEqual(t, kept, r.weddings/3, "most of the budget's worth is in them")
	assert.GreaterOrEqual(t, 10*named, 8*kept, "of %d", kept) // a busy machine has bottlenecks of its own
	all := causes(r.kept)
	require.NotEmpty(t, all)
	assert.Equal(t, bottleneck{"catalog", "SELECT", "repeated"}, all[0].bottleneck, "it costs the most")
}

// TestShopWithoutToolchains: where there is nothing but Go, the shop is its Go service, and the
// others are skipped by name.
func TestShopWithoutToolchains(t *testing.T) {
	tool, err := exec.LookPath("go")
	require.NoError(t, err)
	tools := t.TempDir()
	require.NoError(t, os.Symlink(tool, filepath.Join(tools, "go")))
	t.Setenv("PATH", tools)
	r, out := open(t, t.TempDir(), 50)
	require.Len(t, r.running, 1)
	assert.Equal(t, map[string]string{
		"storefront": "there is no node here", "warehouse": "there is no java here", "catalog": "there is no python3 here",
	}, r.skipped)
	assert.Contains(t, out, "SKIP   storefront  Node.js  there is no node here")
	assert.NotEmpty(t, r.kept)
	assert.Zero(t, r.after.Summary.Errors)
}
