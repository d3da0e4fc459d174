package source

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

var newest = sync.OnceValue(func() *Mangled {
	c, err := semconvlint.NewConventions("")
	if err != nil {
		panic(err)
	}
	return NewMangled(c)
})

func TestMangledMetric(t *testing.T) {
	for name, want := range map[string]struct {
		dotted, to, units string
		sure              bool
	}{
		"http_server_duration_milliseconds_bucket":        {"http.server.duration", "http_server_request_duration_seconds_bucket", "ms to s", true},
		"http_server_duration_milliseconds_count":         {"http.server.duration", "http_server_request_duration_seconds_count", "ms to s", true},
		"http_server_duration_milliseconds":               {"http.server.duration", "http_server_request_duration_seconds", "ms to s", true},
		"http_server_duration_bucket":                     {"http.server.duration", "http_server_request_duration_bucket", "ms to s", false},
		"http_server_duration_seconds_bucket":             {"http.server.duration", "http_server_request_duration_seconds_bucket", "", false},
		"http.server.duration":                            {"http.server.duration", "http.server.request.duration", "ms to s", true},
		"http.server.duration_milliseconds_bucket":        {"http.server.duration", "http.server.request.duration_seconds_bucket", "ms to s", true},
		"rpc_server_duration_milliseconds_sum":            {"rpc.server.duration", "rpc_server_call_duration_seconds_sum", "ms to s", true},
		"http_server_request_size_bytes_sum":              {"http.server.request.size", "http_server_request_body_size_bytes_sum", "", true},
		"db_client_connections_usage":                     {"db.client.connections.usage", "db_client_connection_count", "", true},
		"db_client_connections_use_time_milliseconds_sum": {"db.client.connections.use_time", "db_client_connection_use_time_seconds_sum", "ms to s", true},
		"process_runtime_jvm_memory_usage_bytes":          {"process.runtime.jvm.memory.usage", "jvm_memory_used_bytes", "", true},
		"process_runtime_jvm_gc_duration_seconds_bucket":  {"process.runtime.jvm.gc.duration", "jvm_gc_duration_seconds_bucket", "", true},
		"process_runtime_jvm_classes_loaded_total":        {"process.runtime.jvm.classes.loaded", "jvm_class_loaded_total", "", true},
		"process_runtime_jvm_threads_count":               {"process.runtime.jvm.threads.count", "jvm_thread_count", "", true},
		"process_runtime_jvm_cpu_utilization_ratio":       {"process.runtime.jvm.cpu.utilization", "jvm_cpu_recent_utilization_ratio", "", true},
		"system_network_packets_total":                    {"system.network.packets", "system_network_packet_count_total", "", true},
		"k8s_deployment_available_pods":                   {"k8s.deployment.available_pods", "k8s_deployment_pod_available", "", true},
		"rpc_server_requests_per_rpc_bucket":              {"rpc.server.requests_per_rpc", "", "", true},
		"shop_eu_process_runtime_jvm_memory_usage_bytes":  {"process.runtime.jvm.memory.usage", "shop_eu_jvm_memory_used_bytes", "", true},
		"k8s_container_restarts":                          {"k8s.container.restarts", "k8s_container_restart_count", "", true},
		"system_processes_count":                          {"system.processes.count", "system_process_count", "", true},
		"process_threads":                                 {"process.threads", "process_thread_count", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := newest().Metric(name)
			require.True(t, ok)
			assert.Equal(t, want.dotted, r.Dotted)
			assert.Equal(t, want.to, strings.Join(r.New, " "))
			assert.Equal(t, want.units != "", r.UnitChanged)
			if want.units != "" {
				assert.Equal(t, want.units, r.From+" to "+r.To)
			}
			assert.Equal(t, want.sure, r.Sure)
		})
	}
}

func TestMangledMetricOfOthers(t *testing.T) {
	for _, name := range []string{
		"", "up", "http_server_requests_seconds_count", "http_request_duration_seconds_bucket", "http_requests_total", "process_cpu_seconds_total",
		"rpc_server_duration_seconds_bucket_total", "rpc_durations_seconds", "grpc_server_handling_seconds_bucket", "jvm_memory_used_bytes", "jvm_memory_bytes_used",
		"container_memory_usage_bytes", "container_cpu_usage_seconds_total", "node_cpu_seconds_total", "kube_deployment_status_replicas_available",
		"go_goroutines", "process_open_fds", "system_cpu_usage", "jvm_gc_pause_seconds_sum", "jvm_threads_live_threads", "otelcol_exporter_sent_spans",
		"http_server_request_duration_seconds_bucket", "http_server_active_requests", "calls_total", "duration_milliseconds_bucket", "target_info",
		"k8s_container_cpu_limit_utilization_ratio", "opencensus_io_http_server_latency", "grpc_io_server_server_latency_bucket",
		"dapr_http_server_duration_milliseconds_bucket", "x_", "_", "a_b_c_d_process_runtime_jvm_memory_usage_bytes",
	} {
		r, ok := newest().Metric(name)
		assert.False(t, ok, "%s: %+v", name, r)
	}
}

