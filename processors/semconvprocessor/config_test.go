package semconvprocessor

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestConfigStruct(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.NoError(t, createDefaultConfig().(*Config).Validate())
}

func TestValidate(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "acme.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("vocabulary: acme\nattributes:\n  - to: nowhere\n    from: [a]\n"), 0o600))
	company := filepath.Join(t.TempDir(), "company.yaml")
	require.NoError(t, os.WriteFile(company, []byte("groups:\n  - id: registry.acme\n    type: attribute_group\n    attributes:\n      - {id: acme.order.id, type: strnig}\n"), 0o600))
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"target":   {func(c *Config) { c.Target = "1.99.0" }, `target: "1.99.0" is not between 1.21.0 and 1.44.0`},
		"mode":     {func(c *Config) { c.Mode = "both" }, `mode: "both" is not replace, duplicate or report`},
		"conflict": {func(c *Config) { c.OnConflict = "mine" }, `on_conflict: "mine" is not new or old`},
		"dialect":  {func(c *Config) { c.Dialects.Disable = []string{"klingon"} }, `dialects::disable: unknown dialect "klingon", there are datadog, envoy, `},
		"no file":  {func(c *Config) { c.Dialects.Files = []string{"nowhere.yaml"} }, `dialects::files: open nowhere.yaml: no such file or directory`},
		"registry": {func(c *Config) { c.Registries = []string{"nowhere"} }, `registries: `},
		"company":  {func(c *Config) { c.Registries = []string{filepath.Dir(company)} }, `registries: registry: ` + company + `:5: acme.order.id: unknown type "strnig"`},
		"broken":   {func(c *Config) { c.Dialects.Files = []string{broken} }, broken + `:3: target "nowhere" is no attribute of 1.44.0`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			c.change(cfg)
			require.ErrorContains(t, cfg.Validate(), c.want)
		})
	}
	all := &Config{Target: "x", Mode: "y", OnConflict: "z"}
	require.ErrorContains(t, all.Validate(), "target: ")
	require.ErrorContains(t, all.Validate(), "mode: ")
	require.ErrorContains(t, all.Validate(), "on_conflict: ")
}

func TestOptions(t *testing.T) {
	own := filepath.Join(t.TempDir(), "acme.yaml")
	require.NoError(t, os.WriteFile(own, []byte("vocabulary: acme\nattributes:\n  - to: user.id\n    from: [acme_user]\n  - to: acme.tier\n    own: true\n    from: [tier]\n"), 0o600))
	company := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(company, "acme.yaml"), []byte(`groups:
  - id: registry.acme
    type: attribute_group
    brief: Acme
    attributes:
      - {id: acme.order.id, type: string, brief: Order, stability: stable}
      - {id: acme.items, type: int, brief: Items, stability: stable}
      - {id: acme.orderId, type: string, brief: Order, stability: stable, deprecated: {reason: renamed, renamed_to: acme.order.id}}
`), 0o600))
	both := map[string]any{"http.method": "GET", "http.request.method": "PUT"}
	for name, c := range map[string]struct {
		config   map[string]any
		in, want map[string]any
	}{
		"replace":        {nil, map[string]any{"http.method": "GET"}, map[string]any{"http.request.method": "GET"}},
		"duplicate":      {map[string]any{"mode": "duplicate"}, map[string]any{"http.method": "GET"}, map[string]any{"http.method": "GET", "http.request.method": "GET"}},
		"report":         {map[string]any{"mode": "report"}, map[string]any{"http.method": "GET"}, map[string]any{"http.method": "GET"}},
		"new wins":       {nil, both, map[string]any{"http.request.method": "PUT"}},
		"old wins":       {map[string]any{"on_conflict": "old"}, both, map[string]any{"http.request.method": "GET"}},
		"older target":   {map[string]any{"target": "1.23.0"}, map[string]any{"http.method": "GET", "db.statement": "x"}, map[string]any{"http.request.method": "GET", "db.statement": "x"}},
		"disabled name":  {map[string]any{"disable": []any{"http.method"}}, map[string]any{"http.method": "GET", "db.statement": "x"}, map[string]any{"http.method": "GET", "db.query.text": "x"}},
		"disabled space": {map[string]any{"disable": []any{"db.*"}}, map[string]any{"http.method": "GET", "db.statement": "x"}, map[string]any{"http.request.method": "GET", "db.statement": "x"}},
		"only stable names": {map[string]any{"stability": map[string]any{"attributes": "stable"}},
			map[string]any{"http.method": "GET", "messaging.destination": "a"}, map[string]any{"http.request.method": "GET", "messaging.destination": "a"}},
		"unmatched is left":     {nil, map[string]any{"http.own": 1, "own.http": true}, map[string]any{"http.own": int64(1), "own.http": true}},
		"unmatched is prefixed": {map[string]any{"unmatched": "prefix"}, map[string]any{"http.own": 1, "own.http": true, "http.request.header.x": []any{"y"}}, map[string]any{"koine.unmatched.http.own": int64(1), "own.http": true, "http.request.header.x": []any{"y"}}},
		"own dialect": {map[string]any{"dialects": map[string]any{"files": []any{own}}},
			map[string]any{"acme_user": "ada", "tier": "gold"}, map[string]any{"user.id": "ada", "acme.tier": "gold"}},
		"a company's conventions": {map[string]any{"registries": []any{company}},
			map[string]any{"acme.orderId": "7", "acme.items": "3"}, map[string]any{"acme.order.id": "7", "acme.items": int64(3)}},
		"a dialect": {nil, map[string]any{"sql.query": "select 1"}, map[string]any{"db.query.text": "select 1"}},
		"no dialect": {map[string]any{"dialects": map[string]any{"disable": []any{"zipkin", "datadog"}}},
			map[string]any{"sql.query": "select 1"}, map[string]any{"sql.query": "select 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			require.NoError(t, confmap.NewFromStringMap(c.config).Unmarshal(cfg))
			require.NoError(t, cfg.Validate())
			n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), cfg)
			require.NoError(t, err)
			td := ptrace.NewTraces()
			span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
			span.SetKind(ptrace.SpanKindClient)
			require.NoError(t, span.Attributes().FromRaw(c.in))
			if cfg.Mode == modeReport {
				td.MarkReadOnly()
			}
			_, err = n.traces(context.Background(), td)
			require.NoError(t, err)
			assert.Equal(t, c.want, span.Attributes().AsRaw())
			_, err = n.traces(context.Background(), td)
			require.NoError(t, err)
			assert.Equal(t, c.want, span.Attributes().AsRaw(), "the second time")
		})
	}
}

// BenchmarkTable: compiling the rules happens once a start.
func BenchmarkTable(b *testing.B) {
	cfg := createDefaultConfig().(*Config)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = cfg.job()
	}
}

// TestKindFromAnAttribute: once the kind is known, the rules for it hold in the same
// pass.
func TestKindFromAnAttribute(t *testing.T) {
	n, err := newNormalizer(componenttest.NewNopTelemetrySettings(), createDefaultConfig().(*Config))
	require.NoError(t, err)
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	require.NoError(t, span.Attributes().FromRaw(map[string]any{"span.kind": "client", "net.peer.name": "shop"}))
	_, err = n.traces(context.Background(), td)
	require.NoError(t, err)
	assert.Equal(t, ptrace.SpanKindClient, span.Kind())
	assert.Equal(t, map[string]any{"server.address": "shop"}, span.Attributes().AsRaw())
}
