package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func edit(start, end int, text string) Placed {
	return Placed{Edit: Edit{Range{start, end}, text}}
}

func TestFix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.py")
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o640))
	f := &File{Path: "a.py", Abs: path}
	fixed, err := Fix(f, []Finding{
		{Edits: []Placed{edit(0, 0, "import x\n"), edit(1, 2, "one")}},
		{Edits: []Placed{edit(0, 0, "import x\n"), edit(8, 9, "eight")}},
		{Edits: []Placed{edit(0, 0, "import y\n"), edit(5, 6, "five")}},
		{Edits: []Placed{edit(8, 10, "overlaps")}},
		{Edits: []Placed{edit(9, 99, "beyond")}},
		{},
	})
	require.NoError(t, err)
	assert.Equal(t, "import x\nimport y\n0one234five67eight9", string(fixed.After))
	assert.Equal(t, []int{0, 1, 2}, fixed.Done)
	require.NoError(t, fixed.Write())
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, fixed.After, now)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())

	require.ErrorContains(t, fixed.Write(), "changed while it was read")

	link := filepath.Join(t.TempDir(), "link.py")
	require.NoError(t, os.Symlink(path, link))
	fixed, err = Fix(&File{Path: "link.py", Abs: link}, []Finding{{Edits: []Placed{edit(0, 6, "")}}})
	require.NoError(t, err)
	require.NoError(t, fixed.Write())
	now, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, fixed.After, now, "what the link leads to")
	info, err = os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays one")
}
