"""Orders in a shop of two services, through OpenTelemetry's SDK and its exporters for Zipkin.

Usage: opentelemetry_client.py json|proto|json-v1 http://HOST:PORT. Prints each span that ends as
JSON, one a line.
"""

import json
import logging
import sys

from opentelemetry.exporter.zipkin.encoder import Protocol
from opentelemetry.exporter.zipkin.json import ZipkinExporter as JSONExporter
from opentelemetry.exporter.zipkin.proto.http import ZipkinExporter as ProtoExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, format_span_id, format_trace_id

TRACES = 20


def exporter(encoding, url):
    if encoding == "proto":
        return ProtoExporter(endpoint=url + "/api/v2/spans")
    if encoding == "json":
        return JSONExporter(endpoint=url + "/api/v2/spans")
    # Without a length the exporter fails by itself in version 1.
    return JSONExporter(version=Protocol.V1, endpoint=url + "/api/v1/spans", max_tag_value_length=128)


class Printer(SpanProcessor):
    def __init__(self, encoding):
        self.encoding = encoding

    def on_end(self, span):
        print(json.dumps({
            "traceId": format_trace_id(span.context.trace_id),
            "id": format_span_id(span.context.span_id),
            "parentId": format_span_id(span.parent.span_id) if span.parent else "",
            "name": span.name,
            # The exporter writes no kind in version 1.
            "kind": "" if self.encoding == "json-v1" else span.kind.name,
            # The exporter takes every sampled span for one that someone debugs; nobody does.
            "debug": False,
            "timestamp": span.start_time / 1000,
            "duration": (span.end_time - span.start_time) / 1000,
            "tags": {k: str(v) for k, v in span.attributes.items()},
            "annotations": [
                {"value": e.name, "timestamp": e.timestamp / 1000, "attributes": dict(e.attributes)}
                for e in span.events
            ],
            "resource": dict(span.resource.attributes),
            "scope": {"name": span.instrumentation_scope.name, "version": span.instrumentation_scope.version or ""},
            "status": {"code": span.status.status_code.name, "message": span.status.description or ""},
        }))


class Failures(logging.Handler):
    """The SDK logs what it could not send and goes on."""

    seen = 0

    def emit(self, record):
        self.seen += 1


def provider(service, encoding, url):
    resource = Resource.create({"service.name": service, "service.version": "1.2.3", "deployment.environment": "test"})
    p = TracerProvider(resource=resource)
    p.add_span_processor(Printer(encoding))
    p.add_span_processor(BatchSpanProcessor(exporter(encoding, url)))
    return p


def checkout(shop, orders):
    with shop.start_as_current_span("GET /checkout", kind=SpanKind.SERVER) as root:
        root.set_attributes({"http.request.method": "GET", "http.response.status_code": 200, "url.path": "/checkout"})
        root.set_status(StatusCode.OK)
        with shop.start_as_current_span("POST", kind=SpanKind.CLIENT) as client:
            client.set_attributes({
                "http.request.method": "POST", "http.response.status_code": 500,
                "server.address": "orders", "server.port": 8080,
            })
            client.set_status(StatusCode.ERROR)
            order(orders)


def order(orders):
    with orders.start_as_current_span("POST /orders", kind=SpanKind.SERVER) as server:
        server.set_attributes({"http.request.method": "POST", "http.response.status_code": 500, "url.path": "/orders"})
        with orders.start_as_current_span("reserve") as reserve:
            reserve.set_attribute("order.id", "0042")
            reserve.add_event("sold out", {"item": "amphora", "left": 0})
            reserve.add_event("retry|later")
        with orders.start_as_current_span("send orders", kind=SpanKind.PRODUCER):
            with orders.start_as_current_span("process orders", kind=SpanKind.CONSUMER):
                pass
        server.set_status(Status(StatusCode.ERROR, "no stock"))


def main():
    encoding, url = sys.argv[1:]
    failures = Failures(logging.ERROR)
    logging.basicConfig(handlers=[failures, logging.StreamHandler()])
    providers = [provider(name, encoding, url) for name in ("shop", "orders")]
    # The second without a version, as many are.
    shop, orders = providers[0].get_tracer("koine.clients", "0.1"), providers[1].get_tracer("koine.clients")
    for _ in range(TRACES):
        checkout(shop, orders)
    for p in providers:
        p.shutdown()
    return 1 if failures.seen else 0


sys.exit(main())
