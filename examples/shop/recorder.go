package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
)

// recorder stands before the collector and behind it. What services send is written to files as
// it is and handed to the collector; what that keeps comes back, below /kept, and is written, too.
type recorder struct {
	url    string
	dir    string
	files  atomic.Int64
	server *http.Server

	otlp, zipkin *httputil.ReverseProxy // to the collector; set before anything is sent
}

func newRecorder(dir string) (*recorder, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	for _, part := range []string{"sent", "kept"} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o755); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, err
	}
	r := &recorder{url: fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port), dir: dir}
	r.server = &http.Server{Handler: r}
	go func() { _ = r.server.Serve(l) }() // ends with close
	return r, nil
}

func (r *recorder) close() { _ = r.server.Close() }

// startKoine runs the collector, which listens on free ports, and has it behind the recorder.
func startKoine(root, build string, r *recorder) (*process, error) {
	env := append(environment(), "SHOP_ENDPOINT="+r.url)
	var address string
	for name, proxy := range map[string]**httputil.ReverseProxy{"OTLP_HTTP": &r.otlp, "ZIPKIN": &r.zipkin} {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		env = append(env, "KOINE_"+name+"_PORT="+strconv.Itoa(port))
		address = "localhost:" + strconv.Itoa(port)
		*proxy = httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
		(*proxy).ErrorLog = log.New(io.Discard, "", 0) // the sender is told, and says it
	}
	p, err := start("koine", root, build, []string{"bin/koine", "--config", "examples/shop/koine.yaml"}, env, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := p.awaitReady(ctx); err != nil {
		return nil, fmt.Errorf("%w; %w", err, p.stop())
	}
	return p, nil
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	path, kept := strings.CutPrefix(request.URL.Path, "/kept/")
	part := "sent"
	if kept {
		part = "kept"
	}
	if err := r.write(part, path, body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if kept {
		w.Header().Set("Content-Type", "application/x-protobuf") // and nothing: all was taken
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	if strings.HasPrefix(path, "/api/") {
		r.zipkin.ServeHTTP(w, request)
		return
	}
	r.otlp.ServeHTTP(w, request)
}

// write names a request's file after what is in it: 0007-traces.pb, 0008-spans.json.
func (r *recorder) write(part, path string, body []byte) error {
	kind := filepath.Base(path)
	name := fmt.Sprintf("%04d-%s.pb", r.files.Add(1), kind)
	if kind == "spans" {
		name = strings.TrimSuffix(name, ".pb") + ".json"
	}
	return os.WriteFile(filepath.Join(r.dir, part, name), body, 0o644)
}
