package telemetry

import (
	"context"
	"time"
)

// listening is a Listen in the background.
type listening struct {
	stop  func()
	ended chan error
	quiet *activity
}

// listenFor opens free ports for a command. They stay open whatever becomes of the caller's
// context: what the command sends while it is being ended counts, too.
func listenFor(sink Sink, o *RunOptions) (Ports, *listening, error) {
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan Ports, 1)
	l := &listening{stop: stop, ended: make(chan error, 1), quiet: newActivity(0, nil)}
	go func() { // ends with stop
		l.ended <- Listen(ctx, sink, ListenOptions{
			Ports: Ports{Control: Closed}, MaxBody: o.MaxBody, Registry: o.Registry, Done: o.Done, Refused: o.Refused, arrived: l.quiet.note,
			Ready: func(p Ports) { ready <- p },
		})
	}()
	select {
	case ports := <-ready:
		if o.Ready != nil {
			o.Ready(ports)
		}
		return ports, l, nil
	case err := <-l.ended:
		stop()
		return Ports{}, nil, err
	}
}

// mostGraces is how many times the grace is waited for a sender that does not end.
const mostGraces = 10

// settle waits until nothing came for a time.
func (l *listening) settle(ctx context.Context, grace time.Duration) {
	l.quiet.note() // from now
	for range mostGraces {
		left := grace - l.quiet.quiet()
		if left <= 0 {
			return
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return
		}
	}
}

func (l *listening) end() error {
	l.stop()
	return <-l.ended
}
