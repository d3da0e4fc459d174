import static java.nio.charset.StandardCharsets.UTF_8;

import brave.Span;
import brave.Tracer;
import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.Propagation.RemoteSetter;
import brave.propagation.TraceContext;
import brave.propagation.TraceContext.Extractor;
import brave.propagation.TraceContext.Injector;
import brave.propagation.TraceContextOrSamplingFlags;
import java.io.Flushable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.InMemoryReporterMetrics;
import zipkin2.reporter.SpanBytesEncoder;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.brave.MutableSpanBytesEncoder;
import zipkin2.reporter.brave.ZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/**
 * Orders in a shop of three services, each with a Brave of its own as it comes: ids of 64 bits,
 * B3 headers between them, client and server of a call under one id.
 *
 * <p>Usage: BraveClient json|proto|json-v1|thrift http://HOST:PORT. Prints each span that ends as
 * Zipkin's JSON, one a line.
 */
public final class BraveClient {
  static final int TRACES = 20;

  public static void main(String[] args) throws Exception {
    try (Service shop = new Service("shop", 1, args[0], args[1]);
        Service orders = new Service("orders", 2, args[0], args[1]);
        Service billing = new Service("billing", 3, args[0], args[1])) {
      for (int i = 0; i < TRACES; i++) {
        Map<String, String> headers = new HashMap<>();
        if (i == 0) headers.put("X-B3-Flags", "1"); // someone debugs
        checkout(shop, orders, billing, headers);
      }
    }
  }

  static void checkout(Service shop, Service orders, Service billing, Map<String, String> headers) {
    Span root = shop.serve(headers).name("get /checkout").start();
    root.tag("http.method", "GET").tag("http.path", "/checkout").tag("http.status_code", "200");

    Span client = shop.tracer.newChild(root.context()).kind(Span.Kind.CLIENT).name("post");
    client.remoteServiceName("orders");
    client.remoteIpAndPort("10.0.0.2", 8080);
    client.tag("http.method", "POST").tag("http.path", "/orders").tag("http.status_code", "500").start();
    Map<String, String> call = new HashMap<>();
    shop.http.inject(client.context(), call);
    // On the client's side of a shared id: must not follow the server.
    Span wait = shop.tracer.newChild(client.context()).name("wait").start();

    Map<String, String> message = new HashMap<>();
    order(orders, call, message);

    wait.finish();
    client.error(new IllegalStateException("500"));
    client.finish();
    root.finish();

    Span receive = billing.tracer.nextSpan(billing.extractor.extract(message));
    receive.kind(Span.Kind.CONSUMER).name("receive");
    receive.remoteServiceName("kafka");
    receive.tag("kafka.topic", "orders").start();
    Span charge = billing.tracer.newChild(receive.context()).name("charge").start();
    charge.finish();
    receive.finish();
  }

  static void order(Service orders, Map<String, String> headers, Map<String, String> message) {
    Span server = orders.serve(headers).name("post /orders");
    server.remoteIpAndPort("10.0.0.1", 51234);
    server.tag("http.method", "POST").tag("http.path", "/orders").tag("http.status_code", "500").start();

    Span reserve = orders.tracer.newChild(server.context()).name("reserve").start();
    reserve.tag("order.id", "0042");
    reserve.annotate("retry|later");
    reserve.annotate("sold out");
    reserve.finish();

    Span send = orders.tracer.newChild(server.context()).kind(Span.Kind.PRODUCER).name("send");
    send.remoteServiceName("kafka");
    send.remoteIpAndPort("10.0.0.9", 9092);
    send.tag("kafka.topic", "orders").start();
    orders.messages.inject(send.context(), message);
    send.finish();

    server.error(new IllegalStateException("no stock"));
    server.finish();
  }

  /** One service: a Brave and its reporter. */
  static final class Service implements AutoCloseable {
    final Tracer tracer;
    final Injector<Map<String, String>> http;
    final Injector<Map<String, String>> messages;
    final Extractor<Map<String, String>> extractor;

    private final Tracing tracing;
    private final InMemoryReporterMetrics metrics = new InMemoryReporterMetrics();
    private final URLConnectionSender sender;
    private Flushable reporter;

    Service(String name, int host, String encoding, String url) {
      boolean v1 = encoding.equals("json-v1") || encoding.equals("thrift");
      sender = URLConnectionSender.newBuilder()
          .endpoint(url + (v1 ? "/api/v1/spans" : "/api/v2/spans"))
          .encoding(switch (encoding) {
            case "proto" -> Encoding.PROTO3;
            case "thrift" -> Encoding.THRIFT;
            default -> Encoding.JSON;
          })
          .build();
      tracing = Tracing.newBuilder()
          .localServiceName(name)
          .localIp("10.0.0." + host)
          .localPort(8080)
          .addSpanHandler(new Printer())
          .addSpanHandler(v1 ? version1(encoding) : version2())
          .build();
      tracer = tracing.tracer();
      http = tracing.propagation().injector(Map::put);
      messages = tracing.propagation().injector(new MessageSetter());
      extractor = tracing.propagation().extractor(Map::get);
    }

    // Without a timer: a span and its children leave in one request, so that the test's outcome
    // does not hang on the machine's speed.
    private SpanHandler version2() {
      AsyncZipkinSpanHandler handler = AsyncZipkinSpanHandler.newBuilder(sender)
          .metrics(metrics).messageTimeout(0, TimeUnit.SECONDS).build();
      reporter = handler;
      return handler;
    }

    private SpanHandler version1(String encoding) {
      AsyncReporter<zipkin2.Span> async = AsyncReporter.builder(sender)
          .metrics(metrics).messageTimeout(0, TimeUnit.SECONDS)
          .build(encoding.equals("thrift") ? SpanBytesEncoder.THRIFT : SpanBytesEncoder.JSON_V1);
      reporter = async;
      return ZipkinSpanHandler.create(async);
    }

    /** What Brave's instrumentation does with an incoming request. */
    Span serve(Map<String, String> headers) {
      TraceContextOrSamplingFlags extracted = extractor.extract(headers);
      Span span = extracted.context() != null ? tracer.joinSpan(extracted.context()) : tracer.nextSpan(extracted);
      return span.kind(Span.Kind.SERVER);
    }

    @Override public void close() throws Exception {
      reporter.flush();
      tracing.close();
      sender.close();
      if (metrics.messagesDropped() > 0 || metrics.spansDropped() > 0 || metrics.queuedSpans() > 0) {
        System.err.println("not delivered: " + metrics.messagesDropped() + " messages, " + metrics.spansDropped()
            + " spans: " + metrics.messagesDroppedByCause());
        System.exit(1);
      }
    }
  }

  /** Messages carry B3 in a single header, without the parent. */
  static final class MessageSetter implements RemoteSetter<Map<String, String>> {
    @Override public Span.Kind spanKind() { return Span.Kind.PRODUCER; }

    @Override public void put(Map<String, String> message, String key, String value) { message.put(key, value); }
  }

  static final class Printer extends SpanHandler {
    @Override public boolean end(TraceContext context, MutableSpan span, Cause cause) {
      System.out.println(new String(MutableSpanBytesEncoder.JSON_V2.encode(span), UTF_8));
      return true;
    }
  }
}
