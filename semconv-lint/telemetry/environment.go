package telemetry

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// environment is env with what makes SDKs send here, soon. Where to send is set whatever the user
// has, or telemetry of tests would go to production; how, and how often, only where the user
// has not.
func environment(env []string, ports Ports) []string {
	e := &variables{list: slices.Clone(env)}
	e.set("OTEL_EXPORTER_OTLP_INSECURE", "true")
	protocol := e.unlessSet("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	e.set("OTEL_EXPORTER_OTLP_ENDPOINT", otlpEndpoint(protocol, ports))
	for _, signal := range []string{"TRACES", "METRICS", "LOGS"} {
		if e.get("OTEL_"+signal+"_EXPORTER") != "zipkin" { // which comes here, too
			e.set("OTEL_"+signal+"_EXPORTER", "otlp")
		}
		prefix := "OTEL_EXPORTER_OTLP_" + signal
		e.unset(prefix + "_ENDPOINT")
		if own := e.get(prefix + "_PROTOCOL"); own != "" && own != protocol {
			e.set(prefix+"_ENDPOINT", signalEndpoint(own, signal, ports))
		}
	}
	// Tests end soon. In milliseconds.
	e.unlessSet("OTEL_BSP_SCHEDULE_DELAY", "200")
	e.unlessSet("OTEL_BLRP_SCHEDULE_DELAY", "200")
	e.unlessSet("OTEL_METRIC_EXPORT_INTERVAL", "500")
	e.setZipkin(ports.Zipkin)
	e.sendEverything()
	e.freshGoTests()
	return e.list
}

// sendEverything leaves nothing that would keep telemetry from being made or from coming here.
func (e *variables) sendEverything() {
	e.unset("OTEL_SDK_DISABLED")
	if sampler := e.get("OTEL_TRACES_SAMPLER"); sampler != "parentbased_always_on" {
		e.set("OTEL_TRACES_SAMPLER", "always_on")
	}
	upper, lower := e.get("NO_PROXY"), e.get("no_proxy")
	e.set("NO_PROXY", withoutProxy(cmp.Or(upper, lower)))
	e.set("no_proxy", withoutProxy(cmp.Or(lower, upper))) // which of them counts depends on who reads
}

// withoutProxy are hosts that are asked without a proxy, and this one.
func withoutProxy(hosts string) string {
	if hosts == "*" { // all are
		return hosts
	}
	return strings.TrimPrefix(hosts+",127.0.0.1,localhost", ",")
}

// freshGoTests has go test run what it would else answer from its cache: then nothing is sent.
func (e *variables) freshGoTests() {
	if flags := e.get("GOFLAGS"); !strings.Contains(flags, "-count") {
		e.set("GOFLAGS", strings.TrimSpace(flags+" -count=1"))
	}
}

func otlpEndpoint(protocol string, ports Ports) string {
	port := ports.HTTP
	if protocol == "grpc" {
		port = ports.GRPC
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

// signalEndpoint is the endpoint of one signal: over HTTP it is taken with the path that it has.
func signalEndpoint(protocol, signal string, ports Ports) string {
	endpoint := otlpEndpoint(protocol, ports)
	if protocol == "grpc" {
		return endpoint
	}
	return endpoint + "/v1/" + strings.ToLower(signal)
}

// setZipkin sets what Zipkin's libraries go by: OpenTelemetry's exporter, Spring Boot 3 and
// Spring Cloud Sleuth, and what services commonly call it.
func (e *variables) setZipkin(port int) {
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	spans := base + "/api/v2/spans"
	e.set("OTEL_EXPORTER_ZIPKIN_ENDPOINT", spans)
	e.set("MANAGEMENT_ZIPKIN_TRACING_ENDPOINT", spans)
	e.set("ZIPKIN_ENDPOINT", spans)
	e.set("ZIPKIN_URL", spans)
	e.set("SPRING_ZIPKIN_BASE_URL", base+"/")
	e.set("SPRING_ZIPKIN_BASEURL", base+"/")
	e.set("ZIPKIN_BASE_URL", base)
	// Spring samples a tenth otherwise.
	e.unlessSet("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "1.0")
	e.unlessSet("SPRING_SLEUTH_SAMPLER_PROBABILITY", "1.0")
}

// variables are an environment, as NAME=value.
type variables struct{ list []string }

func (e *variables) get(name string) (value string) {
	for _, v := range e.list {
		if rest, ok := strings.CutPrefix(v, name+"="); ok {
			value = rest // the last one counts
		}
	}
	return value
}

func (e *variables) unset(name string) {
	e.list = slices.DeleteFunc(e.list, func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

func (e *variables) set(name, value string) {
	e.unset(name)
	e.list = append(e.list, name+"="+value)
}

// unlessSet gives the value that is then set. Set to nothing is not set, as OpenTelemetry has it.
func (e *variables) unlessSet(name, value string) string {
	if has := e.get(name); has != "" {
		return has
	}
	e.set(name, value)
	return value
}
