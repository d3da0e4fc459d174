package e2e

import (
	"os"
	"os/exec"
	"syscall"
)

// imprison makes a command run with another root, as a user without rights.
func imprison(cmd *exec.Cmd, root string, user uint32) bool {
	if os.Geteuid() != 0 {
		return false
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: user}}
	return true
}
