package telemetry

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
)

// servers are the open ports.
type servers struct {
	decoder *decoder
	options *ListenOptions
	ports   Ports
	stop    func()

	http    []*http.Server
	grpc    *grpc.Server
	serving sync.WaitGroup // the goroutines of all, which close ends
	// handling is held by every request over HTTP: close waits for those that it cut off.
	handling sync.RWMutex
}

// open opens all ports that are not Closed.
func (s *servers) open(ctx context.Context) error {
	s.ports = Ports{Closed, Closed, Closed, Closed}
	return errors.Join(
		s.openGRPC(ctx),
		s.openHTTP(ctx, "OTLP over HTTP", s.options.HTTP, &s.ports.HTTP, s.otlpHandler()),
		s.openHTTP(ctx, "Zipkin", s.options.Zipkin, &s.ports.Zipkin, s.zipkinHandler()),
		s.openHTTP(ctx, "control", s.options.Control, &s.ports.Control, s.controlHandler()),
	)
}

const (
	// headerTime is for clients that connect and say nothing, idleTime for those that keep what
	// they do not use: longer than SDKs' intervals.
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	// closeTime is for requests that are being read at the end. A peer that stalls must not hold
	// up a build for longer.
	closeTime = 2 * time.Second
)

func (s *servers) openHTTP(ctx context.Context, what string, port int, opened *int, handler http.Handler) error {
	if port == Closed {
		return nil
	}
	l, number, err := listener(ctx, s.options.Host, port, what)
	if err != nil {
		return err
	}
	*opened = number
	held := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.handling.RLock()
		defer s.handling.RUnlock()
		handler.ServeHTTP(w, req)
	})
	server := &http.Server{Handler: held, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime}
	s.http = append(s.http, server)
	s.serving.Go(func() { _ = server.Serve(l) }) // ends with close
	return nil
}

func (s *servers) openGRPC(ctx context.Context) error {
	if s.options.GRPC == Closed {
		return nil
	}
	l, number, err := listener(ctx, s.options.Host, s.options.GRPC, "OTLP over gRPC")
	if err != nil {
		return err
	}
	s.ports.GRPC = number
	s.grpc = s.newGRPC()
	s.serving.Go(func() { _ = s.grpc.Serve(l) }) // ends with close
	return nil
}

// close ends all servers: no new requests, then those that are being read, for a while. What is not
// whole then is cut off, and counted by its handler as any other half request; a connection that
// has sent nothing is no error.
func (s *servers) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	var ends sync.WaitGroup
	errs := make([]error, len(s.http))
	for i, server := range s.http {
		ends.Go(func() {
			if errs[i] = server.Shutdown(ctx); errors.Is(errs[i], context.DeadlineExceeded) {
				errs[i] = server.Close()
			}
		})
	}
	if s.grpc != nil {
		late := context.AfterFunc(ctx, s.grpc.Stop)
		s.grpc.GracefulStop()
		late()
	}
	ends.Wait()
	s.serving.Wait()
	s.handling.Lock() // waits
	defer s.handling.Unlock()
	return errors.Join(errs...)
}

// refused counts what could not be read.
func (s *servers) refused(err error) {
	s.decoder.tally.damaged.Add(1)
	if s.options.Refused != nil {
		s.options.Refused(err)
	}
}
