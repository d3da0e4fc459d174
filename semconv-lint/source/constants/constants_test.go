package constants_test

import (
	"slices"
	"testing"

	"github.com/koine-otel/koine/semconv-lint/source/constants"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct{ language, pkg, name, want string }{
		{"go", "go.opentelemetry.io/otel/semconv/v1.24.0", "HTTPMethodKey", "http.method"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.24.0", "HTTPMethod", "http.method"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.4.0", "HTTPMethodKey", "http.method"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.24.0", "DBSystemMySQL", "db.system"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.41.0/httpconv", "NewServerRequestDuration", "http.server.request.duration"},
		{"go", "go.opentelemetry.io/collector/semconv/v1.9.0", "AttributeHTTPMethod", "http.method"},
		{"go", "go.opentelemetry.io/collector/semconv/v1.9.0", "AttributeCloudProviderAWS", "aws"},
		{"go", "github.com/opentracing/opentracing-go/ext", "HTTPStatusCode", "http.status_code"},
		{"python", "opentelemetry.semconv.trace.SpanAttributes", "HTTP_METHOD", "http.method"},
		{"python", "opentelemetry.semconv.resource.ResourceAttributes", "DEPLOYMENT_ENVIRONMENT", "deployment.environment"},
		{"python", "opentelemetry.semconv.attributes.http_attributes", "HTTP_REQUEST_METHOD", "http.request.method"},
		{"python", "opentelemetry.semconv._incubating.attributes.http_attributes", "HTTP_METHOD", "http.method"},
		{"python", "opentelemetry.semconv._incubating.attributes.db_attributes.DbSystemValues", "MYSQL", "mysql"},
		{"python", "opentelemetry.semconv._incubating.metrics.process_metrics", "PROCESS_CPU_TIME", "process.cpu.time"},
		{"java", "io.opentelemetry.semconv.trace.attributes.SemanticAttributes", "HTTP_METHOD", "http.method"},
		{"java", "io.opentelemetry.semconv.SemanticAttributes", "HTTP_METHOD", "http.method"},
		{"java", "io.opentelemetry.semconv.resource.attributes.ResourceAttributes", "DEPLOYMENT_ENVIRONMENT", "deployment.environment"},
		{"kotlin", "io.opentelemetry.semconv.HttpAttributes", "HTTP_REQUEST_METHOD", "http.request.method"},
		{"java", "io.opentracing.tag.Tags", "HTTP_STATUS", "http.status_code"},
		{"js", "@opentelemetry/semantic-conventions", "SemanticAttributes.HTTP_METHOD", "http.method"},
		{"typescript", "@opentelemetry/semantic-conventions", "SEMATTRS_HTTP_METHOD", "http.method"},
		{"js", "@opentelemetry/semantic-conventions", "SEMRESATTRS_DEPLOYMENT_ENVIRONMENT", "deployment.environment"},
		{"js", "@opentelemetry/semantic-conventions/incubating", "ATTR_HTTP_METHOD", "http.method"},
		{"js", "@opentelemetry/semantic-conventions/incubating", "ATTR_HTTP_REQUEST_METHOD", "http.request.method"},
		{"js", "@opentelemetry/semantic-conventions", "DBSYSTEMVALUES_MYSQL", "mysql"},
		{"csharp", "OpenTelemetry.SemanticConventions.HttpAttributes", "AttributeHttpMethod", "http.method"},
		{"csharp", "OpenTelemetry.Trace.TraceSemanticConventions", "AttributeHttpMethod", "http.method"},
		{"csharp", "OpenTelemetry.SemanticConventions.DbAttributes.DbSystemValues", "Mysql", "mysql"},
		{"ruby", "OpenTelemetry::SemanticConventions::Trace", "HTTP_METHOD", "http.method"},
		{"ruby", "OpenTelemetry::SemConv::HTTP", "HTTP_REQUEST_METHOD", "http.request.method"},
		{"ruby", "OpenTelemetry::SemConv::Incubating::HTTP", "HTTP_METHOD", "http.method"},
		{"php", `OpenTelemetry\SemConv\TraceAttributes`, "HTTP_REQUEST_METHOD", "http.request.method"},
		{"php", `OpenTelemetry\SemConv\Attributes\DbAttributes`, "DB_SYSTEM_NAME", "db.system.name"},
		{"php", `OpenTelemetry\SemConv\Incubating\Attributes\DbIncubatingAttributes`, "DB_SYSTEM_NAME_VALUE_CASSANDRA", "cassandra"},
		{"rust", "opentelemetry_semantic_conventions::trace", "HTTP_REQUEST_METHOD", "http.request.method"},
		{"rust", "opentelemetry_semantic_conventions::resource", "SERVICE_NAME", "service.name"},
		{"rust", "opentelemetry_semantic_conventions::metric", "HTTP_SERVER_REQUEST_DURATION", "http.server.request.duration"},
		{"cpp", "opentelemetry::semconv::http", "kHttpMethod", "http.method"},
		{"cpp", "opentelemetry::semconv::http", "kMetricHttpServerRequestDuration", "http.server.request.duration"},
		{"cpp", "opentelemetry::trace::SemanticConventions", "kHttpMethod", "http.method"},
		{"cpp", "opentelemetry::trace::SemanticConventions", "HTTP_METHOD", "http.method"},
		{"php", `OpenTelemetry\SemConv\ResourceAttributes`, "DEPLOYMENT_ENVIRONMENT", "deployment.environment"},
		{"cpp", "opentelemetry::semconv::rpc::RpcSystemValues", "kGrpc", "grpc"},
	} {
		if got, ok := constants.Lookup(c.language, c.pkg, c.name); got != c.want || !ok {
			t.Errorf("Lookup(%s, %s, %s) = %q, %v, want %q", c.language, c.pkg, c.name, got, ok, c.want)
		}
		if !constants.Is(c.language, c.pkg) {
			t.Errorf("Is(%s, %s) = false", c.language, c.pkg)
		}
	}
}

