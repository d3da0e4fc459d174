package container

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromMountInfo(t *testing.T) {
	const before = "600 500 0:50 / / rw,relatime master:200 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/ABC\n" +
		"601 600 0:53 / /proc rw,nosuid - proc proc rw\n" +
		"602 600 0:30 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n"
	tests := []struct {
		name string
		info string
		want string
	}{
		{"empty", "", ""},
		{"host", before, ""},
		{"docker", before + "620 600 8:1 /var/lib/docker/containers/" + idA + "/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n" +
			"621 600 8:1 /var/lib/docker/containers/" + idA + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n", idA},
		{"docker on a disk of its own", before + "621 600 8:2 /containers/" + idA + "/hostname /etc/hostname rw - ext4 /dev/sdb rw\n", idA},
		{"podman", before + "621 600 0:25 /containers/storage/overlay-containers/" + idA + "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw\n", idA},
		{"containerd's sandbox", before + "621 600 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + idA + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n", ""},
		{"kubelet and CRI-O", before + "621 600 0:25 /containers/storage/overlay-containers/" + idA + "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw\n" +
			"622 600 8:1 /var/lib/kubelet/pods/11111111-2222-3333-4444-555555555555/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n", ""},
		{"kubelet and Docker, host network", before + "622 600 8:1 /var/lib/kubelet/pods/1/containers/c/89abcdef /dev/termination-log rw - ext4 /dev/sda1 rw\n" +
			"621 600 8:1 /var/lib/docker/containers/" + idA + "/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n", ""},
		{"another container's files mounted elsewhere", before + "621 600 8:1 /var/lib/docker/containers/" + idB + "/x.log /logs/x.log ro - ext4 /dev/sda1 rw\n", ""},
		{"short id", "621 600 8:1 /var/lib/docker/containers/abc/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n", ""},
		{"broken lines", "x\n\n621\n621 600 8:1 /containers/" + idA + "/hostname\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fromMountInfo(strings.NewReader(tt.info))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestFromMountInfoBounds(t *testing.T) {
	_, err := fromMountInfo(strings.NewReader(strings.Repeat("x", maxMountLine+1)))
	require.Error(t, err)

	id, err := fromMountInfoFile(filepath.Join(t.TempDir(), "missing"))
	require.NoError(t, err)
	assert.Empty(t, id)
	_, err = fromMountInfoFile(t.TempDir())
	require.Error(t, err)
}

func FuzzFromMountInfo(f *testing.F) {
	f.Add("621 600 8:1 /var/lib/docker/containers/" + idA + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n")
	f.Add("622 600 8:1 /var/lib/kubelet/pods/1/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := fromMountInfo(strings.NewReader(s))
		if id != "" && (err != nil || !wellFormed.MatchString(id) || !strings.Contains(s, id)) {
			t.Errorf("id %q, error %v", id, err)
		}
	})
}
