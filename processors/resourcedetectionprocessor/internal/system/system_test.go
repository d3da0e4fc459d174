package system

import (
	"net"
	"testing"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.uber.org/goleak"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDetectDefault(t *testing.T) {
	cfg := CreateDefaultConfig()
	cfg.HostnameSources = []string{"os"}
	res, schemaURL, err := New(cfg).Detect(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, schemaURL)
	assert.Equal(t, 2, res.Attributes().Len())
	for _, key := range []string{"host.name", "os.type"} {
		v, ok := res.Attributes().Get(key)
		assert.True(t, ok, key)
		assert.NotEmpty(t, v.Str(), key)
	}
}

// What a machine knows of itself differs; nothing is empty, and nothing is missing
// without a reason.
func TestDetectAll(t *testing.T) {
	conf, err := confmaptest.LoadConf("internal/metadata/testdata/config.yaml")
	require.NoError(t, err)
	all, err := conf.Sub("all_set::resource_attributes")
	require.NoError(t, err)
	cfg := CreateDefaultConfig()
	cfg.HostnameSources = []string{"os"}
	require.NoError(t, all.Unmarshal(&cfg.ResourceAttributes))

	res, _, err := New(cfg).Detect(t.Context())
	t.Log(res.Attributes().AsRaw(), err)
	for key, value := range res.Attributes().AsRaw() {
		assert.NotEmpty(t, value, key)
	}
	for _, key := range []string{"host.name", "host.arch", "host.interface", "os.type", "os.description", "os.build.id"} {
		_, ok := res.Attributes().Get(key)
		assert.True(t, ok, key)
	}
}

func TestDetectNothing(t *testing.T) {
	res, schemaURL, err := New(Config{}).Detect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, schemaURL)
	assert.Equal(t, 0, res.Attributes().Len())
}

func TestHostArch(t *testing.T) {
	for goarch, want := range map[string]string{
		"386": "x86", "amd64": "amd64", "arm": "arm32", "arm64": "arm64", "ppc64le": "ppc64", "s390x": "s390x", "riscv64": "riscv64",
	} {
		assert.Equal(t, want, hostArch(goarch))
	}
}

func TestIEEERA(t *testing.T) {
	assert.Equal(t, "AC-DE-48-23-45-67", ieeeRA(net.HardwareAddr{0xac, 0xde, 0x48, 0x23, 0x45, 0x67}))
}

func TestDescribe(t *testing.T) {
	conf, err := confmaptest.LoadConf("internal/metadata/testdata/config.yaml")
	require.NoError(t, err)
	all, err := conf.Sub("all_set::resource_attributes")
	require.NoError(t, err)
	attributes := metadata.DefaultResourceAttributesConfig()
	require.NoError(t, all.Unmarshal(&attributes))

	rb := metadata.NewResourceBuilder(attributes)
	describe(rb, cpu.InfoStat{VendorID: "GenuineIntel", Family: "6", Model: "142", ModelName: "Core i7", Stepping: 10, CacheSize: 8192})
	assert.Equal(t, map[string]any{
		"host.cpu.vendor.id": "GenuineIntel", "host.cpu.family": "6", "host.cpu.model.id": "142",
		"host.cpu.model.name": "Core i7", "host.cpu.stepping": "10", "host.cpu.cache.l2.size": int64(8192),
	}, rb.Emit().Attributes().AsRaw())

	describe(rb, cpu.InfoStat{ModelName: "Neoverse"})
	assert.Equal(t, map[string]any{"host.cpu.model.name": "Neoverse", "host.cpu.stepping": "0"}, rb.Emit().Attributes().AsRaw())
}
