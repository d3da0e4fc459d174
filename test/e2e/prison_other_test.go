//go:build !linux

package e2e

import "os/exec"

func imprison(*exec.Cmd, string, uint32) bool { return false }
