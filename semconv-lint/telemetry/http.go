package telemetry

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/koine-otel/koine/spans/wire"
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

// otlpHandler takes OTLP over HTTP.
func (s *servers) otlpHandler() http.Handler {
	mux := http.NewServeMux()
	for path, signal := range map[string]wire.Signal{"/v1/traces": wire.Traces, "/v1/metrics": wire.Metrics, "/v1/logs": wire.Logs} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, req *http.Request) {
			media, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
			if refused := s.post(w, req, signal, media); refused != nil {
				s.refused(fmt.Errorf("otlp/http: %w", refused))
				refuse(w, refused, media)
				return
			}
			w.Header().Set("Content-Type", media)
			if media == jsonType {
				_, _ = w.Write([]byte("{}"))
			} // no bytes are the message in protobuf
		})
	}
	return mux
}

func (s *servers) post(w http.ResponseWriter, req *http.Request, signal wire.Signal, media string) *refusal {
	if media != protobufType && media != jsonType {
		return &refusal{http.StatusUnsupportedMediaType, fmt.Errorf("content-type %.60q: neither %s nor %s", media, protobufType, jsonType)}
	}
	body, refused := readBody(w, req, s.options.MaxBody)
	if refused != nil {
		return refused
	}
	var err error
	if media == jsonType {
		err = s.decoder.requestJSON(signal, body, "otlp/http")
	} else {
		err = s.decoder.otlpProto(signal, body, "otlp/http")
	}
	if err != nil {
		return malformed(err)
	}
	return nil
}

// refuse answers in the request's encoding, as OTLP has it.
func refuse(w http.ResponseWriter, r *refusal, media string) {
	if media != protobufType {
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(r.status)
		_ = json.NewEncoder(w).Encode(map[string]any{"code": int(codes.InvalidArgument), "message": r.Error()})
		return
	}
	body, err := proto.Marshal(&statuspb.Status{Code: int32(codes.InvalidArgument), Message: r.Error()})
	if err != nil {
		http.Error(w, r.Error(), r.status) // the reason holds bytes that are no text
		return
	}
	w.Header().Set("Content-Type", protobufType)
	w.WriteHeader(r.status)
	_, _ = w.Write(body)
}
