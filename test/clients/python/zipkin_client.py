"""Orders in a shop of two services, through py_zipkin.

Usage: zipkin_client.py json|proto|json-v1 http://HOST:PORT. Prints each span as Zipkin's JSON,
one a line.
"""

import logging
import sys
from urllib.parse import urlsplit

from py_zipkin import Encoding, Kind, logging_helper
from py_zipkin.encoding._encoders import get_encoder
from py_zipkin.request_helpers import create_http_headers, extract_zipkin_attrs_from_headers
from py_zipkin.storage import Tracer
from py_zipkin.transport import SimpleHTTPTransport

TRACES = 20
ENCODINGS = {"json": Encoding.V2_JSON, "proto": Encoding.V2_PROTO3, "json-v1": Encoding.V1_JSON}


class Printing:
    """The library's encoder, which also prints what it is given."""

    def __init__(self, encoding):
        self.encoder = get_encoder(encoding)
        self.encode_queue, self.fits = self.encoder.encode_queue, self.encoder.fits

    def encode_span(self, span):
        print(get_encoder(Encoding.V2_JSON).encode_span(span))
        return self.encoder.encode_span(span)


class Failures(logging.Handler):
    """py_zipkin logs what it could not send and goes on."""

    seen = 0

    def emit(self, record):
        self.seen += 1


class Service:
    def __init__(self, name, host, url, encoding):
        self.tracer = Tracer()
        self.name, self.host, self.encoding = name, host, encoding
        self.transport = SimpleHTTPTransport(url.hostname, url.port)

    def root(self, span_name, **more):
        return self.tracer.zipkin_span(
            self.name, span_name, transport_handler=self.transport, encoding=self.encoding,
            host=self.host, port=8080, **more,
        )

    def child(self, span_name, **more):
        return self.tracer.zipkin_span(self.name, span_name, **more)


def checkout(shop, orders):
    with shop.root("GET /checkout", kind=Kind.SERVER, sample_rate=100.0) as root:
        root.update_binary_annotations({"http.method": "GET", "http.path": "/checkout", "http.status_code": "200"})
        with shop.child("post", kind=Kind.CLIENT) as client:
            client.update_binary_annotations({"http.method": "POST", "http.path": "/orders", "http.status_code": "500"})
            client.add_sa_binary_annotation(8080, "orders", "10.0.0.2")
            headers = create_http_headers(tracer=shop.tracer)
            # On the client's side of a shared id: must not follow the server.
            with shop.child("wait") as wait:
                wait.update_binary_annotations({"order.id": "0042"})
                try:
                    order(orders, headers)
                except RuntimeError as e:
                    client.update_binary_annotations({"error": str(e)})


def order(orders, headers):
    attrs = extract_zipkin_attrs_from_headers(headers)
    with orders.root("post /orders", kind=Kind.SERVER, zipkin_attrs=attrs) as server:
        server.update_binary_annotations({"http.method": "POST", "http.path": "/orders", "http.status_code": "500"})
        with orders.child("reserve") as reserve:
            reserve.update_binary_annotations({"order.id": "0042"})
            reserve.add_annotation("retry|later")
            reserve.add_annotation("sold out")
        with orders.child("send", kind=Kind.PRODUCER) as send:
            send.update_binary_annotations({"kafka.topic": "orders"})
        raise RuntimeError("no stock")


def main():
    encoding, url = ENCODINGS[sys.argv[1]], urlsplit(sys.argv[2])
    logging_helper.get_encoder = Printing
    failures = Failures(logging.ERROR)
    logging.basicConfig(handlers=[failures, logging.StreamHandler()])
    shop, orders = Service("shop", "10.0.0.1", url, encoding), Service("orders", "10.0.0.2", url, encoding)
    for _ in range(TRACES):
        checkout(shop, orders)
    return 1 if failures.seen else 0


sys.exit(main())
