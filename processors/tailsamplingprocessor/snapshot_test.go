package tailsamplingprocessor

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/tree"
)

// extensions is a host with some.
type extensions map[component.ID]component.Component

func (e extensions) GetExtensions() map[component.ID]component.Component { return e }

var storageID = component.MustNewID("file_storage")

// storageIn gives a host with a file_storage in a folder.
func storageIn(t *testing.T, folder string) extensions {
	f := filestorage.NewFactory()
	cfg := f.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = folder
	require.NoError(t, cfg.Validate())
	e, err := f.Create(context.Background(), extensiontest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, e.Shutdown(context.Background())) })
	return extensions{storageID: e}
}

// analysing is a sampler that analyses, not yet started, and what it logs.
func analysing(t *testing.T, options string) (*sampler, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	tel := componenttest.NewNopTelemetrySettings()
	tel.Logger = zap.New(core)
	p := create(t, NewFactory(), `{decision_wait: 10ms, analysis: {enabled: true, `+options+`}, policies: [{name: all, type: always_sample}]}`,
		consumertest.NewNop(), &processor.Settings{TelemetrySettings: tel})
	return p.(*sampler), logs
}

var ordersQuery = baseline.Identity{Service: "orders", Name: "SELECT orders", Kind: tree.Client}

func norm(s *sampler) baseline.Norm {
	b := s.engine.analysis.Load().baseline
	return b.Self(b.Intern(ordersQuery.Hash(), 0, func() baseline.Identity { return ordersQuery }))
}

func operationsOf(s *sampler) int { return s.engine.analysis.Load().baseline.Stats().Operations }

// learns runs a sampler until it knows what is normal.
func learns(t *testing.T, s *sampler, host component.Host) {
	require.NoError(t, s.Start(context.Background(), host))
	assert.Zero(t, operationsOf(s))
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		require.NoError(t, s.ConsumeTraces(context.Background(), request(r, randomID(r), nothingOdd)))
	}
	require.Eventually(t, func() bool { return norm(s).Count >= 200 }, 10*time.Second, 10*time.Millisecond)
}

func ended(t *testing.T, s *sampler) { require.NoError(t, s.Shutdown(context.Background())) }

// TestNormsSurvive: what is normal is known after a restart, and to another collector with a copy.
func TestNormsSurvive(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "norms")
	for name, where := range map[string]struct {
		options string
		host    component.Host
	}{
		"storage": {`storage: file_storage`, storageIn(t, t.TempDir())},
		"file":    {`snapshot_file: ` + file, componenttest.NewNopHost()},
	} {
		t.Run(name, func(t *testing.T) {
			first, _ := analysing(t, where.options)
			learns(t, first, where.host)
			want := norm(first)
			ended(t, first)
			for range 2 { // what was restored is kept, too
				next, logs := analysing(t, where.options)
				require.NoError(t, next.Start(context.Background(), where.host))
				assert.Equal(t, want, norm(next))
				assert.Len(t, logs.FilterMessage("what is normal was read").All(), 1)
				ended(t, next)
			}
		})
	}
	leftovers, err := filepath.Glob(filepath.Join(folder, "*.tmp"))
	require.NoError(t, err)
	assert.Empty(t, leftovers)

	t.Run("seed", func(t *testing.T) { // a copy of the file above, and then the storage
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		seed, host := filepath.Join(t.TempDir(), "seed"), storageIn(t, t.TempDir())
		require.NoError(t, os.WriteFile(seed, data, 0o400))
		s, _ := analysing(t, "storage: file_storage, snapshot_file: "+seed)
		require.NoError(t, s.Start(context.Background(), host))
		want := norm(s)
		assert.True(t, want.Known())
		ended(t, s)
		unchanged, err := os.ReadFile(seed)
		require.NoError(t, err)
		assert.Equal(t, data, unchanged)
		require.NoError(t, os.WriteFile(seed, []byte("never read"), 0o600))
		s, logs := analysing(t, "storage: file_storage, snapshot_file: "+seed)
		require.NoError(t, s.Start(context.Background(), host))
		assert.Equal(t, want, norm(s))
		assert.Empty(t, logs.FilterLevelExact(zap.WarnLevel).All())
		ended(t, s)
	})
}

