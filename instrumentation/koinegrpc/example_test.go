package koinegrpc_test

import (
	"github.com/koine-otel/koine/instrumentation/koinegrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func Example() {
	srv := grpc.NewServer(koinegrpc.ServerOption(koinegrpc.SkipProbes()))
	defer srv.Stop()

	conn, err := grpc.NewClient("dns:///stock:50051", append(koinegrpc.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
}
