package tracegen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Targets is where each protocol's requests go. Only those that a service needs are
// looked at.
type Targets struct {
	// Zipkin and OTLPHTTP are URLs or host:port; a URL without a path gets the
	// protocol's. Defaults localhost:9411 and localhost:4318.
	Zipkin, OTLPHTTP string
	// OTLPGRPC is host:port, without TLS. Default localhost:4317.
	OTLPGRPC string
}

// DefaultTargets returns each field's default.
func DefaultTargets() Targets {
	return Targets{Zipkin: "localhost:9411", OTLPHTTP: "localhost:4318", OTLPGRPC: "localhost:4317"}
}

// dialTimeout bounds how long a target may take to answer at all before Run begins.
const dialTimeout = 3 * time.Second

// resolve returns, for each protocol in use, a URL or gRPC's host:port, and makes sure
// that somebody listens there.
func (t Targets) resolve(ctx context.Context, services []Service) (map[Protocol]string, error) {
	resolved := map[Protocol]string{}
	var errs []error
	for i := range services {
		p := services[i].Protocol
		if _, done := resolved[p]; done {
			continue
		}
		address, host, err := t.of(p)
		resolved[p] = address
		if err == nil {
			err = reach(ctx, host)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s target %q: %w", p, t.text(p), err))
		}
	}
	return resolved, errors.Join(errs...)
}

func (t Targets) text(p Protocol) string {
	switch p {
	case OTLPGRPC:
		return t.OTLPGRPC
	case OTLPHTTP:
		return t.OTLPHTTP
	default:
		return t.Zipkin
	}
}

// of returns where to send a protocol's requests and the host:port behind it.
func (t Targets) of(p Protocol) (address, host string, err error) {
	text := t.text(p)
	if p == OTLPGRPC {
		if _, _, err := net.SplitHostPort(text); err != nil {
			return "", "", fmt.Errorf("not host:port: %w", err)
		}
		return text, text, nil
	}
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", "", err
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", "", errors.New("not an HTTP URL or host:port")
	case u.Path == "" || u.Path == "/":
		u.Path = p.Path()
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.String(), net.JoinHostPort(u.Hostname(), port), nil
}

func reach(ctx context.Context, host string) error {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return fmt.Errorf("cannot be reached: %w", err)
	}
	return conn.Close()
}
