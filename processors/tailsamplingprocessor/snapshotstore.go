package tailsamplingprocessor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// snapshotStore is a place for a snapshot.
type snapshotStore interface {
	read(context.Context) ([]byte, error) // nil: there is none
	write(context.Context, []byte) error
	close(context.Context) error
	String() string
}

// storedSnapshot is one in a storage extension.
type storedSnapshot struct {
	client storage.Client
	name   string
}

func (s *storedSnapshot) read(ctx context.Context) ([]byte, error) {
	return s.client.Get(ctx, storageKey)
}
func (s *storedSnapshot) write(ctx context.Context, data []byte) error {
	return s.client.Set(ctx, storageKey, data)
}
func (s *storedSnapshot) close(ctx context.Context) error { return s.client.Close(ctx) }
func (s *storedSnapshot) String() string                  { return s.name }

// snapshotFile is one in a file of its own.
type snapshotFile string

func (f snapshotFile) read(context.Context) ([]byte, error) {
	data, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// write replaces the file as a whole, so that whoever reads or copies it gets the old snapshot or
// the new one.
func (f snapshotFile) write(_ context.Context, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*.tmp")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), string(f))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}

func (snapshotFile) close(context.Context) error { return nil }
func (f snapshotFile) String() string            { return string(f) }
