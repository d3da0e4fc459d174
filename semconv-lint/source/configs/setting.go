package configs

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs/collector"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// variables are the settings that hold names, as environment variables, properties and flags are
// called, and how they are read.
var variables = map[string]func(t yamltext.Text, name string) []source.Use{
	"OTEL_RESOURCE_ATTRIBUTES":                     attributeList,
	"otel.resource.attributes":                     attributeList,
	"quarkus.otel.resource.attributes":             attributeList,
	"OTEL_SEMCONV_STABILITY_OPT_IN":                optIns,
	"otel.semconv-stability.opt-in":                optIns,
	"OTEL_EXPERIMENTAL_RESOURCE_DISABLED_KEYS":     keyList(translate.Resource),
	"OTEL_RESOURCE_DISABLED_KEYS":                  keyList(translate.Resource),
	"otel.experimental.resource.disabled.keys":     keyList(translate.Resource),
	"otel.resource.disabled.keys":                  keyList(translate.Resource),
	"otel.resource.disabled-keys":                  keyList(translate.Resource),
	"distributor.otel-promote-resource-attributes": keyList(translate.Resource),
	"ES_TAGS_AS_FIELDS_INCLUDE":                    keyList(source.AnySpan | translate.Resource),
	"es.tags-as-fields.include":                    keyList(source.AnySpan | translate.Resource),
}

// setting reads one by its name.
func setting(name string, value yamltext.Text) []source.Use {
	if read := variables[name]; read != nil && value.Placed() {
		return read(value, name)
	}
	return nil
}

// key is what can be an attribute's.
var key = regexp.MustCompile(`^[A-Za-z][\w./-]*$`)

// attributeList reads k=v,k=v with values in percent-encoding.
func attributeList(t yamltext.Text, name string) []source.Use {
	var uses []source.Use
	for _, item := range collector.Split(t, ",") {
		k, v, ok := strings.Cut(item.Value, "=")
		left := strings.TrimSpace(k)
		if !ok || !key.MatchString(left) {
			continue
		}
		u := keyUse(item.Slice(0, len(left)), name, translate.Resource, false)
		if value := strings.TrimSpace(v); value != "" && !strings.ContainsAny(value, "$%`{}\\\"'") {
			from := len(k) + 1 + strings.Index(v, value)
			at, literal := item.Slice(from, from+len(value)).Range()
			u.Value = &source.Text{At: at, Text: value}
			if literal {
				u.Value.Rewrite = encoded(at)
			}
		}
		uses = append(uses, u)
	}
	within(uses, t)
	return uses
}

// encoded writes a value in percent-encoding where it needs that.
func encoded(at source.Range) source.Rewrite {
	return func(name string) []source.Edit {
		return source.Replace(at)(strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	}
}

func keyList(place translate.Place) func(yamltext.Text, string) []source.Use {
	return func(t yamltext.Text, name string) []source.Use {
		var uses []source.Use
		for _, item := range collector.Split(t, ",") {
			if key.MatchString(item.Value) {
				uses = append(uses, keyUse(item, name, place, true))
			}
		}
		within(uses, t)
		return uses
	}
}

// optIns reads the words that choose conventions.
func optIns(t yamltext.Text, name string) []source.Use {
	var uses []source.Use
	for _, item := range collector.Split(t, ",") {
		if key.MatchString(item.Value) {
			u := keyUse(item, name, 0, false)
			u.Role = source.OptIn
			uses = append(uses, u)
		}
	}
	within(uses, t)
	return uses
}

// keyUse is an attribute's key that stands alone in a text.
func keyUse(t yamltext.Text, callee string, place translate.Place, read bool) source.Use {
	at, literal := t.Range()
	u := source.Use{Role: source.Attribute, Tier: source.A, At: at, Key: t.Value, Callee: callee, Place: place, Read: read, Within: -1}
	if literal {
		u.Rewrite = source.Replace(at)
	}
	return u
}

// within says of all uses that they stand in one text.
func within(uses []source.Use, t yamltext.Text) {
	at, _ := t.Range()
	for i := range uses {
		uses[i].Within = at.Start
	}
}

// attribute is a key of a resource with its value.
func attribute(name yamltext.Text, value *yamltext.Node, callee string) []source.Use {
	if !name.Placed() || !key.MatchString(name.Value) {
		return nil
	}
	u := keyUse(name, callee, translate.Resource, false)
	if value.Kind == yamltext.Scalar && value.String && value.Text.Placed() && !strings.ContainsRune(value.Text.Value, filler) {
		at, literal := value.Text.Range()
		u.Value = &source.Text{At: at, Text: value.Text.Value}
		if literal {
			u.Value.Rewrite = source.Replace(at)
		}
	}
	return []source.Use{u}
}
