package zipkinreceiver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// generator sends spans until the receiver takes them or refuses them for good.
type generator struct {
	address string
	send    func(id string) (again bool)
	next    atomic.Int64
	client  *http.Client
	conn    *grpc.ClientConn
}

func (g *generator) Start() {
	g.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	conn, err := grpc.NewClient(g.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	g.conn = conn
}

func (g *generator) Stop() {
	g.client.CloseIdleConnections()
	_ = g.conn.Close()
}

func (g *generator) Generate() []receivertest.UniqueIDAttrVal {
	id := fmt.Sprintf("%016x", g.next.Add(1))
	for g.send(id) {
	}
	return []receivertest.UniqueIDAttrVal{receivertest.UniqueIDAttrVal(id)}
}

func (g *generator) post(id string) bool {
	body := fmt.Appendf(nil, `[{"traceId":"1","id":%q,"timestamp":1,"tags":{"test_id":%[1]q}}]`, id)
	resp, err := g.client.Post("http://"+g.address+pathV2, jsonType, bytes.NewReader(body))
	if err != nil {
		return true
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusServiceUnavailable
}

func (g *generator) call(id string) bool {
	span := &zipkin_proto3.Span{TraceId: []byte("trace-id"), Id: []byte("span-id!"), Timestamp: 1, Tags: map[string]string{"test_id": id}}
	err := g.conn.Invoke(context.Background(), reportMethod, &zipkin_proto3.ListOfSpans{Spans: []*zipkin_proto3.Span{span}}, new(emptypb.Empty))
	return status.Code(err) == codes.Unavailable
}

func TestConsumeContract(t *testing.T) {
	for _, way := range []string{"http", "grpc"} {
		t.Run(way, func(t *testing.T) {
			g := &generator{address: freeAddress(t)}
			g.send = g.post
			if way == "grpc" {
				g.send = g.call
			}
			config := createDefaultConfig().(*Config)
			config.ServerConfig.NetAddr.Endpoint = g.address
			receivertest.CheckConsumeContract(receivertest.CheckConsumeContractParams{
				T: t, Factory: NewFactory(), Signal: pipeline.SignalTraces, Config: config, Generator: g, GenerateCount: 500,
			})
		})
	}
}
