package koinegrpc

import (
	"slices"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// otherMethod stands for a method that a server does not know, as gRPC writes methods.
const otherMethod = "/_OTHER"

type config struct {
	skip     []func(string) bool
	methods  map[string]bool
	otelgrpc []otelgrpc.Option
}

func newConfig(opts []Option) *config {
	c := &config{methods: map[string]bool{}}
	for _, o := range opts {
		o(c)
	}
	return c
}

// forOtelgrpc are the options of the handler below: ours first, for the user's to win.
func (c *config) forOtelgrpc(ours ...otelgrpc.Option) []otelgrpc.Option {
	if len(c.skip) > 0 {
		ours = append(ours, otelgrpc.WithFilter(c.records))
	}
	return append(ours, c.otelgrpc...)
}

func (c *config) records(info *stats.RPCTagInfo) bool { return !c.skips(info.FullMethodName) }

func (c *config) skips(fullMethod string) bool {
	return slices.ContainsFunc(c.skip, func(skip func(string) bool) bool { return skip(fullMethod) })
}

// knows says whether a method is the server's own. What is linked into the binary bounds it,
// whatever callers ask for.
func (c *config) knows(fullMethod string) bool {
	if c.methods[fullMethod] {
		return true
	}
	service, method, ok := cutMethod(fullMethod)
	if !ok {
		return false
	}
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	if err != nil {
		return false
	}
	_, isMethod := d.(protoreflect.MethodDescriptor)
	return isMethod
}

// cutMethod cuts /package.Service/Method.
func cutMethod(fullMethod string) (service, method string, ok bool) {
	fullMethod = strings.TrimPrefix(fullMethod, "/")
	i := strings.LastIndexByte(fullMethod, '/')
	if i < 0 {
		return "", "", false
	}
	return fullMethod[:i], fullMethod[i+1:], true
}

func isProbe(fullMethod string) bool {
	service, _, _ := cutMethod(fullMethod)
	switch service {
	case "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection":
		return true
	}
	return false
}
