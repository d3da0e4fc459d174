package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDemoNamesBottlenecks: with the default configuration, in all protocols at once, most of what
// is planted is kept at one span in a hundred, and named for what it is.
func TestDemoNamesBottlenecks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, problems bytes.Buffer
	demo := exec.CommandContext(ctx, binary, "demo", "--duration", "18s")
	demo.Stdout, demo.Stderr = &out, &problems
	require.NoError(t, demo.Run(), "%s\n%s", &problems, &out)
	_, line, ok := strings.Cut(out.String(), "TRUTH ")
	require.True(t, ok, &out)
	var planted, kept, named int
	_, err := fmt.Sscanf(line, "%d slow requests planted: %d kept, %d of them named", &planted, &kept, &named)
	require.NoError(t, err, line)
	t.Logf("%d planted, %d kept, %d named", planted, kept, named)
	assert.Greater(t, planted, 25)
	assert.GreaterOrEqual(t, float64(kept), 0.6*float64(planted), &out)
	assert.GreaterOrEqual(t, float64(named), 0.9*float64(kept), &out)
	for _, want := range []string{"FOUND", "took longer than usual: ", " traces\n"} {
		assert.Contains(t, out.String(), want)
	}
}
