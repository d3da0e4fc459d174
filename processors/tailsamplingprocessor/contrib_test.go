package tailsamplingprocessor

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/processor"
	"go.yaml.in/yaml/v3"
)

var yamlBlock = regexp.MustCompile("(?s)```ya?ml\n(.*?)```")

// TestContribsExamples: each configuration that contrib's documentation and tests show is one
// of ours, unless contrib itself refuses it, as it does one of them.
func TestContribsExamples(t *testing.T) {
	root := contribDir(t)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(root, "testdata", "tail_sampling_config.yaml"))
	require.NoError(t, err)
	texts := []string{string(file)}
	for _, m := range yamlBlock.FindAllStringSubmatch(string(readme), -1) {
		texts = append(texts, m[1])
	}
	taken := 0
	for i, text := range texts {
		var values map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &values))
		if p, ok := values["processors"].(map[string]any); ok {
			values = p
		}
		own, ok := values["tail_sampling"].(map[string]any)
		if !ok {
			continue
		}
		theirs, ours := refusal(contrib.NewFactory(), own), refusal(NewFactory(), own)
		assert.Equal(t, theirs == nil, ours == nil, "example %d: contrib's: %v, ours: %v", i, theirs, ours)
		if ours == nil {
			taken++
		}
	}
	assert.GreaterOrEqual(t, taken, 3)
}

var metricName = regexp.MustCompile("(?m)^### (otelcol_processor_tail_sampling_[a-z_]+)$")

// TestContribsMetrics: each metric that contrib documents is one of ours.
func TestContribsMetrics(t *testing.T) {
	theirs, err := os.ReadFile(filepath.Join(contribDir(t), "documentation.md"))
	require.NoError(t, err)
	ours, err := os.ReadFile("documentation.md")
	require.NoError(t, err)
	names := metricName.FindAllStringSubmatch(string(theirs), -1)
	assert.GreaterOrEqual(t, len(names), 15)
	for _, name := range names {
		assert.Contains(t, string(ours), "### "+name[1]+"\n")
	}
}

func contribDir(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(dir))
}

func refusal(f processor.Factory, values map[string]any) error {
	cfg := f.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(values).Unmarshal(cfg); err != nil {
		return err
	}
	return cfg.(interface{ Validate() error }).Validate()
}

// longNames is an extension whose policy keeps traces that have a span of a long name.
type longNames struct {
	component.Component
	traces int
}

func (e *longNames) NewEvaluator(string, map[string]any) (samplingpolicy.Evaluator, error) {
	return e, nil
}
func (*longNames) IsStateful() bool { return false }

func (e *longNames) Evaluate(_ context.Context, id pcommon.TraceID, td *samplingpolicy.TraceData) (samplingpolicy.Decision, error) {
	e.traces++
	for _, rs := range td.ReceivedBatches.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				if s.TraceID() == id && len(s.Name()) > 20 {
					return samplingpolicy.Sampled, nil
				}
			}
		}
	}
	return samplingpolicy.NotSampled, nil
}

type hostWith map[component.ID]component.Component

func (h hostWith) GetExtensions() map[component.ID]component.Component { return h }

// TestExtension: a policy of contrib's public interface sees whole traces.
func TestExtension(t *testing.T) {
	sink := new(consumertest.TracesSink)
	p := create(t, NewFactory(), `{decision_wait: 1h, policies: [{name: long, type: long_names, long_names: {a: 1}}]}`, sink, nil)
	e := &longNames{}
	host := hostWith{component.MustNewID("long_names"): e}
	require.NoError(t, p.Start(context.Background(), host))
	td := oneSpan("a", traceID(1, 1), 1, 0)
	require.NoError(t, p.ConsumeTraces(context.Background(), td))
	td = oneSpan("a", traceID(1, 2), 2, 0)
	require.NoError(t, p.ConsumeTraces(context.Background(), td))
	td = oneSpan("b", traceID(1, 2), 3, 2)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(strings.Repeat("long", 10))
	require.NoError(t, p.ConsumeTraces(context.Background(), td))
	require.NoError(t, p.Shutdown(context.Background()))
	assert.Equal(t, map[pcommon.TraceID]int{traceID(1, 2): 2}, spansByTrace(sink.AllTraces()))
	assert.Equal(t, 2, e.traces)

	unknown := create(t, NewFactory(), `{policies: [{name: long, type: long_names}]}`, sink, nil)
	assert.ErrorContains(t, unknown.Start(context.Background(), hostWith{}), "long_names")
	assert.NoError(t, unknown.Shutdown(context.Background()))
}
