package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func semconvOutput(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := semconvCommand()
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(&out)
	err := command.Execute()
	return out.String(), err
}

func TestSemconvDiff(t *testing.T) {
	out, err := semconvOutput(t, "diff", "1.26", "1.27.0")
	require.NoError(t, err)
	assert.Regexp(t, `1\.27\.0 +attribute +deployment\.environment +deployment\.environment\.name`, out)
	assert.NotContains(t, out, "http.method")

	out, err = semconvOutput(t, "diff", "1.21", "1.25")
	require.NoError(t, err)
	assert.Regexp(t, `1\.22\.0 +label +state +system\.cpu\.state +kernel to system +points of system\.cpu\.time, system\.cpu\.utilization`, out)
	assert.Regexp(t, `1\.22\.0 +metric +process\.runtime\.jvm\.memory\.usage +jvm\.memory\.used`, out)
	assert.NotContains(t, out, "db.query.text", "it came with 1.26")
	assert.NotContains(t, out, "cpu.mode", "it came with 1.27")

	out, err = semconvOutput(t, "diff", "1.37", "1.44")
	require.NoError(t, err)
	assert.Regexp(t, `metric +k8s\.deployment\.desired_pods +k8s\.deployment\.pod\.desired +stability::metrics: development\n`, out)
	assert.Regexp(t, `metric +rpc\.server\.duration +rpc\.server\.call\.duration\n`, out)

	out, err = semconvOutput(t, "diff", "1.44", "1.37")
	require.NoError(t, err)
	assert.Regexp(t, `1\.39\.0 +attribute +rpc\.system\.name +rpc\.system +values mapped\n`, out)
	assert.Regexp(t, `metric +k8s\.deployment\.pod\.desired +k8s\.deployment\.desired_pods +stability::metrics: development\n`, out)

	out, err = semconvOutput(t, "diff", "1.44", "1.44")
	require.NoError(t, err)
	assert.Equal(t, "nothing is renamed\n", out)

	_, err = semconvOutput(t, "diff", "1.2", "1.44")
	require.EqualError(t, err, `semconv diff: "1.2.0" is not between 1.21.0 and 1.44.0`)
	_, err = semconvOutput(t, "diff", "new", "1.44")
	require.ErrorContains(t, err, `"new" is no version`)
}
