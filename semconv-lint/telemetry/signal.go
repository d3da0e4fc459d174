package telemetry

import "google.golang.org/protobuf/encoding/protowire"

// elementKind tells what an element of a request is. OTLP's three signals have the same outer
// messages, resource, scope, item, so the first item tells; a Zipkin span is an item itself.
func elementKind(element []byte) kind {
	if isItem(element, zipkinTypes) && hasID(element, 3) {
		return zipkinProtoPiece
	}
	item, found := firstItem(element)
	switch {
	case !found:
		return unknownKind
	case isItem(item, spanTypes) && hasID(item, 2):
		return tracesPiece
	case isItem(item, logTypes):
		return logsPiece
	case isItem(item, metricTypes):
		return metricsPiece
	}
	return unknownKind
}

// firstItem finds the first span, metric or record of a resource: field 2 of a field 2.
func firstItem(resource []byte) (item []byte, found bool) {
	eachField(resource, func(number protowire.Number, _ protowire.Type, scope []byte) bool {
		if number == 2 {
			eachField(scope, func(number protowire.Number, _ protowire.Type, content []byte) bool {
				if number == 2 {
					item, found = content, true
				}
				return !found
			})
		}
		return !found
	})
	return item, found
}

// The wire types of items' fields, by number: v, d, b and s stand for varint, fixed64, bytes and
// fixed32, - for no field.
const (
	spanTypes   = "-bbbbbvddbvbvbvbs"
	metricTypes = "-bbb-b-b-bbbb"
	logTypes    = "-dvb-bbvsbbdb"
	zipkinTypes = "-bbbvbdvbbbbvv"

	wireTypes = "vdb--s" // by protowire.Type; groups are in none of these
)

// isItem is whether all fields are such as types has them. Numbers still to come are none.
func isItem(message []byte, types string) bool {
	fields := 0
	whole := eachField(message, func(number protowire.Number, is protowire.Type, _ []byte) bool {
		fields++
		return int(number) < len(types) && types[number] == wireTypes[is] && types[number] != '-'
	})
	return whole && fields > 0
}

// hasID is whether a field is an id of a span.
func hasID(message []byte, field protowire.Number) (has bool) {
	eachField(message, func(number protowire.Number, _ protowire.Type, content []byte) bool {
		if number == field {
			has = len(content) == 8
		}
		return !has
	})
	return has
}

// eachField goes through a message until f is false, and is whether it got to the end.
func eachField(message []byte, f func(number protowire.Number, is protowire.Type, content []byte) bool) bool {
	for len(message) > 0 {
		number, is, n := protowire.ConsumeTag(message)
		if n < 0 {
			return false
		}
		length := protowire.ConsumeFieldValue(number, is, message[n:])
		if length < 0 {
			return false
		}
		var content []byte
		if is == protowire.BytesType {
			content, _ = protowire.ConsumeBytes(message[n:])
		}
		if !f(number, is, content) {
			return false
		}
		message = message[n+length:]
	}
	return true
}
