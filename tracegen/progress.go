package tracegen

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// report writes a line about the run every second until the function that it returns
// is called. Its goroutine is "progress".
func (r *run) report(to io.Writer) (stop func()) {
	if to == nil {
		return func() {}
	}
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticker.C:
				s := r.summary()
				fmt.Fprintf(to, "%4.0fs  %d traces  %d spans (%.0f/s)  %d accepted  %d refused  %d planted\n",
					s.Seconds, s.Traces, s.Total.Generated, float64(s.Total.Generated)/s.Seconds,
					s.Total.Accepted, s.Total.Refused, s.Slow+s.Repeated)
			}
		}
	})
	return func() {
		close(quit)
		done.Wait()
	}
}
