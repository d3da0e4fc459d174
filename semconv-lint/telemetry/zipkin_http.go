package telemetry

import (
	"fmt"
	"mime"
	"net/http"

	"github.com/koine-otel/koine/zipkin"
)

// zipkinHandler takes Zipkin's lists of spans. What has no type that tells is JSON, as at
// Zipkin's server.
func (s *servers) zipkinHandler() http.Handler {
	mux := http.NewServeMux()
	for path, formats := range map[string]struct {
		usual zipkin.Format
		media map[string]zipkin.Format
	}{
		"/api/v2/spans": {zipkin.JSONv2, map[string]zipkin.Format{protobufType: zipkin.Proto3}},
		"/api/v1/spans": {zipkin.JSONv1, map[string]zipkin.Format{"application/x-thrift": zipkin.Thrift, "application/vnd.apache.thrift.binary": zipkin.Thrift}},
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, req *http.Request) {
			media, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
			format, said := formats.media[media]
			if !said {
				format = formats.usual
			}
			if refused := s.postZipkin(w, req, format); refused != nil {
				s.refused(fmt.Errorf("zipkin: %w", refused))
				http.Error(w, refused.Error(), refused.status)
				return
			}
			w.WriteHeader(http.StatusAccepted)
		})
	}
	return mux
}

// postZipkin takes a list. Spans that are invalid are left out and counted.
func (s *servers) postZipkin(w http.ResponseWriter, req *http.Request, f zipkin.Format) *refusal {
	body, refused := readBody(w, req, s.options.MaxBody)
	if refused != nil {
		return refused
	}
	if len(body) == 0 {
		return nil // reporters send such to see whether anybody is there
	}
	err := s.decoder.zipkinList(f, body, "zipkin", func(e *zipkin.SpanError) { s.refused(e) })
	if err != nil {
		return malformed(err)
	}
	return nil
}
