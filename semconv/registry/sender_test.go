package registry

import "testing"

func TestOfSender(t *testing.T) {
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
		if !OfSender(key) {
			t.Error(key, "is not taken for the sender's")
		}
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
		if OfSender(key) {
			t.Error(key, "is taken for the sender's")
		}
	}
	if n := testing.AllocsPerRun(100, func() { OfSender("k8s.pod.label.app"); OfSender("http.method") }); n != 0 {
		t.Error(n, "allocations")
	}
}
