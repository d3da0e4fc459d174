package e2e

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"debug/elf"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	yaml "go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	strict "sigs.k8s.io/yaml"

	"github.com/koine-otel/koine/tracegen/rig"
)

var examples = filepath.Join("..", "..", "examples")

// TestSidecar: in 128 MiB it takes what a service sends as fast as it can, loses nothing, samples
// nothing, and what leaves it speaks the target version.
func TestSidecar(t *testing.T) {
	out, sink := newSink(t)
	c := startExample(t, "sidecar/koine.yaml", nil, "GATEWAY="+sink.Address, "KOINE_MEMORY_LIMIT_MIB=128")
	require.NotNil(t, c)
	sent := flood(t, c, 3000, 0)
	out.await(t, int(sent.Total.Accepted))
	usage, err := c.Usage()
	require.NoError(t, err)
	t.Logf("%d spans, at most %d MiB resident", sent.Total.Accepted, usage.PeakRSS>>20)
	assert.Less(t, usage.PeakRSS>>20, int64(128))
	assert.Len(t, out.afterStop(t, c, int(sent.Total.Accepted)), int(sent.Total.Accepted))
	for _, s := range out.all() {
		_, old := s.Attributes().Get("http.method")
		_, marked := s.resource.Get("koine.semconv")
		require.False(t, old)
		require.True(t, marked)
	}
}

// TestTLS: a sidecar sends to a gateway with tls.yaml over either's configuration; others, without the
// token, are refused.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certify(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte("s3cret\n"), 0o600))
	env := []string{
		"TLS_CERT_FILE=" + filepath.Join(dir, "tls.crt"), "TLS_KEY_FILE=" + filepath.Join(dir, "tls.key"),
		"TLS_CA_FILE=" + filepath.Join(dir, "tls.crt"), "TOKEN_FILE=" + filepath.Join(dir, "token"), "KOINE_MEMORY_LIMIT_MIB=512",
	}
	overlay := func(tier string) []string { return []string{"--config", filepath.Join(examples, tier, "tls.yaml")} }
	out, sink := newSink(t)
	gateway := startExample(t, "gateway/koine.yaml", overlay("gateway"), append(env, "BACKEND="+sink.Address, "BACKEND_INSECURE=true")...)
	require.NotNil(t, gateway)
	sidecar := startExample(t, "sidecar/koine.yaml", overlay("sidecar"), append(env, fmt.Sprintf("GATEWAY=localhost:%d", gateway.Ports.OTLPGRPC))...)
	require.NotNil(t, sidecar)

	const old = `[{"traceId":"463ac35c9f6413ad","id":"72485a3953bb6124","kind":"SERVER","name":"get","localEndpoint":{"serviceName":"shop"},"tags":{"http.method":"GET"}}]`
	code, err := post(t, fmt.Sprintf("http://localhost:%d/api/v2/spans", sidecar.Ports.Zipkin), "application/json", "", []byte(old))
	require.NoError(t, err)
	assert.Less(t, code, 300)
	s := out.await(t, 1)[0]
	method, _ := s.Attributes().Get("http.request.method")
	assert.Equal(t, "GET", method.AsString())
	_, marked := s.resource.Get("koine.semconv")
	assert.False(t, marked, "the gateway takes the sidecar's mark away")

	ca, err := os.ReadFile(filepath.Join(dir, "tls.crt"))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	for token, want := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer s3cret": 200} {
		for _, target := range []string{
			fmt.Sprintf("https://localhost:%d/v1/traces", gateway.Ports.OTLPHTTP), fmt.Sprintf("https://localhost:%d/api/v2/spans", gateway.Ports.Zipkin),
		} {
			body, contentType := []byte(`{"resourceSpans":[]}`), "application/json"
			if strings.HasSuffix(target, "spans") {
				body = []byte("[]")
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, bytes.NewReader(body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", contentType)
			if token != "" {
				request.Header.Set("Authorization", token)
			}
			response, err := client.Do(request)
			require.NoError(t, err)
			response.Body.Close()
			assert.Equal(t, want/100, response.StatusCode/100, "%s with %q: %d", target, token, response.StatusCode)
		}
	}
}

// certify writes a certificate of localhost that is its own authority.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: certificate}, "tls.key": {Type: "PRIVATE KEY", Bytes: encoded}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}

