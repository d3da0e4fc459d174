package telemetry

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jaegerGroups puts spans under their resource and scope.
type jaegerGroups struct {
	traces    ptrace.Traces
	resources map[*jaegerProcess]ptrace.ResourceSpans
	scopes    map[jaegerScope]ptrace.SpanSlice
}

type jaegerScope struct {
	process       *jaegerProcess
	name, version string
}

// add adds a span. Its scope stands in its tags, under new names or old ones.
func (g *jaegerGroups) add(s *jaegerSpan, p *jaegerProcess) error {
	span := ptrace.NewSpan()
	if err := s.write(span); err != nil {
		return err
	}
	tags := span.Attributes()
	scope := jaegerScope{process: p}
	oldName, oldVersion := take(tags, "otel.library.name"), take(tags, "otel.library.version")
	if scope.name = take(tags, "otel.scope.name"); scope.name == "" {
		scope.name = oldName
	}
	if scope.version = take(tags, "otel.scope.version"); scope.version == "" {
		scope.version = oldVersion
	}
	spans, known := g.scopes[scope]
	if !known {
		var err error
		if spans, err = g.open(scope, p); err != nil {
			return err
		}
	}
	span.MoveTo(spans.AppendEmpty())
	return nil
}

func (g *jaegerGroups) open(scope jaegerScope, p *jaegerProcess) (ptrace.SpanSlice, error) {
	resource, known := g.resources[scope.process]
	if !known {
		resource = g.traces.ResourceSpans().AppendEmpty()
		g.resources[scope.process] = resource
		attributes := resource.Resource().Attributes()
		if err := putTags(attributes, p.Tags); err != nil {
			return ptrace.SpanSlice{}, fmt.Errorf("process: %w", err)
		}
		if p.ServiceName == "" {
			return ptrace.SpanSlice{}, errors.New("process: has no serviceName")
		}
		attributes.PutStr("service.name", p.ServiceName)
	}
	scopeSpans := resource.ScopeSpans().AppendEmpty()
	scopeSpans.Scope().SetName(scope.name)
	scopeSpans.Scope().SetVersion(scope.version)
	g.scopes[scope] = scopeSpans.Spans()
	return scopeSpans.Spans(), nil
}
