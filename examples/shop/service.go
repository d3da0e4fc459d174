package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// service is one of the shop's: what it needs, how it is installed and how it runs. $BUILD in
// commands is its own folder in the build's; for all but Go a copy of its sources is there.
type service struct {
	name, language string
	protocol       string // of what it sends
	telemetry      string
	tools          []string
	inPlace        bool // built where it is, not in a copy
	install        [][]string
	command        []string
	env            []string
}

// services are in the order in which a request meets them.
var services = []service{
	{
		name: "storefront", language: "Node.js", protocol: "zipkin", telemetry: "zipkin-js as it comes: B3, JSON",
		tools:   []string{"node", "npm"},
		install: [][]string{{"npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", "$BUILD"}},
		command: []string{"node", "$BUILD/storefront.js"},
	},
	{
		name: "checkout", language: "Go", protocol: "otlp", telemetry: "koine's wrapper, conventions of today",
		tools:   []string{"go"},
		inPlace: true, // its go.mod names the wrapper by a path
		install: [][]string{{"go", "build", "-C", "examples/shop/checkout", "-o", "$BUILD/checkout", "."}},
		command: []string{"$BUILD/checkout"},
	},
	{
		name: "warehouse", language: "Java", protocol: "zipkin", telemetry: "Brave and its servlet filter: B3, JSON",
		tools:   []string{"java", "mvn"},
		install: [][]string{{"mvn", "-q", "-B", "-f", "$BUILD/pom.xml", "compiler:compile", "dependency:copy-dependencies"}},
		command: []string{"java", "-Xmx128m", "-cp", "$BUILD/target/classes:$BUILD/target/dependency/*", "Warehouse"},
	},
	{
		name: "catalog", language: "Python", protocol: "otlp", telemetry: "opentelemetry-instrument, the conventions it has by default",
		tools: []string{"python3"},
		install: [][]string{
			{"python3", "-m", "venv", "$BUILD/venv"},
			{"$BUILD/venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", "$BUILD/requirements.txt"},
		},
		command: []string{"$BUILD/venv/bin/opentelemetry-instrument", "$BUILD/venv/bin/python", "$BUILD/catalog.py"},
		env: []string{
			"OTEL_SERVICE_NAME=catalog",
			"OTEL_RESOURCE_ATTRIBUTES=service.version=0.9.0",
			// Without B3 it would begin a trace of its own whenever the warehouse asks.
			"OTEL_PROPAGATORS=tracecontext,baggage,b3,b3multi",
		},
	},
}

// serviceOf is the service of a name.
func serviceOf(name string) service {
	for _, s := range services {
		if s.name == name {
			return s
		}
	}
	return service{}
}

// hosts are the addresses of the services that run, by name.
type hosts map[string]string

// addresses gives each service a free port.
func addresses(running []service) (hosts, error) {
	found := hosts{}
	for _, s := range running {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		found[s.name] = "localhost:" + strconv.Itoa(port)
	}
	return found, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// start runs the service: it learns from its environment where to listen, who else is there and
// where telemetry goes.
func (s service) start(root, build, endpoint string, others hosts) (*process, error) {
	_, port, _ := net.SplitHostPort(others[s.name])
	env := append(environment(),
		"PORT="+port,
		"OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint,
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
		"OTEL_BSP_SCHEDULE_DELAY=1000", // ms; as often as Zipkin's clients
		"ZIPKIN_ENDPOINT="+endpoint+"/api/v2/spans",
	)
	for name, host := range others {
		env = append(env, strings.ToUpper(name)+"_URL=http://"+host)
	}
	return start(s.name, root, build, expand(s.command, build, s.name), append(env, s.env...), others[s.name])
}

// environment is this process's, but for what somebody has set for OpenTelemetry: what the
// services do is to be what is written here.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "OTEL_") {
			env = append(env, v)
		}
	}
	return env
}

func expand(command []string, build, name string) []string {
	var words []string
	for _, word := range command {
		words = append(words, strings.ReplaceAll(word, "$BUILD", filepath.Join(build, name)))
	}
	return words
}
