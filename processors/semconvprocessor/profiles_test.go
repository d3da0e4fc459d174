package semconvprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
)

// TestProfiles: they pass as they are, even if they are read-only.
func TestProfiles(t *testing.T) {
	sink := new(consumertest.ProfilesSink)
	p, err := NewFactory().(xprocessor.Factory).CreateProfiles(context.Background(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
	require.NoError(t, err)
	assert.False(t, p.Capabilities().MutatesData)
	pd := pprofile.NewProfiles()
	pd.ResourceProfiles().AppendEmpty().Resource().Attributes().PutStr("deployment.environment", "prod")
	pd.MarkReadOnly()
	require.NoError(t, p.ConsumeProfiles(context.Background(), pd))
	require.Len(t, sink.AllProfiles(), 1)
	assert.Equal(t, map[string]any{"deployment.environment": "prod"}, sink.AllProfiles()[0].ResourceProfiles().At(0).Resource().Attributes().AsRaw())
}