// One name, another meaning in another package.
func TestLookupByPackage(t *testing.T) {
	const name = "MESSAGING_MESSAGE_ID"
	for _, c := range []struct{ language, pkg, name, want string }{
		{"php", `OpenTelemetry\SemConv\TraceAttributes`, name, "messaging.message.id"},
		{"ruby", "OpenTelemetry::SemanticConventions::Trace", name, "messaging.message_id"},
		{"ruby", "OpenTelemetry::SemConv::Incubating::MESSAGING", name, "messaging.message.id"},
		{"js", "@opentelemetry/semantic-conventions", "SemanticAttributes." + name, "messaging.message_id"},
		{"js", "@opentelemetry/semantic-conventions/incubating", "ATTR_" + name, "messaging.message.id"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.4.0", "MessagingMessageIDKey", "messaging.message_id"},
		{"go", "go.opentelemetry.io/otel/semconv/v1.41.0", "MessagingMessageIDKey", "messaging.message.id"},
		{"php", `OpenTelemetry\SemConv\TraceAttributes`, "CLIENT_ID", ""},
		{"python", "opentelemetry.semconv.attributes.http_attributes", "HTTP_METHOD", ""},
		{"python", "opentelemetry.semconv._incubating.attributes.db_attributes", "MYSQL", ""},
		{"go", "go.opentelemetry.io/otel/semconv/v1.4.0", "HTTPMethod", ""},
		{"go", "go.opentelemetry.io/otel/semconv/v9.9.9", "HTTPMethod", ""},
		{"cobol", "opentelemetry", "HTTP-METHOD", ""},
	} {
		if got, ok := constants.Lookup(c.language, c.pkg, c.name); got != c.want || ok != (c.want != "") {
			t.Errorf("Lookup(%s, %s, %s) = %q, %v, want %q", c.language, c.pkg, c.name, got, ok, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		language, pkg, name string
		want                constants.Meaning
	}{
		{"go", "go.opentelemetry.io/otel/semconv/v1.24.0", "DBSystemMySQL", constants.Meaning{Name: "db.system", Member: "mysql"}},
		{"go", "go.opentelemetry.io/otel/semconv/v1.24.0", "RPCGRPCStatusCodeOk", constants.Meaning{Name: "rpc.grpc.status_code", Member: "0"}},
		{"go", "go.opentelemetry.io/collector/semconv/v1.9.0", "AttributeCloudProviderAWS", constants.Meaning{Name: "cloud.provider", Member: "aws"}},
		{"js", "@opentelemetry/semantic-conventions/incubating", "DB_SYSTEM_VALUE_MYSQL", constants.Meaning{Name: "db.system", Member: "mysql"}},
		{"java", "io.opentelemetry.semconv.incubating.DbIncubatingAttributes.DbSystemIncubatingValues", "MYSQL", constants.Meaning{Name: "db.system", Member: "mysql"}},
		{"php", `OpenTelemetry\SemConv\TraceAttributeValues`, "DB_SYSTEM_NAME_MYSQL", constants.Meaning{Name: "db.system.name", Member: "mysql"}},
		{"rust", "opentelemetry_semantic_conventions::trace", "HTTP_ROUTE", constants.Meaning{Name: "http.route"}},
	} {
		if got, ok := constants.Find(c.language, c.pkg, c.name); got != c.want || !ok {
			t.Errorf("Find(%s, %s, %s) = %v, %v, want %v", c.language, c.pkg, c.name, got, ok, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		language, name string
		want           constants.Constant
	}{
		{"python", "http.request.method", constants.Constant{Package: "opentelemetry.semconv.attributes.http_attributes", Name: "HTTP_REQUEST_METHOD"}},
		{"python", "http.route", constants.Constant{Package: "opentelemetry.semconv.attributes.http_attributes", Name: "HTTP_ROUTE"}},
		{"java", "http.request.method", constants.Constant{Package: "io.opentelemetry.semconv.HttpAttributes", Name: "HTTP_REQUEST_METHOD"}},
		{"js", "http.request.method", constants.Constant{Package: "@opentelemetry/semantic-conventions", Name: "ATTR_HTTP_REQUEST_METHOD"}},
		{"js", "messaging.message.id", constants.Constant{Package: "@opentelemetry/semantic-conventions/incubating", Name: "ATTR_MESSAGING_MESSAGE_ID"}},
		{"csharp", "http.request.method", constants.Constant{Package: "OpenTelemetry.SemanticConventions.HttpAttributes", Name: "AttributeHttpRequestMethod"}},
		{"ruby", "http.request.method", constants.Constant{Package: "OpenTelemetry::SemConv::HTTP", Name: "HTTP_REQUEST_METHOD"}},
		{"php", "http.request.method", constants.Constant{Package: `OpenTelemetry\SemConv\Attributes\HttpAttributes`, Name: "HTTP_REQUEST_METHOD"}},
		{"rust", "http.request.method", constants.Constant{Package: "opentelemetry_semantic_conventions::attribute", Name: "HTTP_REQUEST_METHOD"}},
		{"cpp", "http.request.method", constants.Constant{Package: "opentelemetry::semconv::http", Name: "kHttpRequestMethod"}},
	} {
		got := constants.Of(c.language, c.name)
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("Of(%s, %s) = %v, want %v first", c.language, c.name, got, c.want)
		}
	}
	newest := constants.Of("go", "http.request.method")
	if want := (constants.Constant{Package: constants.Packages("go")[0], Name: "HTTPRequestMethodKey"}); !slices.Contains(newest[:2], want) {
		t.Errorf("Of(go, http.request.method) = %v, want %v among the first", newest[:2], want)
	}
	if got := constants.Of("go", "no.such.name"); len(got) != 0 {
		t.Errorf("Of(go, no.such.name) = %v", got)
	}
}

// What Of gives is found again, and nothing twice.
func TestTablesAgree(t *testing.T) {
	for _, language := range []string{"cpp", "csharp", "go", "java", "js", "php", "python", "ruby", "rust"} {
		packages := constants.Packages(language)
		if len(packages) < 3 {
			t.Errorf("%s: %d packages", language, len(packages))
		}
		for _, name := range []string{"http.method", "http.request.method", "db.system", "service.name", "deployment.environment", "exception.type", "server.address"} {
			of := constants.Of(language, name)
			if len(of) == 0 {
				t.Errorf("%s: no constant of %s", language, name)
			}
			seen := map[constants.Constant]bool{}
			for _, c := range of {
				if got, ok := constants.Find(language, c.Package, c.Name); !ok || got.Name != name || seen[c] {
					t.Errorf("%s: %v means %v, want %s, once", language, c, got, name)
				}
				seen[c] = true
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	constants.Lookup("go", "", "")
	b.ReportAllocs()
	for b.Loop() {
		constants.Lookup("go", "go.opentelemetry.io/otel/semconv/v1.24.0", "HTTPStatusCodeKey")
	}
}

func BenchmarkOf(b *testing.B) {
	constants.Of("java", "")
	b.ReportAllocs()
	for b.Loop() {
		constants.Of("java", "http.request.method")
	}
}
