package tracegen

import (
	"fmt"
	"net/netip"
)

// A Service is one program of the shop with its way to tell of itself.
type Service struct {
	Name, Language, Version string
	// Host is the name of the machine or pod, and what peers call the service is Name.
	Host string
	IP   netip.Addr
	Port uint16

	Protocol   Protocol
	Convention Convention
	// Resource is the attributes that all its spans share; none with Brave.
	Resource []Attribute
	// Scopes are its instrumentation libraries, by Scope; none with Brave.
	Scopes [scopeCount]Library
	// SchemaURL is set with V144, when the specification asks for it.
	SchemaURL string
}

// Scope tells which instrumentation library of a service recorded a span.
type Scope uint8

// The scopes of a service.
const (
	ScopeHTTPServer Scope = iota
	ScopeHTTPClient
	ScopeRPC
	ScopeSQL
	ScopeRedis
	ScopeMessaging
	ScopeOwn
	scopeCount
)

// Library is an instrumentation scope's name and version.
type Library struct{ Name, Version string }

const schemaURL144 = "https://opentelemetry.io/schemas/1.44.0"

// shopServices is who is in the shop and what each speaks unless the configuration
// says otherwise. Order is part of the traffic: a service's index gives its address.
var shopServices = []Service{
	{Name: "storefront", Language: "nodejs", Version: "4.11.2", Port: 3000, Protocol: OTLPHTTP, Convention: V120},
	{Name: "mobile-gateway", Language: "java", Version: "2.8.0", Port: 8080, Protocol: ZipkinJSON, Convention: Brave},
	{Name: "catalog", Language: "java", Version: "5.2.1", Port: 8080, Protocol: ZipkinJSON, Convention: Brave},
	{Name: "pricing", Language: "java", Version: "3.0.7", Port: 8080, Protocol: ZipkinJSON, Convention: Brave},
	{Name: "inventory", Language: "java", Version: "1.19.3", Port: 8080, Protocol: ZipkinProto, Convention: Brave},
	{Name: "orders", Language: "java", Version: "6.4.0", Port: 8080, Protocol: ZipkinJSON, Convention: Brave},
	{Name: "cart", Language: "nodejs", Version: "2.2.9", Port: 3000, Protocol: OTLPHTTP, Convention: V120},
	{Name: "recommendation", Language: "python", Version: "0.31.0", Port: 8000, Protocol: OTLPHTTP, Convention: V120},
	{Name: "notification", Language: "python", Version: "1.5.4", Port: 8000, Protocol: OTLPHTTP, Convention: V120},
	{Name: "analytics", Language: "python", Version: "0.12.1", Port: 8000, Protocol: OTLPHTTP, Convention: V120},
	{Name: "checkout", Language: "go", Version: "1.33.0", Port: 8080, Protocol: OTLPGRPC, Convention: V144},
	{Name: "payment", Language: "go", Version: "1.21.5", Port: 50051, Protocol: OTLPGRPC, Convention: V144},
	{Name: "shipping", Language: "go", Version: "0.9.8", Port: 50051, Protocol: OTLPGRPC, Convention: V144},
}

// Services lists the shop's services as the configuration makes them speak.
func Services(cfg Config) []Service {
	services := make([]Service, len(shopServices))
	for i, s := range shopServices {
		if cfg.Protocol != NativeProtocol {
			s.Protocol = cfg.Protocol
		}
		if cfg.Convention != NativeConvention {
			s.Convention = cfg.Convention
		}
		if s.Convention == Brave && !s.Protocol.isZipkin() {
			s.Convention = V120
		}
		s.Host = fmt.Sprintf("%s-%08x-%c%c", s.Name, 0x5bd1e995*uint32(i+1), 'b'+i, 'z'-i)
		s.IP = netip.AddrFrom4([4]byte{10, 20, 0, byte(10 + i)})
		if s.Convention != Brave {
			s.describe(i)
		}
		services[i] = s
	}
	return services
}

// describe fills in what an OpenTelemetry SDK tells of a service once a request.
func (s *Service) describe(i int) {
	sdk, libraries := sdks[s.Language], libraries[s.Language]
	environment := "deployment.environment"
	if s.Convention == V144 {
		environment = "deployment.environment.name"
		s.SchemaURL = schemaURL144
	}
	s.Resource = []Attribute{
		{Key: "service.name", Str: s.Name},
		{Key: "service.version", Str: s.Version},
		{Key: "service.namespace", Str: "shop"},
		{Key: environment, Str: "production"},
		{Key: "host.name", Str: s.Host},
		{Key: "process.pid", Type: Int, Num: int64(17 + i)},
		{Key: "process.runtime.name", Str: sdk.runtime},
		{Key: "telemetry.sdk.language", Str: s.Language},
		{Key: "telemetry.sdk.name", Str: "opentelemetry"},
		{Key: "telemetry.sdk.version", Str: sdk.version},
	}
	for scope, name := range libraries {
		s.Scopes[scope] = Library{Name: name, Version: sdk.libraryVersion}
	}
	s.Scopes[ScopeOwn] = Library{Name: "shop/" + s.Name, Version: s.Version}
}

var sdks = map[string]struct{ runtime, version, libraryVersion string }{
	"java":   {"OpenJDK Runtime Environment", "1.25.0", "1.25.0-alpha"},
	"nodejs": {"nodejs", "1.13.0", "0.39.1"},
	"python": {"cpython", "1.18.0", "0.39b0"},
	"go":     {"go", "1.39.0", "0.64.0"},
}

// libraries are the instrumentation libraries that a language's programs use.
var libraries = map[string][scopeCount]string{
	"java": {
		"io.opentelemetry.tomcat-7.0", "io.opentelemetry.apache-httpclient-4.0",
		"io.opentelemetry.grpc-1.6", "io.opentelemetry.jdbc", "io.opentelemetry.lettuce-5.1",
		"io.opentelemetry.kafka-clients-0.11",
	},
	"nodejs": {
		"@opentelemetry/instrumentation-http", "@opentelemetry/instrumentation-http",
		"@opentelemetry/instrumentation-grpc", "@opentelemetry/instrumentation-pg",
		"@opentelemetry/instrumentation-redis-4", "@opentelemetry/instrumentation-kafkajs",
	},
	"python": {
		"opentelemetry.instrumentation.flask", "opentelemetry.instrumentation.requests",
		"opentelemetry.instrumentation.grpc", "opentelemetry.instrumentation.psycopg2",
		"opentelemetry.instrumentation.redis", "opentelemetry.instrumentation.confluent_kafka",
	},
	"go": {
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
		"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
		"github.com/XSAM/otelsql", "github.com/redis/go-redis/extra/redisotel",
		"github.com/twmb/franz-go/plugin/kotel",
	},
}