func TestMangledLabel(t *testing.T) {
	for name, want := range map[string]struct {
		dotted, to string
		changed    bool
	}{
		"http_status_code": {"http.status_code", "http_response_status_code", false},
		"http_method":      {"http.method", "http_request_method", false},
		"http.method":      {"http.method", "http.request.method", false},
		"http_scheme of http_server_duration_milliseconds": {"http.scheme", "url_scheme", false},
		"rpc_grpc_status_code":                             {"rpc.grpc.status_code", "rpc_response_status_code", true},
		"rpc_system":                                       {"rpc.system", "rpc_system_name", true},
		"db_system":                                        {"db.system", "db_system_name", true},
		"net_transport of http_server_duration_milliseconds_bucket": {"net.transport", "network_transport", true},
		"deployment_environment":                                    {"deployment.environment", "deployment_environment_name", false},
		"resource_deployment_environment":                           {"deployment.environment", "resource_deployment_environment_name", false},
		"state of db_client_connections_usage":                      {"state", "db_client_connection_state", false},
		"state of system_cpu_time_seconds_total":                    {"state", "cpu_mode", true},
		"direction of system_network_io_bytes_total":                {"direction", "network_io_direction", false},
		"type of process_runtime_jvm_memory_usage_bytes":            {"type", "jvm_memory_type", false},
		"pool of jvm_memory_used_bytes":                             {"pool", "jvm_memory_pool_name", false},
	} {
		t.Run(name, func(t *testing.T) {
			label, metric, _ := strings.Cut(name, " of ")
			r, ok := newest().Label(label, metric)
			require.True(t, ok)
			assert.Equal(t, want.dotted, r.Dotted)
			assert.Equal(t, want.to, strings.Join(r.New, " "))
			assert.Equal(t, want.changed, r.ValueChanged)
		})
	}
}

func TestMangledLabelOfOthers(t *testing.T) {
	for _, name := range []string{
		"", "state", "method", "type", "device", "job", "instance", "le", "cpu", "service", "error", "pod_name", "container_name", "host", "http_server_method",
		"kube_namespace", "namespace", "pod", "version", "service_name", "service_namespace", "http_response_status_code", "http_route", "k8s_pod_name",
		"state of node_systemd_unit_state", "cpu of node_cpu_seconds_total", "type of kube_pod_status_phase", "id of jvm_memory_used_bytes",
		"area of jvm_memory_used_bytes", "pod of container_memory_usage_bytes", "method of http_server_request_duration_seconds_bucket",
		"code of http_server_request_duration_seconds_bucket", "host of http_server_duration_milliseconds_bucket", "error of rpc_server_duration_milliseconds_bucket",
		"resource_name", "resource_type", "resource", "messaging_client_id", "otel_scope_name",
	} {
		label, metric, _ := strings.Cut(name, " of ")
		r, ok := newest().Label(label, metric)
		assert.False(t, ok, "%s: %+v", name, r)
	}
}

func TestMangledEvidence(t *testing.T) {
	m := newest()
	assert.True(t, m.Spelt("http_server_active_requests"))
	assert.True(t, m.Spelt("http_server_duration_milliseconds_bucket"))
	assert.False(t, m.Spelt("http_request_duration_seconds_bucket"))
	assert.Equal(t, 3, m.Words("http_status_code"))
	assert.Equal(t, 2, m.Words("http_method"))
	assert.Equal(t, 0, m.Words("handler"))
}

func BenchmarkMangled(b *testing.B) {
	c := newest().conventions
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewMangled(c).Known("up")
		}
	})
	b.Run("metric", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			newest().Metric("http_server_duration_milliseconds_bucket")
		}
	})
	b.Run("label", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			newest().Label("http_status_code", "http_server_duration_milliseconds_bucket")
		}
	})
}
