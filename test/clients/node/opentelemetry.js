// Orders in a shop of two services, through OpenTelemetry's SDK and its exporter for Zipkin.
//
// Usage: opentelemetry.js json http://HOST:PORT. Prints each span that ends as JSON, one a line.
'use strict';

const {DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, diag, trace} = require('@opentelemetry/api');
const {ZipkinExporter} = require('@opentelemetry/exporter-zipkin');
const {defaultResource, resourceFromAttributes} = require('@opentelemetry/resources');
const {BatchSpanProcessor, NodeTracerProvider} = require('@opentelemetry/sdk-trace-node');

const traces = 20;
const [, url] = process.argv.slice(2);

// The SDK logs what it could not send and goes on.
function failed(...message) {
  console.error(...message);
  process.exitCode = 1;
}
diag.setLogger({error: failed, warn: failed, info() {}, debug() {}, verbose() {}}, DiagLogLevel.WARN);

const micros = ([seconds, nanos]) => seconds * 1e6 + nanos / 1e3;
const texts = attributes => Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));

const printer = {
  onStart() {},
  onEnd(span) {
    console.log(JSON.stringify({
      traceId: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parentId: span.parentSpanContext?.spanId,
      name: span.name,
      kind: SpanKind[span.kind],
      timestamp: micros(span.startTime),
      duration: micros(span.duration),
      tags: texts(span.attributes),
      // The exporter writes events without their attributes, and no scope.
      annotations: span.events.map(e => ({value: e.name, timestamp: micros(e.time)})),
      resource: texts(span.resource.attributes),
      status: {code: SpanStatusCode[span.status.code], message: span.status.message},
    }));
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

function provider(service) {
  const resource = resourceFromAttributes({'service.name': service, 'service.version': '1.2.3', 'deployment.environment': 'test'});
  return new NodeTracerProvider({
    resource: defaultResource().merge(resource),
    spanProcessors: [printer, new BatchSpanProcessor(new ZipkinExporter({url: `${url}/api/v2/spans`}))],
  });
}

const providers = ['shop', 'orders'].map(provider);
const [shop, orders] = providers.map(p => p.getTracer('koine.clients', '0.1'));

function within(tracer, parent, name, kind, attributes, body) {
  const span = tracer.startSpan(name, {kind, attributes}, parent);
  body(span, trace.setSpan(parent, span));
  span.end();
}

function checkout() {
  within(shop, ROOT_CONTEXT, 'GET /checkout', SpanKind.SERVER,
    {'http.request.method': 'GET', 'http.response.status_code': 200, 'url.path': '/checkout'}, (root, inRoot) => {
      root.setStatus({code: SpanStatusCode.OK});
      within(shop, inRoot, 'POST', SpanKind.CLIENT,
        {'http.request.method': 'POST', 'http.response.status_code': 500, 'server.address': 'orders', 'server.port': 8080}, (client, inClient) => {
          client.setStatus({code: SpanStatusCode.ERROR});
          order(inClient);
        });
    });
}

function order(parent) {
  within(orders, parent, 'POST /orders', SpanKind.SERVER,
    {'http.request.method': 'POST', 'http.response.status_code': 500, 'url.path': '/orders'}, (server, inServer) => {
      within(orders, inServer, 'reserve', SpanKind.INTERNAL, {'order.id': '0042'}, (reserve) => {
        reserve.addEvent('sold out', {item: 'amphora', left: 0});
        reserve.addEvent('retry|later');
      });
      within(orders, inServer, 'send orders', SpanKind.PRODUCER, {}, (send, inSend) => {
        within(orders, inSend, 'process orders', SpanKind.CONSUMER, {}, () => {});
      });
      server.setStatus({code: SpanStatusCode.ERROR, message: 'no stock'});
    });
}

for (let i = 0; i < traces; i++) {
  checkout();
}
Promise.all(providers.map(p => p.shutdown())).catch(failed);
