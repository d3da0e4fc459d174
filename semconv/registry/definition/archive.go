package definition

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// maxEntries is how many entries of any kind an archive may have: a repository's
// archive holds far more than its registry.
const maxEntries = 100_000

// unpack reads an archive's wanted files; the name's extension tells its format.
func (b *bundle) unpack(name string) error {
	switch {
	case strings.HasSuffix(name, ".zip"):
		return b.unzip(name)
	case strings.HasSuffix(name, ".tar"), strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		return b.untar(name)
	}
	return errors.New("want a folder, a .zip, a .tar, a .tar.gz or a .tgz")
}

func (b *bundle) unzip(name string) error {
	z, err := zip.OpenReader(name)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return err
	}
	defer z.Close()
	if len(z.File) > maxEntries {
		return fmt.Errorf("more than %d entries", maxEntries)
	}
	for _, entry := range z.File {
		if err := safe(entry.Name); err != nil {
			return err
		}
		if !entry.Mode().IsRegular() || !wanted(entry.Name) {
			continue
		}
		r, err := entry.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		err = b.add(path.Clean(entry.Name), r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bundle) untar(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if !strings.HasSuffix(name, ".tar") {
		if r, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	// What is skipped is unpacked too: it counts, with room for a repository around the
	// registry.
	return b.readTar(tar.NewReader(&bounded{r, 2 * maxTotalSize}))
}

func (b *bundle) readTar(t *tar.Reader) error {
	for range maxEntries {
		entry, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if err := safe(entry.Name); err != nil {
			return err
		}
		if entry.Typeflag != tar.TypeReg || !wanted(entry.Name) {
			continue
		}
		if err := b.add(path.Clean(entry.Name), t); err != nil {
			return err
		}
	}
	return fmt.Errorf("more than %d entries", maxEntries)
}

// safe refuses an entry that would leave the archive if it were written somewhere.
// Nothing is written, but such an archive means harm.
func safe(name string) error {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, ":") {
		return fmt.Errorf("entry %q leaves the archive", name)
	}
	return nil
}

// bounded fails once more was read than may be.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("unpacks to more than a registry may hold")
	}
	return n, err
}
