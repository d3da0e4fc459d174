package guardextension

import (
	"net/http"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// writeStatus answers with a google.rpc.Status in the request's encoding, as OTLP wants it
// (specification, "OTLP/HTTP Response", "Failures").
func writeStatus(w http.ResponseWriter, kind contentKind, httpStatus int, code codes.Code, err error) {
	status := &spb.Status{Code: int32(code), Message: err.Error()}
	contentType, marshal := protobufType, proto.Marshal
	if kind == jsonContent {
		contentType, marshal = jsonType, protojson.Marshal
	}
	message, err := marshal(status)
	if err != nil { // a message that is not UTF-8
		message = nil
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(httpStatus)
	_, _ = w.Write(message) // whoever is gone needs no answer
}
