package telemetry

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Standard input that nobody writes to ends with the context, and what came before is kept.
func TestIdleStdin(t *testing.T) {
	out, in := io.Pipe()
	defer in.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.WriteString(in, oneRequest+"\n")
		time.AfterFunc(50*time.Millisecond, cancel)
	}()
	ended := make(chan error, 1)
	g := new(gatherer)
	go func() {
		_, err := ReadFiles(ctx, []string{"-"}, out, g, Options{})
		ended <- err
	}()
	select {
	case err := <-ended:
		var interrupted *Interrupted
		require.ErrorAs(t, err, &interrupted)
		assert.Equal(t, "interrupted", err.Error())
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for standard input")
	}
}
