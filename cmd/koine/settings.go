package main

import (
	_ "embed"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpsprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/memory"
)

// version is the manifest's dist.version; a test compares the two.
const version = "0.1.0"

const (
	// exportVariable names the OTLP/gRPC endpoint to which the default configuration
	// sends what it keeps.
	exportVariable = "KOINE_EXPORT_ENDPOINT"
	// insecureVariable says whether that is plain text: "true" or "false".
	insecureVariable = "KOINE_EXPORT_INSECURE"
)

//go:embed default.yaml
var defaultConfig string

//go:embed export.yaml
var exportConfig string

// settings are the collector's: the manifest's components and providers, and the
// embedded configuration as the default that --config replaces.
func settings() otelcol.CollectorSettings {
	var logging []zap.Option
	if !given(os.Args[1:], "config") {
		logging = quiet(os.Getenv, os.Stderr)
	}
	return otelcol.CollectorSettings{
		LoggingOptions: logging,
		BuildInfo: component.BuildInfo{
			Command:     "koine",
			Description: "OpenTelemetry Collector that speaks one convention and finds latency bottlenecks",
			Version:     version,
		},
		Factories: components,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{
			ResolverSettings: confmap.ResolverSettings{
				URIs: defaultURIs(os.Getenv),
				ProviderFactories: []confmap.ProviderFactory{
					envprovider.NewFactory(),
					fileprovider.NewFactory(),
					httpprovider.NewFactory(),
					httpsprovider.NewFactory(),
					yamlprovider.NewFactory(),
				},
			},
		},
		ProviderModules: map[string]string{
			"env":   "go.opentelemetry.io/collector/confmap/provider/envprovider v1.64.0",
			"file":  "go.opentelemetry.io/collector/confmap/provider/fileprovider v1.64.0",
			"http":  "go.opentelemetry.io/collector/confmap/provider/httpprovider v1.64.0",
			"https": "go.opentelemetry.io/collector/confmap/provider/httpsprovider v1.64.0",
			"yaml":  "go.opentelemetry.io/collector/confmap/provider/yamlprovider v1.64.0",
		},
	}
}

// hostVariable is where the embedded configuration listens.
const hostVariable = "KOINE_LISTEN_HOST"

// environment is what the configuration takes from the environment and koine works
// out where the user has not set it.
func environment(budget memory.Budget, getenv func(string) string) map[string]string {
	env := budget.Env()
	// Compose files set what is not given to nothing; the configuration's own defaults
	// hold only for what is not set.
	maps.Copy(env, map[string]string{
		hostVariable: "localhost", "KOINE_OTLP_GRPC_PORT": "4317", "KOINE_OTLP_HTTP_PORT": "4318", "KOINE_ZIPKIN_PORT": "9411",
		"KOINE_HEALTH_PORT": "13133", "KOINE_METRICS_PORT": "8888",
	})
	env[insecureVariable] = strconv.FormatBool(strings.HasPrefix(strings.ToLower(getenv(exportVariable)), "http://"))
	maps.DeleteFunc(env, func(name, _ string) bool { return getenv(name) != "" })
	// An IPv6 address stands in brackets before a port.
	if host := getenv(hostVariable); strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		env[hostVariable] = "[" + host + "]"
	}
	return env
}

// defaultURIs are the configuration where no --config is given. A later one is
// merged over the earlier.
func defaultURIs(getenv func(string) string) []string {
	uris := []string{"yaml:" + defaultConfig}
	if getenv(exportVariable) != "" {
		uris = append(uris, "yaml:"+exportConfig)
	}
	return uris
}

// withDefaultConfig names the default configuration where --set is given without
// --config: the collector would take the settings for a configuration of their own.
func withDefaultConfig(args []string) []string {
	if !given(args, "set") || given(args, "config") {
		return args
	}
	for _, uri := range defaultURIs(os.Getenv) {
		args = append(args, "--config", uri)
	}
	return args
}

// given says whether a flag is among the arguments.
func given(args []string, flag string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		return strings.HasPrefix(arg, "-") && name == flag
	})
}