// TestStorageHoldsAFile: what is stored is what a snapshot file has.
func TestStorageHoldsAFile(t *testing.T) {
	host := storageIn(t, t.TempDir())
	s, _ := analysing(t, "storage: file_storage")
	learns(t, s, host)
	want := norm(s)
	ended(t, s)
	client, err := host[storageID].(storage.Extension).GetClient(context.Background(), component.KindProcessor, s.set.ID, "baseline")
	require.NoError(t, err)
	data, err := client.Get(context.Background(), "baseline_v1")
	require.NoError(t, err)
	require.NoError(t, client.Close(context.Background()))
	file := filepath.Join(t.TempDir(), "norms")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	s, _ = analysing(t, "snapshot_file: "+file)
	require.NoError(t, s.Start(context.Background(), componenttest.NewNopHost()))
	assert.Equal(t, want, norm(s))
	ended(t, s)
}

// TestSnapshotsOfOneName: a processor that is in two pipelines has two places, and the second
// begins with what the first knows where it has nothing.
func TestSnapshotsOfOneName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "norms")
	for name, where := range map[string]struct {
		options string
		host    component.Host
		known   bool
	}{
		"storage": {`storage: file_storage`, storageIn(t, t.TempDir()), false},
		"file":    {`snapshot_file: ` + file, componenttest.NewNopHost(), true},
	} {
		t.Run(name, func(t *testing.T) {
			first, _ := analysing(t, where.options)
			learns(t, first, where.host)
			ended(t, first)
			first, _ = analysing(t, where.options)
			require.NoError(t, first.Start(context.Background(), where.host))
			second, _ := analysing(t, where.options)
			require.NoError(t, second.Start(context.Background(), where.host))
			assert.True(t, norm(first).Known())
			assert.Equal(t, where.known, norm(second).Known())
			ended(t, first)
			ended(t, second)
		})
	}
	_, err := os.Stat(file + ".2")
	assert.NoError(t, err)
	assert.Empty(t, claims.taken)
}

// TestBadSnapshots: they are warned of, and everything is learned anew.
func TestBadSnapshots(t *testing.T) {
	var good bytes.Buffer
	b := baseline.New(baseline.Options{})
	b.Intern(ordersQuery.Hash(), 0, func() baseline.Identity { return ordersQuery })
	_, err := b.WriteTo(&good)
	require.NoError(t, err)
	newer := bytes.Clone(good.Bytes())
	newer[len("koine baseline\x00")] = 2
	damaged := bytes.Clone(good.Bytes())
	damaged[len(damaged)/2] ^= 1
	for want, data := range map[string][]byte{
		"version 2":       newer,
		"damaged":         damaged,
		"truncated":       {},
		"not a snapshot ": []byte("hello, world"),
	} {
		t.Run(want, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "norms")
			require.NoError(t, os.WriteFile(file, data, 0o600))
			s, logs := analysing(t, "snapshot_file: "+file)
			require.NoError(t, s.Start(context.Background(), componenttest.NewNopHost()))
			assert.Zero(t, operationsOf(s))
			warnings := logs.FilterLevelExact(zap.WarnLevel).All()
			require.Len(t, warnings, 1)
			assert.Contains(t, warnings[0].ContextMap()["error"], want)
			assert.Equal(t, file, warnings[0].ContextMap()["from"])
			ended(t, s)
		})
	}
}

// TestUnwritable: it is said once, and nothing else suffers.
func TestUnwritable(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "gone")
	require.NoError(t, os.Mkdir(folder, 0o700))
	core, logs := observer.New(zap.InfoLevel)
	k, err := newKeeper(context.Background(), componenttest.NewNopHost(), component.MustNewID("tail_sampling"), &AnalysisConfig{SnapshotFile: filepath.Join(folder, "norms")}, zap.New(core))
	require.NoError(t, err)
	require.NoError(t, os.Remove(folder))
	b := baseline.New(baseline.Options{})
	for range 3 {
		k.saved = time.Time{}
		k.tick(b)
		require.Eventually(t, func() bool { return !k.writing.Load() }, 5*time.Second, time.Millisecond)
	}
	k.end(context.Background(), nil)
	assert.Len(t, logs.FilterLevelExact(zap.WarnLevel).All(), 1)
}

// TestSnapshotErrors are those of a configuration.
func TestSnapshotErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	nop := component.MustNewID("nop")
	host := storageIn(t, t.TempDir())
	host[nop] = nopExtension{}
	host[component.MustNewID("broken")] = brokenStorage{}
	for want, options := range map[string]string{
		`analysis::storage: there is no extension "nothing"`:                "storage: nothing",
		`analysis::storage: extension "nop" is none that stores`:            "storage: nop",
		`analysis::storage: broken: out of order`:                           "storage: broken",
		`analysis::snapshot_file: stat ` + missing:                          "storage: file_storage, snapshot_file: " + missing,
		`analysis::snapshot_file: ` + missing + `/norms: its folder: stat `: "snapshot_file: " + missing + "/norms",
	} {
		t.Run(want, func(t *testing.T) {
			s, _ := analysing(t, options)
			require.ErrorContains(t, s.Start(context.Background(), host), want)
			require.NoError(t, s.Shutdown(context.Background()))
		})
	}
	assert.Empty(t, claims.taken)
}

