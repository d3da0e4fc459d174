package zipkinreceiver

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	require.NoError(tb, err)
	return string(text)
}

func TestOnResource(t *testing.T) {
	for _, key := range []string{
		"service.name", "service.version", "service.namespace", "service.instance.id",
		"host.name", "host.id", "host.arch", "host.ip", "host.image.id",
		"process.pid", "process.parent_pid", "process.command", "process.command_line", "process.command_args",
		"process.executable.name", "process.executable.path", "process.owner",
		"process.runtime.name", "process.runtime.version", "process.runtime.description",
		"telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version", "telemetry.distro.name",
		"deployment.environment.name", "os.type", "os.name", "os.version", "os.description",
		"container.id", "container.name", "container.image.name", "container.image.tags", "container.label.app",
		"k8s.pod.name", "k8s.pod.uid", "k8s.namespace.name", "k8s.node.name", "k8s.container.name", "k8s.cluster.name",
		"k8s.deployment.name", "k8s.pod.label.app", "k8s.pod.annotation.kubernetes.io/x", "k8s.namespace.label.team",
		"cloud.region", "cloud.provider", "cloud.platform", "cloud.account.id", "cloud.availability_zone", "cloud.resource_id",
		"faas.name", "faas.version", "faas.instance", "faas.max_memory",
		"aws.ecs.task.arn", "gcp.gce.instance.name", "heroku.app.id", "webengine.name", "device.id", "browser.platform",
		// Retired, some of them long ago.
		"deployment.environment", "faas.id", "k8s.pod.labels.app", "container.labels.app", "container.image.tag",
		"container.runtime", "telemetry.auto.version", "process.executable.build_id.profiling",
	} {
		assert.True(t, onResource(key), key)
	}
	for _, key := range []string{
		"http.method", "http.request.method", "http.status_code", "http.response.status_code", "http.url", "http.route",
		"http.request.header.host", "http.host", "http.target", "http.user_agent", "user_agent.original", "browser.user_agent",
		"db.system", "db.system.name", "db.name", "db.namespace", "db.statement", "db.query.text", "db.instance.id",
		"rpc.system", "rpc.method", "messaging.system", "messaging.destination.name", "messaging.kafka.message.key",
		"peer.service", "service.peer.name", "server.address", "server.port", "client.address", "net.peer.name",
		"network.peer.address", "network.protocol.name", "network.type", "url.full", "url.path",
		"thread.id", "thread.name", "code.function", "code.function.name", "code.namespace", "code.lineno",
		"error.type", "error", "exception.type", "enduser.id", "user.id", "session.id",
		"faas.trigger", "faas.invoked_name", "faas.invocation_id", "faas.execution", "faas.coldstart",
		"aws.request_id", "aws.dynamodb.table_names", "gen_ai.system", "graphql.operation.name",
		"test_id", "", "component", "span.kind", "service", "host", "cloud", "otel.status_code", "kubernetes.pod",
	} {
		assert.False(t, onResource(key), key)
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() { onResource("k8s.pod.label.app"); onResource("http.method") }))
}

// TestResources: spans with the resource's attributes as their tags come out under it, each
// under its own.
func TestResources(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	span := func(id, pod string) string {
		return `{"traceId":"1","id":"` + id + `","timestamp":1,"localEndpoint":{"serviceName":"front"},` +
			`"tags":{"k8s.pod.name":"` + pod + `","service.version":"1.2","http.method":"GET"}}`
	}
	r.post(t, pathV2, []byte("["+span("1", "a")+","+span("2", "b")+","+span("3", "a")+"]"))
	all := sink.AllTraces()
	require.Len(t, all, 1)
	resources := all[0].ResourceSpans()
	require.Equal(t, 2, resources.Len())
	for i, want := range []struct {
		pod   string
		spans int
	}{{"a", 2}, {"b", 1}} {
		assert.Equal(t, map[string]any{"service.name": "front", "service.version": "1.2", "k8s.pod.name": want.pod},
			resources.At(i).Resource().Attributes().AsRaw())
		spans := resources.At(i).ScopeSpans().At(0).Spans()
		require.Equal(t, want.spans, spans.Len())
		assert.Equal(t, map[string]any{"http.method": "GET"}, spans.At(0).Attributes().AsRaw())
	}
}
