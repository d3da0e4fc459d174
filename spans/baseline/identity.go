package baseline

import (
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/koine-otel/koine/spans/tree"
)

// Identity is what an operation is known by. A service's own entry has Name "" and Kind
// Unspecified.
type Identity struct {
	Environment, Namespace, Service, Name string
	Kind                                  tree.Kind
}

// maxName bounds what senders can make us keep: names that agree in so many bytes are one
// operation's. What is longer is an address or a statement, not a name.
const maxName = 256

// Hash is the same in every process: OperationHash of ServiceHash.
func (i Identity) Hash() uint64 {
	return OperationHash(ServiceHash(i.Environment, i.Namespace, i.Service), i.Name, i.Kind)
}

// ServiceHash is the part of Identity.Hash that all operations of a service share.
func ServiceHash(environment, namespace, service string) uint64 {
	// Each field's hash is folded by itself, so that none runs into the next.
	hash := fold(xxhash.Sum64String(clip(environment))^fieldA, fieldB)
	hash = fold(hash^xxhash.Sum64String(clip(namespace)), fieldB)
	return fold(hash^xxhash.Sum64String(clip(service)), fieldB)
}

// OperationHash is Identity.Hash from a ServiceHash.
func OperationHash(service uint64, name string, kind tree.Kind) uint64 {
	return fold(service^xxhash.Sum64String(clip(name)), fieldA+2*uint64(kind))
}

// The fractions of pi, made odd: arbitrary, but never to change, as snapshots outlive us.
const (
	fieldA = 0x243f6a8885a308d3
	fieldB = 0x13198a2e03707345
)

func (i Identity) service() Identity {
	return Identity{Environment: i.Environment, Namespace: i.Namespace, Service: i.Service}
}

// clip cuts a field to maxName bytes, between characters.
func clip(s string) string {
	if len(s) <= maxName {
		return s
	}
	cut := maxName
	for cut > maxName-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
