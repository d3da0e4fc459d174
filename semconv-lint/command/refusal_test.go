package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/command"
)

// TestRefusedFlags: a value that means nothing is refused with the flag's name, before anything runs.
func TestRefusedFlags(t *testing.T) {
	s := newSession(t)
	for args, want := range map[string]string{
		"listen --inactivity -1s":               "Error: --inactivity: -1s is less than nothing\n",
		"listen --duration -1ns":                "Error: --duration: -1ns is less than nothing\n",
		"listen --duration -1s --grpc-port -2":  "Error: --duration: -1s is less than nothing\n--grpc-port: -2 is no port: 1 to 65535, 0 for a free one, -1 for none\n",
		"listen --zipkin-port 65536":            "Error: --zipkin-port: 65536 is no port: 1 to 65535, 0 for a free one, -1 for none\n",
		"run --grace -1s -- no-such-command":    "Error: --grace: -1s is less than nothing\n",
		"check clean.json --registry nowhere":   "Error: registry: stat nowhere: no such file or directory\n",
		"check ::error::owned \u202e.json":      "Error: \\x3a:error::owned: no such file or directory\n\\u202e.json: no such file or directory\n",
		"check --config blank.yaml clean.json":  "Error: blank.yaml:4:5: ignore[0]: no reason: say why this may stay as it is\n",
		"check --config absent.yaml clean.json": "Error: absent.yaml:2:5: ignore[0]: no reason: say why this may stay as it is\n",
	} {
		s.write("blank.yaml", "ignore:\n  - rule: old-name\n    key: a\n    reason: \"  \"\n")
		s.write("absent.yaml", "ignore:\n  - rule: old-name\n")
		code, out, errors := s.run(strings.Fields(args)...)
		assert.Equal(t, command.Trouble, code, args)
		assert.Empty(t, strings.ReplaceAll(out, "no telemetry seen\n", ""), args)
		assert.Equal(t, want, errors, args)
	}
}

// TestPortInUse: where nothing could come there is no report that says that nothing came.
func TestPortInUse(t *testing.T) {
	s := newSession(t)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, l.Close()) }()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	code, out, errors := s.run("listen", "--grpc-port", port, "--http-port", "0", "--zipkin-port", "-1", "--control-port", "-1")
	assert.Equal(t, command.Trouble, code)
	assert.Empty(t, out)
	assert.Contains(t, errors, "address already in use")
	assert.NotContains(t, errors, "no telemetry seen")

	code, out, errors = s.run("run", "--", "no-such-command")
	assert.Equal(t, 127, code)
	assert.Empty(t, out)
	assert.Equal(t, "Error: run: no-such-command: command not found\n", errors)
}

// endless gives a request again and again, and ends a context after some.
type endless struct {
	request string
	at      int
	left    int
	stop    func()
}

func (r *endless) Read(p []byte) (int, error) {
	if r.left--; r.left < 0 {
		r.stop()
	}
	n := copy(p, r.request[r.at:])
	r.at = (r.at + n) % len(r.request)
	return n, nil
}

// TestInterrupted: what was found until then is told, and nothing is said to be missing.
func TestInterrupted(t *testing.T) {
	s := newSession(t)
	s.write("b.json", `{"version":1,"findings":[{"rule":"old-name","service":"checkout","key":"gone"}]}`)
	s.write(".semconv-lint.yaml", "ignore:\n  - {rule: old-name, key: nothing, reason: a test}\n")
	before := s.read("b.json")
	for _, format := range []string{"text", "json"} {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		var out, errors bytes.Buffer
		code := command.Run(ctx, []string{"check", "-", "--format", format, "--baseline", "b.json", "--update-baseline", "--require-seen", "url.full"}, command.Environment{
			In: &endless{spans("gateway", "http.method") + spans("checkout", "http.route"), 0, 2000, stop}, Out: &out, Err: &errors,
			Dir: s.dir, Getenv: func(string) string { return "" }, Now: func() time.Time { return s.now },
		}, s.parts)
		assert.Equal(t, command.Trouble, code)
		assert.Equal(t, "Error: interrupted\n", errors.String())
		assert.Contains(t, out.String(), "http.method was found")
		for _, claim := range []string{"unused-suppression", "stale-baseline", "not-seen"} {
			assert.NotContains(t, out.String(), claim, format)
		}
		if format == "text" {
			assert.Contains(t, out.String(), "\ninterrupted: what was not read until then was not checked\n")
			continue
		}
		var document struct {
			Summary struct {
				Failed, Interrupted bool
				Damaged             int
				ExitCode            int `json:"exit_code"`
			}
		}
		require.NoError(t, json.Unmarshal(out.Bytes(), &document))
		assert.True(t, document.Summary.Failed)
		assert.True(t, document.Summary.Interrupted)
		assert.Zero(t, document.Summary.Damaged)
		assert.Equal(t, command.Trouble, document.Summary.ExitCode)
	}
	assert.Equal(t, before, s.read("b.json"), "the baseline stays")
}
