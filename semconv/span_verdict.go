package semconv

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Span is a span as a whole.
type Span struct {
	Name string
	// Kind is Internal, Server, Client, Producer or Consumer.
	Kind translate.Place
	// Keys are its attributes' keys.
	Keys []string
	// Text gives an attribute's text, empty where it is not there.
	Text func(key string) string
}

// Span says what is wrong with a span as a whole: what its convention requires and it
// lacks, its kind, its name. Its attributes one by one are for Attribute.
func (j *Judge) Span(s Span) []Problem {
	var problems []Problem
	if s.Varies() {
		problems = append(problems, Problem{Code: Name, Have: s.Name, Instead: nonEmpty(s.BetterName())})
	}
	convention := j.Convention(s)
	if convention == nil {
		return problems
	}
	if want := placeOf(convention.Kind); want != s.Kind {
		problems = append(problems, Problem{Code: Kind, Have: kindName(s.Kind), Want: kindName(want)})
	}
	present := j.present(s)
	for _, use := range convention.Attributes {
		if use.Level == registry.Required && !slices.Contains(present, use.Key) {
			problems = append(problems, Problem{Code: Missing, Key: use.Key})
		}
	}
	return problems
}

// present are the keys that a span has, and those that it has once its old ones are
// translated: an old URL counts as a port where it names one.
func (j *Judge) present(s Span) []string {
	in := translate.Input{Keys: s.Keys, Place: s.Kind}
	for _, k := range s.Keys {
		in.Values = append(in.Values, translate.StringValue(s.Text(k)))
	}
	var r translate.Result
	j.table.Translate(&in, &r)
	present := slices.Clone(s.Keys)
	for _, n := range r.Renames {
		present = append(present, n.Key)
	}
	for _, e := range r.Edits {
		present = append(present, e.Key)
	}
	return present
}

// Convention finds the span type that a span is of from its kind and the attributes
// that tell; the wire does not say it. It is nil for a span of no convention.
func (j *Judge) Convention(s Span) *registry.Span {
	side := "client"
	if s.Kind == translate.Server || s.Kind == translate.Consumer {
		side = "server"
	}
	text := func(keys ...string) string { return first(s.Text, keys...) }
	switch {
	case text("messaging.system") != "":
		return j.messaging(s, text("messaging.system"))
	case text("rpc.system.name", "rpc.system") != "":
		return j.firstOf("rpc."+text("rpc.system.name", "rpc.system")+".call."+side, "rpc.call."+side)
	case text("db.system.name", "db.system") != "":
		return j.firstOf("db."+lastPart(text("db.system.name", "db.system"))+".client", "db.client")
	case text("http.request.method", "http.method") != "" && s.Kind != translate.Internal:
		return j.firstOf("http." + side)
	default:
		return nil
	}
}

// messaging tells producers, consumers and the calls to a broker apart.
func (j *Judge) messaging(s Span, system string) *registry.Span {
	var suffix string
	switch operation := s.Text("messaging.operation.type") + s.Text("messaging.operation"); {
	case s.Kind == translate.Producer && operation == "create":
		suffix = "create.producer"
	case s.Kind == translate.Producer:
		suffix = "send.producer"
	case s.Kind == translate.Consumer:
		suffix = "process.consumer"
	case operation == "receive" || operation == "settle":
		suffix = operation + ".client"
	default:
		suffix = "send.client"
	}
	return j.firstOf("messaging."+strings.ReplaceAll(system, "aws_sqs", "aws.sqs")+"."+suffix, "messaging."+suffix)
}

func (j *Judge) firstOf(ids ...string) *registry.Span {
	for _, id := range ids {
		if s := j.registry.LookupSpan(id); s != nil && s.Deprecation == registry.Live {
			return s
		}
	}
	return nil
}

// lastPart is the name in the middle of a span's type: microsoft.sql_server is
// db.sql_server.client.
func lastPart(system string) string { return system[strings.LastIndexByte(system, '.')+1:] }

var kindNames = map[translate.Place]string{
	translate.Internal: "INTERNAL", translate.Server: "SERVER", translate.Client: "CLIENT", translate.Producer: "PRODUCER", translate.Consumer: "CONSUMER",
}

func kindName(p translate.Place) string { return kindNames[p] }

func placeOf(k registry.Kind) translate.Place {
	return [...]translate.Place{registry.Internal: translate.Internal, registry.Server: translate.Server, registry.Client: translate.Client,
		registry.Producer: translate.Producer, registry.Consumer: translate.Consumer}[k]
}