type nopExtension struct {
	component.StartFunc
	component.ShutdownFunc
}

type brokenStorage struct{ nopExtension }

func (brokenStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return nil, errors.New("out of order")
}

// TestStorageOverAReload: what is normal stays in the process, and the storage is opened anew.
func TestStorageOverAReload(t *testing.T) {
	folder := t.TempDir()
	host := storageIn(t, folder)
	first, _ := analysing(t, "storage: file_storage")
	learns(t, first, host)
	want := norm(first)
	a := first.engine.analysis.Load()
	reloaded(func() { ended(t, first) })
	host = storageIn(t, folder) // it could not be opened if it were still open
	second, logs := analysing(t, "storage: file_storage")
	require.NoError(t, second.Start(context.Background(), host))
	assert.Same(t, a, second.engine.analysis.Load())
	assert.Equal(t, want, norm(second))
	assert.Empty(t, logs.FilterMessage("what is normal was read").All())
	ended(t, second)
}

// TestSnapshotWhileRunning: one is made soon, and not only at the end.
func TestSnapshotWhileRunning(t *testing.T) {
	file := filepath.Join(t.TempDir(), "norms")
	s, _ := analysing(t, "snapshot_file: "+file)
	require.NoError(t, s.Start(context.Background(), componenttest.NewNopHost()))
	assert.NoFileExists(t, file)
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		_, err = baseline.New(baseline.Options{}).ReadFrom(bytes.NewReader(data))
		return assert.NoError(t, err)
	}, 10*time.Second, 10*time.Millisecond)
	ended(t, s)
}

// TestSnapshotsAreSeldom: between them there are some minutes, and none is made while another is
// written.
func TestSnapshotsAreSeldom(t *testing.T) {
	slow := &slowStore{begun: make(chan []byte), proceed: make(chan struct{})}
	k := &keeper{logger: zap.NewNop(), store: slow, snapshots: make(chan []byte, 1), written: make(chan struct{})}
	go k.loop()
	b := baseline.New(baseline.Options{})
	k.tick(b)
	<-slow.begun
	first := k.saved
	k.saved = first.Add(-saveEvery)
	k.tick(b) // the first is still written
	assert.Equal(t, first.Add(-saveEvery), k.saved)
	slow.proceed <- struct{}{}
	require.Eventually(t, func() bool { return !k.writing.Load() }, 5*time.Second, time.Millisecond)
	k.tick(b)
	<-slow.begun
	slow.proceed <- struct{}{}
	require.Eventually(t, func() bool { return !k.writing.Load() }, 5*time.Second, time.Millisecond)
	k.tick(b) // it is not yet time
	k.end(context.Background(), nil)
}

type slowStore struct {
	snapshotFile
	begun   chan []byte
	proceed chan struct{}
}

func (s *slowStore) write(_ context.Context, data []byte) error {
	s.begun <- data
	<-s.proceed
	return nil
}

// BenchmarkSnapshot is how long the analysis goroutine stands still every five minutes.
func BenchmarkSnapshot(b *testing.B) {
	o := operations{Baseline: baseline.New(baseline.Options{})}
	r := rand.New(rand.NewPCG(1, 1))
	var spans []baseline.SpanObservation
	var sites []baseline.SiteObservation
	for i := range 90_000 {
		op := o.intern("service"+string(rune('a'+i%26)), "GET /an/ordinary/route/"+time.Duration(i).String(), tree.Server)
		for range 50 {
			spans = append(spans, baseline.SpanObservation{Operation: op, Duration: 1e7 + r.Uint64N(1e8), Self: 1e6 + r.Uint64N(1e7), Children: uint32(r.IntN(4))})
		}
		sites = append(sites, baseline.SiteObservation{Entry: op, Parent: op, Operation: op, Count: 1, Sum: r.Uint64N(1e9)})
	}
	o.Learn(spans, sites, 0)
	k := &keeper{}
	b.ResetTimer()
	for range b.N {
		k.snapshot(o.Baseline)
	}
	b.ReportMetric(float64(k.size)/float64(o.Stats().Operations), "B/operation")
}
