package container

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	idA = strings.Repeat("0123456789abcdef", 4)
	idB = strings.Repeat("fedcba9876543210", 4)
)

func TestDetect(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name                 string
		cgroup, mounts       string
		cgroupErr, mountsErr error
		want                 string
		wantErr              string
	}{
		{name: "not in a container"},
		{name: "cgroup", cgroup: idA, mounts: idB, want: idA},
		{name: "mounts", mounts: idB, want: idB},
		{name: "a session is no container", cgroup: "2"},
		{name: "a session, and mounts", cgroup: "2", mounts: idB, want: idB},
		{name: "no cgroup file, mounts", cgroupErr: broken, mounts: idB, want: idB},
		{name: "cgroup, no mounts file", cgroup: idA, mountsErr: broken, want: idA},
		{name: "cgroup unreadable", cgroupErr: broken, wantErr: "container.id: broken"},
		{name: "mounts unreadable", mountsErr: broken, wantErr: "container.id: broken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := New(CreateDefaultConfig())
			d.fromCgroup = func(context.Context) (string, error) { return tt.cgroup, tt.cgroupErr }
			d.fromMounts = func() (string, error) { return tt.mounts, tt.mountsErr }
			res, schemaURL, err := d.Detect(t.Context())
			if tt.wantErr != "" {
				require.EqualError(t, err, tt.wantErr)
			} else {
				require.NoError(t, err)
			}
			want := map[string]any{}
			if tt.want != "" {
				want["container.id"] = tt.want
			}
			assert.Equal(t, want, res.Attributes().AsRaw())
			assert.Equal(t, tt.want != "", schemaURL != "")
		})
	}
}

// Whatever runs this test: no error, and an id is one.
func TestDetectHere(t *testing.T) {
	res, _, err := New(CreateDefaultConfig()).Detect(t.Context())
	require.NoError(t, err)
	if id, ok := res.Attributes().Get("container.id"); ok {
		assert.Regexp(t, wellFormed, id.Str())
	}
}

func TestDetectOff(t *testing.T) {
	d := New(Config{})
	d.fromCgroup = func(context.Context) (string, error) { panic("asked") }
	res, schemaURL, err := d.Detect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, schemaURL)
	assert.Equal(t, 0, res.Attributes().Len())
}
