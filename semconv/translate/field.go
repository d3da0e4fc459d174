package translate

import "strings"

// Field is a property of an element that is no attribute and that older vocabularies
// wrote as one. Rules name fields with an @.
type Field uint8

// The fields that rules can set.
const (
	// NoField marks a target that is an attribute.
	NoField Field = iota
	// Kind is the span's kind: internal, server, client, producer or consumer.
	Kind
	// StatusCode is the span's status: OK or ERROR.
	StatusCode
	// StatusMessage says what went wrong; it is set on failed spans only.
	StatusMessage
	// TraceState is the W3C trace state.
	TraceState
	// EventName is a span event's or log record's name.
	EventName
	// ExceptionType, ExceptionMessage and ExceptionStacktrace are those of a span's exception
	// event, which there is from then on.
	ExceptionType
	ExceptionMessage
	ExceptionStacktrace
	// Nothing is where what says nothing goes. It is never set.
	Nothing
)

// Dropped is the name of Nothing: what a name becomes that says nothing.
const Dropped = "@nothing"

// eventName is EventName in rules, as a target and in conditions.
const eventName = "@event.name"

var fieldsByName = map[string]Field{
	"@kind": Kind, "@status.code": StatusCode, "@status.message": StatusMessage,
	"@trace_state": TraceState, eventName: EventName, Dropped: Nothing,
	"@exception.type": ExceptionType, "@exception.message": ExceptionMessage, "@exception.stacktrace": ExceptionStacktrace,
}

// places are what has the field.
func (f Field) places() Place {
	switch f {
	case NoField, Nothing:
		return anywhere
	case EventName:
		return Event | Record
	default:
		return span
	}
}

// takes says whether the field can have a value.
func (f Field) takes(v Value) bool {
	switch f {
	case StatusCode:
		return strings.EqualFold(v.Str(), "OK") || strings.EqualFold(v.Str(), "ERROR")
	case Kind:
		_, ok := kindsByName[strings.ToUpper(v.Str())]
		return ok
	case Nothing:
		return false
	default:
		return true
	}
}

var kindsByName = map[string]Place{"INTERNAL": Internal, "SERVER": Server, "CLIENT": Client, "PRODUCER": Producer, "CONSUMER": Consumer}

// Fields is a set of fields.
type Fields uint16

// With adds a field to the set.
func (f Fields) With(field Field) Fields { return f | 1<<field }

// Has says whether the set has a field.
func (f Fields) Has(field Field) bool { return f&(1<<field) != 0 }
