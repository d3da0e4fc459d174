package zipkinreceiver

import (
	"errors"
	"strings"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"

	"github.com/koine-otel/koine/zipkin"
)

// route is a way by which spans come: a format of a version, over HTTP or gRPC. Its
// numbers in the Collector's receiver metrics are its own, under the names that contrib's
// receiver gave them.
type route struct {
	format  zipkin.Format
	version string
	*receiverhelper.ObsReport
}

// routes are by format over HTTP, and the one over gRPC.
type routes struct {
	posts [4]*route
	call  *route
}

const (
	version1 = "zipkinV1"
	version2 = "zipkinV2"
)

func newRoutes(set receiver.Settings) (routes, error) {
	var all routes
	var errs []error
	add := func(to **route, format zipkin.Format, version, transport string) {
		report, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{
			ReceiverID: set.ID, Transport: transport, ReceiverCreateSettings: set,
		})
		*to = &route{format: format, version: version, ObsReport: report}
		errs = append(errs, err)
	}
	add(&all.posts[zipkin.JSONv2], zipkin.JSONv2, version2, "http_v2_json")
	add(&all.posts[zipkin.Proto3], zipkin.Proto3, version2, "http_v2_proto")
	add(&all.posts[zipkin.JSONv1], zipkin.JSONv1, version1, "http_v1_json")
	add(&all.posts[zipkin.Thrift], zipkin.Thrift, version1, "http_v1_thrift")
	add(&all.call, zipkin.Proto3, version2, "grpc_v2_proto")
	return all, errors.Join(errs...)
}

// Paths end so: a proxy may have put something before them.
const (
	pathV1 = "/api/v1/spans"
	pathV2 = "/api/v2/spans"
)

const (
	jsonType         = "application/json"
	protobufType     = "application/x-protobuf"
	thriftType       = "application/x-thrift"
	thriftBinaryType = "application/vnd.apache.thrift.binary"
)

// whereTo says at which path and as what a format is to be posted.
var whereTo = [...]string{
	zipkin.JSONv2: pathV2 + " as " + jsonType,
	zipkin.Proto3: pathV2 + " as " + protobufType,
	zipkin.JSONv1: pathV1 + " as " + jsonType,
	zipkin.Thrift: pathV1 + " as " + thriftType,
}

// isPath tells whether spans are posted to a path.
func isPath(path string) bool {
	return strings.HasSuffix(path, pathV2) || strings.HasSuffix(path, pathV1)
}

// post gives the route of a request to a path. As at Zipkin's server, what has no type that
// tells is JSON.
func (r *routes) post(path, contentType string) (*route, error) {
	media := mediaType(contentType)
	protobuf, thrift := media == protobufType, media == thriftType || media == thriftBinaryType
	if strings.HasSuffix(path, pathV2) {
		switch {
		case protobuf:
			return r.posts[zipkin.Proto3], nil
		case thrift:
			return r.posts[zipkin.JSONv2], wrongMediaType(media, zipkin.Thrift)
		}
		return r.posts[zipkin.JSONv2], nil
	}
	switch {
	case thrift:
		return r.posts[zipkin.Thrift], nil
	case protobuf:
		return r.posts[zipkin.JSONv1], wrongMediaType(media, zipkin.Proto3)
	}
	return r.posts[zipkin.JSONv1], nil
}

// mediaType is a Content-Type without its parameters.
func mediaType(contentType string) string {
	if media, _, parameters := strings.Cut(contentType, ";"); parameters {
		contentType = media
	}
	return strings.ToLower(strings.TrimSpace(contentType))
}
