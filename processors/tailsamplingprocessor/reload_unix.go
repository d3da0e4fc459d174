//go:build unix

package tailsamplingprocessor

import (
	"os"
	"syscall"
)

var (
	reloadSignals = []os.Signal{syscall.SIGHUP}
	endSignals    = []os.Signal{syscall.SIGTERM}
)
