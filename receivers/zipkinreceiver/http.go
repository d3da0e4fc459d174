package zipkinreceiver

import (
	"fmt"
	"net/http"
	"strconv"
)

// ServeHTTP implements http.Handler.
func (r *zipkinReceiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case isCall(req):
		r.serveCall(w, req)
	case !isPath(req.URL.Path):
		http.Error(w, fmt.Sprintf("zipkin: spans are posted to %s or %s", pathV2, pathV1), http.StatusNotFound)
	case req.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "zipkin: spans are posted", http.StatusMethodNotAllowed)
	default:
		r.servePost(w, req)
	}
}

// servePost answers a POST to one of the paths.
func (r *zipkinReceiver) servePost(w http.ResponseWriter, req *http.Request) {
	route, err := r.routes.post(req.URL.Path, req.Header.Get("Content-Type"))
	ctx := route.StartTracesOp(req.Context())
	spans := 0
	if err == nil {
		spans, err = r.intake.post(ctx, route.format, req)
	}
	r.end(ctx, route, spans, err)
	if err != nil {
		writeAnswer(w, req, answerTo(err))
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// writeAnswer tells the client what went wrong.
func writeAnswer(w http.ResponseWriter, req *http.Request, a answer) {
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(retrySeconds(a.retryAfter), 10))
	}
	if a.http == http.StatusRequestTimeout && req.ProtoMajor == 1 {
		// What is left of the body would stand before the next request.
		w.Header().Set("Connection", "close")
	}
	http.Error(w, a.text, a.http)
}
