package container

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

// maxMountLine bounds a line of mountinfo. An overlay of 128 layers, Docker's limit, takes
// some 20 kB.
const maxMountLine = 1 << 20

// ownFiles are mounted into a container from its runtime's folder for that container, whose
// name is the id: docker/containers/<id>/hostname,
// containers/storage/overlay-containers/<id>/userdata/hostname (Podman).
var (
	ownFiles = map[string]bool{"/etc/hostname": true, "/etc/hosts": true, "/etc/resolv.conf": true}
	folderID = regexp.MustCompile(`containers/([0-9a-f]{64})/`)
)

// fromMountInfoFile returns the container's id as its mounts tell it, "" if they do not or
// if there is no such file.
func fromMountInfoFile(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	return fromMountInfo(f)
}

// fromMountInfo reads proc_pid_mountinfo(5). With cgroup version 2 and a cgroup namespace
// of its own a process's cgroup is "/", and the mounts alone still tell.
//
// In a Kubernetes pod they tell the id of the pod's sandbox, whose files all its
// containers share. That is not the collector's container, so there is no answer then.
func fromMountInfo(r io.Reader) (string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxMountLine)
	id := ""
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 {
			continue
		}
		root, mountPoint := fields[3], fields[4]
		if mountPoint == "/dev/termination-log" || strings.HasSuffix(root, "/etc-hosts") {
			return "", nil // the kubelet's own
		}
		if !ownFiles[mountPoint] || id != "" {
			continue
		}
		if match := folderID.FindStringSubmatch(root); match != nil {
			id = match[1]
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return id, nil
}