// TestGatewayScript: one command starts both tiers, prints what is kept, delivers what waits when it is
// stopped, and leaves nothing running.
func TestGatewayScript(t *testing.T) {
	ports, err := rig.FreePorts()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first := freeRow(t, 9)
	var out, log lockedBuffer
	script := exec.CommandContext(ctx, filepath.Join(examples, "gateway", "run.sh"))
	script.Env = append(append(os.Environ(), ports.Env()...), "KOINE="+binary, fmt.Sprintf("SAMPLER_FIRST_PORT=%d", first))
	script.Stdout, script.Stderr = &out, &log
	require.NoError(t, script.Start())
	defer func() { _ = script.Process.Kill() }()

	const name = "the-one-that-is-kept"
	span := fmt.Appendf(nil, `[{"traceId":"463ac35c9f6413ad","id":"72485a3953bb6124","name":%q,"localEndpoint":{"serviceName":"shop"}}]`, name)
	require.Eventually(t, func() bool {
		code, err := tryPost(ctx, fmt.Sprintf("http://localhost:%d/api/v2/spans", ports.Zipkin), "application/json", "", span)
		return err == nil && code == http.StatusAccepted
	}, 30*time.Second, 50*time.Millisecond, "it is ready: %s", &log)
	require.Eventually(t, func() bool { return strings.Count(log.String(), "Everything is ready") == 4 }, 30*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		received := 0.0
		for i := range 3 {
			received += scrape(t, first+3*i+2).Sum(sampledName + "received_spans")
		}
		return received == 1
	}, 30*time.Second, 50*time.Millisecond, "a sampler has it, and waits for more")
	require.NoError(t, script.Process.Signal(os.Interrupt))
	require.NoError(t, script.Wait(), "%s", &log)
	assert.Contains(t, out.String(), name)
	_, err = net.DialTimeout("tcp", fmt.Sprintf("localhost:%d", ports.OTLPGRPC), time.Second)
	assert.Error(t, err, "nobody listens any more")
}

// freeRow finds n ports in a row that nobody listens on.
func freeRow(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first := freePort(t)
		free := first+n < 1<<16
		for port := first; free && port < first+n; port++ {
			l, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port))
			if free = err == nil; free {
				l.Close()
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("no free ports in a row")
	return 0
}

