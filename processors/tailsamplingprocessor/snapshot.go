package tailsamplingprocessor

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/spans/baseline"
)

// keeper keeps what is normal from one process to the next: it is read when a run starts that
// knows nothing, and written now and then and when the run ends. A nil keeper does nothing.
type keeper struct {
	logger  *zap.Logger
	store   snapshotStore
	sources []snapshotStore // the first that has a snapshot is read
	claim   claim

	saved     time.Time // at first never, so that what hinders it is said soon
	size      int       // of the last snapshot
	snapshots chan []byte
	writing   atomic.Bool
	written   chan struct{} // closed when the goroutine has ended
	failing   bool          // that was said; the goroutine's, and then whoever ends it
}

const (
	// saveEvery is what a crash may lose: little of what was learned in hours. A snapshot of
	// 100,000 operations takes 0.15 s to make and some 15 MB.
	saveEvery = 5 * time.Minute
	// saveTime is how long the last snapshot may take at the most.
	saveTime = 10 * time.Second
	// storageKey holds exactly what a snapshot file does. Its number is the format's: a collector
	// that writes another one leaves this one to those that read it.
	storageKey = "baseline_v1"
)

// newKeeper opens where a processor's snapshots are. It is nil where they are to be nowhere.
func newKeeper(ctx context.Context, host component.Host, id component.ID, cfg *AnalysisConfig, logger *zap.Logger) (*keeper, error) {
	k := &keeper{logger: logger}
	var err error
	switch {
	case cfg.Storage != nil:
		err = k.openStorage(ctx, host, id, cfg)
	case cfg.SnapshotFile != "":
		err = k.openFile(cfg.SnapshotFile)
	default:
		return nil, nil
	}
	if err != nil {
		k.claim.release()
		return nil, err
	}
	k.snapshots, k.written = make(chan []byte, 1), make(chan struct{})
	go k.loop() // until end
	return k, nil
}

func (k *keeper) openStorage(ctx context.Context, host component.Host, id component.ID, cfg *AnalysisConfig) error {
	e, ok := host.GetExtensions()[*cfg.Storage]
	if !ok {
		return fmt.Errorf("analysis::storage: there is no extension %q", cfg.Storage)
	}
	s, ok := e.(storage.Extension)
	if !ok {
		return fmt.Errorf("analysis::storage: extension %q is none that stores", cfg.Storage)
	}
	var seed snapshotStore
	if cfg.SnapshotFile != "" {
		if _, err := os.Stat(cfg.SnapshotFile); err != nil {
			return fmt.Errorf("analysis::snapshot_file: %w", err)
		}
		seed = snapshotFile(cfg.SnapshotFile)
	}
	k.claim = claims.take(cfg.Storage.String() + " " + id.String())
	client, err := s.GetClient(ctx, component.KindProcessor, id, k.claim.suffixed("baseline", "_"))
	if err != nil {
		return fmt.Errorf("analysis::storage: %v: %w", cfg.Storage, err)
	}
	k.store = &storedSnapshot{client, cfg.Storage.String()}
	k.sources = []snapshotStore{k.store}
	if seed != nil {
		k.sources = append(k.sources, seed)
	}
	return nil
}

func (k *keeper) openFile(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("analysis::snapshot_file: %w", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("analysis::snapshot_file: %s: its folder: %w", path, err)
	}
	k.claim = claims.take(path)
	own := snapshotFile(k.claim.suffixed(path, "."))
	k.store, k.sources = own, []snapshotStore{own}
	if shared := snapshotFile(path); own != shared {
		k.sources = append(k.sources, shared)
	}
	return nil
}

// restore reads what is normal into a baseline that knows nothing. Nothing that it may find is an
// error: what cannot be read is learned anew. The analysis is not running.
func (k *keeper) restore(ctx context.Context, a *analysis) {
	if k == nil || a.baseline.Stats().Operations > 0 {
		return
	}
	for _, source := range k.sources {
		data, err := source.read(ctx)
		if err == nil && data == nil {
			continue
		}
		if err == nil {
			_, err = a.baseline.ReadFrom(bytes.NewReader(data))
		}
		if err == nil && a.baseline.Stats().Operations == 0 {
			continue // it was made before anything was learned
		}
		if err == nil {
			k.logger.Info("what is normal was read", zap.Stringer("from", source), zap.Int("operations", a.baseline.Stats().Operations))
			a.bytes.Store(a.baseline.Bytes())
			return
		}
		k.logger.Warn("what was kept of what is normal cannot be read", zap.Stringer("from", source), zap.Error(err))
	}
	k.logger.Info("what is normal is learned anew", zap.Stringer("to be kept in", k.store))
}

// tick makes a snapshot if it is time and the last one is written. It is the analysis goroutine's.
func (k *keeper) tick(b *baseline.Baseline) {
	if k == nil || time.Since(k.saved) < saveEvery || !k.writing.CompareAndSwap(false, true) {
		return
	}
	k.snapshots <- k.snapshot(b) // there is room
}

func (k *keeper) snapshot(b *baseline.Baseline) []byte {
	k.saved = time.Now()
	buf := bytes.NewBuffer(make([]byte, 0, k.size+k.size/8))
	_, _ = b.WriteTo(buf) // a buffer takes everything
	k.size = buf.Len()
	return buf.Bytes()
}

// loop writes, because a disk may be slow.
func (k *keeper) loop() {
	defer close(k.written)
	for data := range k.snapshots {
		k.write(context.Background(), data)
		k.writing.Store(false)
	}
}

func (k *keeper) write(ctx context.Context, data []byte) {
	err := k.store.write(ctx, data)
	if err != nil && !k.failing {
		k.logger.Warn("what is normal cannot be kept: a restart learns it anew", zap.Stringer("in", k.store), zap.Error(err))
	}
	k.failing = err != nil
}

// end makes a last snapshot if there is an analysis, which is halted, and gives the storage back.
func (k *keeper) end(ctx context.Context, a *analysis) {
	if k == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, saveTime)
	defer cancel()
	close(k.snapshots)
	select {
	case <-k.written:
	case <-ctx.Done():
		k.logger.Error("what is normal takes too long to be kept", zap.Stringer("in", k.store))
		return // it has the storage still
	}
	if a != nil {
		k.write(ctx, k.snapshot(a.baseline))
	}
	if err := k.store.close(ctx); err != nil {
		k.logger.Warn("where what is normal is kept cannot be closed", zap.Stringer("in", k.store), zap.Error(err))
	}
	k.claim.release()
}
