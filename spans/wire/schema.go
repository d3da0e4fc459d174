package wire

// message is one of OTLP's, or Zipkin's, messages that lead to a value or are counted.
type message uint8

const (
	none message = iota
	// leaf is any message without counted or nesting fields: its bytes are skipped.
	leaf

	tracesRequest
	metricsRequest
	logsRequest
	profilesRequest
	resourceSpans
	resourceMetrics
	resourceLogs
	resourceProfiles
	scopeSpans
	scopeMetrics
	scopeLogs
	scopeProfiles
	resource
	scope
	span
	event
	link
	metric
	numbers // Gauge or Sum
	histogram
	exponential
	summary
	numberPoint
	histogramPoint
	exponentialPoint
	summaryPoint
	exemplar
	logRecord
	profile
	dictionary
	location
	attributeAndUnit
	keyValue
	anyValue
	arrayValue
	mapValue

	zipkinSpans
	zipkinSpan
	zipkinTag
	zipkinAnnotation

	messages
)

// edge says what to do with a field whose type is a message. The zero edge is
// every other field: skipped by its wire type.
type edge struct {
	to   message
	does action
}

type action uint8

const (
	// counted is a message that pdata appends: an element.
	counted action = 1 << iota
	// attribute is a KeyValue of the message that it stands in.
	attribute
	// merged is a singular message: given again, its attributes add to the former.
	merged
	// nested is a level of value depth.
	nested
)

// deprecatedScope is the field in which releases of OTLP before 0.19 held the scopes.
// pdata still appends it, so it stands in the schema, at 0, which no field has.
const deprecatedScope = 1000

// fieldsOf is the greatest field number in the schema, and one.
const fieldsOf = 14

// roots holds each signal's request message.
var roots = [...]message{Traces: tracesRequest, Metrics: metricsRequest, Logs: logsRequest, Profiles: profilesRequest, Zipkin: zipkinSpans}

// schema is the part of opentelemetry-proto 1.x that pdata builds from nested messages.
var schema = [messages][fieldsOf]edge{
	tracesRequest:    {1: {resourceSpans, counted}},
	metricsRequest:   {1: {resourceMetrics, counted}},
	logsRequest:      {1: {resourceLogs, counted}},
	profilesRequest:  {1: {resourceProfiles, counted}, 2: {dictionary, 0}},
	resourceSpans:    {1: {resource, merged}, 2: {scopeSpans, counted}, 0: {scopeSpans, counted}},
	resourceMetrics:  {1: {resource, merged}, 2: {scopeMetrics, counted}, 0: {scopeMetrics, counted}},
	resourceLogs:     {1: {resource, merged}, 2: {scopeLogs, counted}, 0: {scopeLogs, counted}},
	resourceProfiles: {1: {resource, merged}, 2: {scopeProfiles, counted}},
	scopeSpans:       {1: {scope, merged}, 2: {span, counted}},
	scopeMetrics:     {1: {scope, merged}, 2: {metric, counted}},
	scopeLogs:        {1: {scope, merged}, 2: {logRecord, counted}},
	scopeProfiles:    {1: {scope, merged}, 2: {profile, counted}},

	resource: {1: {keyValue, attribute}, 3: {leaf, counted}},
	scope:    {3: {keyValue, attribute}},

	span:  {9: {keyValue, attribute}, 11: {event, counted}, 13: {link, counted}},
	event: {3: {keyValue, attribute}},
	link:  {4: {keyValue, attribute}},

	metric: {
		5: {numbers, 0}, 7: {numbers, 0}, 9: {histogram, 0}, 10: {exponential, 0}, 11: {summary, 0},
		12: {keyValue, attribute},
	},
	numbers:          {1: {numberPoint, counted}},
	histogram:        {1: {histogramPoint, counted}},
	exponential:      {1: {exponentialPoint, counted}},
	summary:          {1: {summaryPoint, counted}},
	numberPoint:      {7: {keyValue, attribute}, 5: {exemplar, counted}},
	histogramPoint:   {9: {keyValue, attribute}, 8: {exemplar, counted}},
	exponentialPoint: {1: {keyValue, attribute}, 11: {exemplar, counted}},
	summaryPoint:     {7: {keyValue, attribute}, 6: {leaf, counted}},
	exemplar:         {7: {keyValue, attribute}},

	logRecord: {5: {anyValue, 0}, 6: {keyValue, attribute}},

	profile: {2: {leaf, counted}},
	dictionary: {
		1: {leaf, counted}, 2: {location, counted}, 3: {leaf, counted}, 4: {leaf, counted},
		6: {attributeAndUnit, counted}, 7: {leaf, counted},
	},
	location:         {3: {leaf, counted}},
	attributeAndUnit: {2: {anyValue, 0}},

	keyValue:   {2: {anyValue, 0}},
	anyValue:   {5: {arrayValue, nested}, 6: {mapValue, nested}},
	arrayValue: {1: {anyValue, counted}},
	mapValue:   {1: {keyValue, attribute}},

	zipkinSpans: {1: {zipkinSpan, counted}},
	zipkinSpan:  {10: {zipkinAnnotation, attribute}, 11: {zipkinTag, attribute}},
}

// heapOf is the bytes of heap that a decoder takes for an empty message of each kind, and
// for its place in the slice around it: measured, and rounded up to leave something for the
// slices that were outgrown. TestHeapIsEnough holds it against pdata.
var heapOf = [messages]int{
	leaf: 96, arrayValue: 32, mapValue: 32, anyValue: 32, keyValue: 96,
	resourceSpans: 160, resourceMetrics: 160, resourceLogs: 160, resourceProfiles: 256,
	scopeSpans: 144, scopeMetrics: 144, scopeLogs: 144, scopeProfiles: 144,
	span: 256, event: 96, link: 112,
	metric: 176, numberPoint: 128, histogramPoint: 192, exponentialPoint: 224, summaryPoint: 128, exemplar: 112,
	logRecord: 160,
	profile:   320, location: 128, attributeAndUnit: 96,
	// A Zipkin span may have a resource and a scope of its own, and attributes of its endpoints.
	// TestHeapIsEnough of package zipkin holds these.
	zipkinSpan: 768, zipkinTag: 96, zipkinAnnotation: 160,
}
