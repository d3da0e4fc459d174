package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChangedSince(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	write := func(name, content string) {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	run("init", "-q")
	write("sub/a.go", "1\n2\n3\n4\n")
	write("sub/gone.go", "1\n")
	write("other.go", "1\n")
	write("sub/moved.go", "1\n2\n3\n4\n5\n6\n")
	write("sub/a \"q\" é.go", "1\n")
	run("add", ".")
	run("commit", "-q", "-m", "a")
	write("sub/a.go", "1\nnew\n+++ b/other.go\n3\n4\nlast")
	write("sub/ümlaut.go", "1\n")
	write("other.go", "2\n")
	require.NoError(t, os.Remove(filepath.Join(dir, "sub/gone.go")))
	run("mv", "sub/moved.go", "sub/there.go")
	write("sub/there.go", "1\n2\nnew\n4\n5\n6\n")
	write("sub/a \"q\" é.go", "2\n")

	c, err := ChangedSince(t.Context(), filepath.Join(dir, "sub"), "HEAD")
	require.NoError(t, err)
	for line, want := range map[int]bool{1: false, 2: true, 3: true, 4: false, 5: false, 6: true} {
		assert.Equal(t, want, c.Has("a.go", line, line), line)
	}
	assert.True(t, c.Has("a.go", 1, 2), "a finding over two lines")
	assert.True(t, c.Has("ümlaut.go", 7, 7), "git does not know it")
	assert.False(t, c.Has("other.go", 1, 1), "outside of the folder")
	assert.True(t, c.Has("a \"q\" é.go", 1, 1), "git quotes the name")
	assert.True(t, c.Has("there.go", 3, 3))
	assert.False(t, c.Has("there.go", 2, 2), "it was only moved")

	_, err = ChangedSince(t.Context(), dir, "nosuch")
	require.ErrorContains(t, err, "nosuch")
	_, err = ChangedSince(t.Context(), dir, "--output=x")
	require.ErrorContains(t, err, "no revision")
	_, err = ChangedSince(t.Context(), t.TempDir(), "HEAD")
	require.ErrorContains(t, err, "not a git repository")
}
