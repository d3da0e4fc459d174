package tailsamplingprocessor

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/spans/tree"
)

func (s *series) attributes() []attribute.KeyValue {
	name := s.identity.Name
	if s.others {
		name = other
	}
	attrs := []attribute.KeyValue{attribute.String("service.name", valid(s.identity.Service)), attribute.String("koine.operation", valid(name))}
	if s.identity.Namespace != "" {
		attrs = append(attrs, attribute.String("service.namespace", valid(s.identity.Namespace)))
	}
	if s.identity.Environment != "" {
		attrs = append(attrs, attribute.String("deployment.environment.name", valid(s.identity.Environment)))
	}
	if !s.others {
		attrs = append(attrs, attribute.String("span.kind", kindName(s.identity.Kind)))
	}
	return attrs
}

// valid makes a name fit for exporters that refuse what is not UTF-8.
func valid(name string) string { return strings.ToValidUTF8(name, "\uFFFD") }

var kindNames = [...]string{
	tree.Unspecified: "unspecified", tree.Internal: "internal", tree.Server: "server", tree.Client: "client",
	tree.Producer: "producer", tree.Consumer: "consumer",
}

// kindName takes kinds that OTLP does not know, which senders may make up, for none.
func kindName(kind tree.Kind) string {
	if int(kind) >= len(kindNames) {
		kind = tree.Unspecified
	}
	return kindNames[kind]
}

func withAttribute(attrs []attribute.KeyValue, another attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(attrs[:len(attrs):len(attrs)], another)...))
}
