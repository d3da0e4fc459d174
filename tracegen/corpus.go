package tracegen

import (
	"fmt"
	"time"
)

// A Payload is the body of one request that a service makes to its collector, ready
// to be sent. For OTLP over gRPC it is the message, without the frame.
type Payload struct {
	Service     string
	Protocol    Protocol
	Path        string // of the URL, or the full method with gRPC
	ContentType string
	Body        []byte
	Spans       int
}

// Corpus encodes so many traces ahead, for benchmarks: each service makes a request
// for every tracesPerRequest traces, with all its spans of them. Traces end 10 ms
// apart, the first at Config.Start; the same configuration gives the same bytes.
func Corpus(cfg Config, traces, tracesPerRequest int) ([]Payload, error) {
	if traces < 1 || tracesPerRequest < 1 {
		return nil, fmt.Errorf("tracegen: corpus of %d traces, %d a request: not positive", traces, tracesPerRequest)
	}
	g, err := New(cfg)
	if err != nil {
		return nil, err
	}
	services := g.Services()
	encoders := newEncoders(services)
	var payloads []Payload
	for i := range traces {
		end := cfg.Start.Add(time.Duration(i) * 10 * time.Millisecond)
		spans := g.Next(end).Spans
		for j := range spans {
			encoders[spans[j].Service].Add(&spans[j])
		}
		if (i+1)%tracesPerRequest == 0 || i == traces-1 {
			payloads = appendPayloads(payloads, services, encoders)
		}
	}
	return payloads, nil
}

func newEncoders(services []Service) []*Encoder {
	encoders := make([]*Encoder, len(services))
	for i := range services {
		encoders[i] = NewEncoder(&services[i])
	}
	return encoders
}

func appendPayloads(payloads []Payload, services []Service, encoders []*Encoder) []Payload {
	for i, e := range encoders {
		if e.Spans() == 0 {
			continue
		}
		s := &services[i]
		payloads = append(payloads, Payload{
			Service:     s.Name,
			Protocol:    s.Protocol,
			Path:        s.Protocol.Path(),
			ContentType: s.Protocol.ContentType(),
			Spans:       e.Spans(),
			Body:        e.Finish(make([]byte, 0, e.Size())),
		})
	}
	return payloads
}
