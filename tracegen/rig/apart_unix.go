//go:build unix

package rig

import (
	"os/exec"
	"syscall"
)

// apart puts the child into a process group of its own: a terminal's Ctrl-C goes to the
// whole group, and the child would take the Stop that follows for a second signal.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
