//go:build !unix

package tailsamplingprocessor

import "os"

// Without SIGHUP there is no reload.
var reloadSignals, endSignals []os.Signal