// lockedBuffer is written to by a process while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestManifests: what Kubernetes gets has no field that it does not know, each workload runs a
// configuration that is there, and the first tier knows as many samplers as there are. So it is
// in the compose file.
func TestManifests(t *testing.T) {
	gateway := filepath.Join(examples, "gateway")
	var balancers, sidecars appsv1.Deployment
	var samplers appsv1.StatefulSet
	var service, headless corev1.Service
	decode(t, filepath.Join(gateway, "k8s", "namespace.yaml"), &corev1.Namespace{})
	decode(t, filepath.Join(gateway, "k8s", "loadbalancer.yaml"), &service, &balancers, &policyv1.PodDisruptionBudget{})
	decode(t, filepath.Join(gateway, "k8s", "sampler.yaml"), &headless, &samplers, &policyv1.PodDisruptionBudget{})
	decode(t, filepath.Join(examples, "sidecar", "k8s", "deployment.yaml"), &sidecars)

	runsOwnConfig(t, gateway, "koine-loadbalancer", balancers.Spec.Template.Spec, balancers.Spec.Template.Spec.Containers[0])
	runsOwnConfig(t, gateway, "koine-sampler", samplers.Spec.Template.Spec, samplers.Spec.Template.Spec.Containers[0])
	runsOwnConfig(t, filepath.Join(examples, "sidecar"), "koine-sidecar", sidecars.Spec.Template.Spec, sidecars.Spec.Template.Spec.InitContainers[0])
	assert.Equal(t, headless.Name, samplers.Spec.ServiceName)
	assert.Equal(t, corev1.ClusterIPNone, headless.Spec.ClusterIP)

	var want, known []string
	for i := range *samplers.Spec.Replicas {
		want = append(want, fmt.Sprintf("%s-%d.%s:%d", samplers.Name, i, headless.Name, headless.Spec.Ports[0].Port))
	}
	for _, v := range balancers.Spec.Template.Spec.Containers[0].Env {
		if v.Name == "KOINE_SAMPLERS" {
			require.NoError(t, yaml.Unmarshal([]byte(v.Value), &known))
		}
	}
	assert.Equal(t, want, known)

	var compose struct {
		Services map[string]struct {
			Environment map[string]string
			Command     []string
			Volumes     []string
			DependsOn   []string `yaml:"depends_on"`
		}
	}
	data, err := os.ReadFile(filepath.Join(gateway, "compose.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &compose))
	var names []string
	require.NoError(t, yaml.Unmarshal([]byte(compose.Services["loadbalancer"].Environment["KOINE_SAMPLERS"]), &names))
	var depends []string
	for _, name := range names {
		host, _, _ := strings.Cut(name, ":")
		depends = append(depends, host)
		assert.Contains(t, compose.Services, host)
	}
	assert.Equal(t, depends, compose.Services["loadbalancer"].DependsOn)
	assert.Len(t, compose.Services, len(names)+1)
	for name, s := range compose.Services {
		from, to, _ := strings.Cut(strings.TrimSuffix(s.Volumes[0], ":ro"), ":")
		assert.FileExists(t, filepath.Join(gateway, from), name)
		assert.Equal(t, to, s.Command[1], name)
	}

	t.Run("kustomize", func(t *testing.T) {
		kubectl, err := exec.LookPath("kubectl")
		if err != nil {
			t.Skip("needs kubectl")
		}
		for _, example := range []string{"gateway", "sidecar"} {
			built, err := exec.CommandContext(t.Context(), kubectl, "kustomize", filepath.Join(examples, example)).CombinedOutput()
			require.NoError(t, err, "%s", built)
			assert.NotContains(t, string(built), "image: koine\n", "the image has a tag")
		}
	})
}

// decode reads a file's documents, of which none may have an unknown field.
func decode(t *testing.T, name string, into ...any) {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	documents := bytes.Split(data, []byte("\n---\n"))
	require.Len(t, documents, len(into), name)
	for i, document := range documents {
		require.NoError(t, strict.UnmarshalStrict(document, into[i]), name)
	}
}

// runsOwnConfig: the container's --config is a file of the map that it mounts, which the
// kustomization makes of a file that is there.
func runsOwnConfig(t *testing.T, folder, configMap string, pod corev1.PodSpec, container corev1.Container) {
	t.Helper()
	var kustomization struct {
		Resources          []string
		ConfigMapGenerator []struct {
			Name  string
			Files []string
		} `yaml:"configMapGenerator"`
	}
	data, err := os.ReadFile(filepath.Join(folder, "kustomization.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &kustomization))
	for _, name := range kustomization.Resources {
		assert.FileExists(t, filepath.Join(folder, name))
	}
	for _, g := range kustomization.ConfigMapGenerator {
		if g.Name != configMap {
			continue
		}
		require.FileExists(t, filepath.Join(folder, g.Files[0]))
		require.Equal(t, []string{"--config", "/etc/koine/" + g.Files[0]}, container.Args)
		for _, v := range pod.Volumes {
			if v.ConfigMap != nil && v.ConfigMap.Name == configMap {
				require.Equal(t, v.Name, container.VolumeMounts[0].Name)
				require.Equal(t, "/etc/koine", container.VolumeMounts[0].MountPath)
				return
			}
		}
	}
	t.Errorf("%s: no config map %s", folder, configMap)
}

// TestUnit: systemd understands all of the unit.
func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("needs systemd-analyze")
	}
	unit, err := os.ReadFile(filepath.Join(examples, "gateway", "systemd", "koine@.service"))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "koine@sampler.service")
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(unit, []byte("/usr/local/bin/koine"), []byte(binary)), 0o600))
	out, err := exec.CommandContext(t.Context(), analyze, "verify", path).CombinedOutput()
	assert.NoError(t, err)
	assert.Empty(t, string(out))
}

// TestImage does what the Dockerfile says, without an engine: its build command gives a binary that
// needs no other file, and in a root of nothing but what the image has, as the image's user, that runs.
func TestImage(t *testing.T) {
	var stages []map[string][]string
	data, err := os.ReadFile(filepath.Join(examples, "gateway", "Dockerfile"))
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		instruction, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "", "#":
		case "FROM":
			stages = append(stages, map[string][]string{})
			fallthrough
		default:
			require.NotEmpty(t, stages, line)
			stages[len(stages)-1][instruction] = append(stages[len(stages)-1][instruction], rest)
		}
	}
	require.Len(t, stages, 2)
	build, image := stages[0], stages[1]
	assert.Equal(t, []string{"scratch"}, image["FROM"])
	assert.Equal(t, []string{"10001:10001"}, image["USER"])
	assert.Equal(t, []string{`["/koine"]`}, image["ENTRYPOINT"])
	for _, copied := range append(build["COPY"], image["COPY"]...) {
		words := strings.Fields(copied)
		if !strings.HasPrefix(words[0], "--from") {
			for _, from := range words[:len(words)-1] {
				_, err := os.Stat(filepath.Join("..", "..", from))
				assert.NoError(t, err)
			}
		}
	}

	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	koine := filepath.Join(root, "koine")
	// Where the flags are those of the binary under test there is nothing to do for the linker.
	same, err := os.ReadFile(binary)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(koine, same, 0o755))
	built := false
	for _, command := range build["RUN"] {
		if strings.Contains(command, "go build") {
			require.Contains(t, command, "-o /koine ")
			run := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(command, "-o /koine ", "-o '"+koine+"' ", 1))
			run.Dir = filepath.Join("..", "..")
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s", out)
			built = true
		}
	}
	require.True(t, built)

	file, err := elf.Open(koine)
	if err != nil {
		t.Skip("no ELF: ", err)
	}
	defer file.Close()
	libraries, err := file.ImportedLibraries()
	require.NoError(t, err)
	assert.Empty(t, libraries)
	for _, p := range file.Progs {
		assert.NotEqual(t, elf.PT_INTERP, p.Type, "it asks for no dynamic linker")
	}

	config, err := os.ReadFile(filepath.Join(examples, "gateway", "koine-sampler.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "koine.yaml"), config, 0o644))
	inside := exec.CommandContext(t.Context(), "/koine", "validate", "--config", "/koine.yaml")
	inside.Env = []string{"KOINE_MEMORY_LIMIT_MIB=512"}
	if !imprison(inside, root, 10001) {
		t.Log("not run in a root of its own: that needs to be root, on Linux")
		return
	}
	out, err := inside.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
}

// TestContribConfiguration: what a contrib collector runs, with its older names of components, is
// accepted as it is; a component that is not in the binary is named.
func TestContribConfiguration(t *testing.T) {
	const config = `
extensions: {health_check: {endpoint: "0.0.0.0:13133"}}
receivers:
  otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}, http: {endpoint: "0.0.0.0:4318"}}}
  zipkin: {endpoint: "0.0.0.0:9411"}
processors:
  memory_limiter: {check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 25}
  batch: {}
  resourcedetection: {detectors: [env, system]}
  k8sattributes: {}
  tail_sampling:
    decision_wait: 30s
    num_traces: 50000
    policies:
      - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
      - {name: slow, type: latency, latency: {threshold_ms: 500}}
      - {name: some, type: probabilistic, probabilistic: {sampling_percentage: 10}}
exporters:
  otlp/tempo: {endpoint: "tempo:4317", tls: {insecure: true}}
  otlphttp: {endpoint: "http://mimir:9009/otlp"}
  loadbalancing: {protocol: {otlp: {}}, resolver: {dns: {hostname: samplers}}}
connectors: {spanmetrics: {}, servicegraph: {}}
service:
  extensions: [health_check]
  pipelines:
    traces:
      receivers: [otlp, zipkin]
      processors: [memory_limiter, k8sattributes, resourcedetection, tail_sampling, batch]
      exporters: [otlp/tempo, spanmetrics, servicegraph, loadbalancing]
    metrics: {receivers: [otlp, spanmetrics, servicegraph], processors: [memory_limiter, batch], exporters: [otlphttp]}
  telemetry: {metrics: {level: detailed}}
`
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	out, code := koine(t, nil, "validate", "--config", path)
	assert.Zero(t, code, out)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(config, "batch: {}", "probabilistic_sampler: {}", 1)), 0o600))
	out, code = koine(t, nil, "validate", "--config", path)
	assert.Equal(t, 1, code)
	assert.Contains(t, out, `unknown type: "probabilistic_sampler"`)
}
