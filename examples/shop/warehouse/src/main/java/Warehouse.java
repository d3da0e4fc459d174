import brave.Tracing;
import brave.http.HttpRequestParser;
import brave.http.HttpTags;
import brave.http.HttpTracing;
import brave.jakarta.servlet.TracingFilter;
import brave.okhttp3.TracingInterceptor;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Reserves what is ordered. It reports as Brave does: B3 headers, Zipkin's JSON. */
public final class Warehouse {
  public static void main(String[] args) throws Exception {
    var sender = URLConnectionSender.create(System.getenv("ZIPKIN_ENDPOINT"));
    var spans = AsyncZipkinSpanHandler.create(sender);
    var tracing = Tracing.newBuilder().localServiceName("warehouse").addSpanHandler(spans).build();
    // Brave leaves out where a request goes, which nobody can know afterwards.
    HttpRequestParser withURL = (request, context, span) -> {
      HttpRequestParser.DEFAULT.parse(request, context, span);
      HttpTags.URL.tag(request, context, span);
    };
    var http = HttpTracing.newBuilder(tracing).clientRequestParser(withURL).serverRequestParser(withURL).build();

    var context = new ServletContextHandler();
    context.addFilter(new FilterHolder(TracingFilter.create(http)), "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(new ServletHolder(new Reservations(http)), "/reservations");
    var port = Integer.parseInt(System.getenv("PORT"));
    var server = new Server(new InetSocketAddress("localhost", port));
    server.setHandler(context);
    server.start();

    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      tracing.close();
      spans.close(); // sends what waits
      sender.close();
    }));
    server.join();
  }

  static final class Reservations extends HttpServlet {
    private final String catalog = System.getenv("CATALOG_URL");
    private final OkHttpClient client;

    Reservations(HttpTracing http) {
      client = new OkHttpClient.Builder()
          .addNetworkInterceptor(TracingInterceptor.create(http.clientOf("catalog")))
          .build();
    }

    @Override protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
      request.setAttribute("http.route", "/reservations"); // Brave's filter can't know it
      response.setStatus(inStock(request.getParameterValues("sku")) ? 204 : 409);
    }

    private boolean inStock(String[] skus) throws IOException {
      if (catalog == null) return true;
      var url = HttpUrl.get(catalog + "/stock").newBuilder();
      for (String sku : skus) url.addQueryParameter("sku", sku);
      try (Response stock = client.newCall(new Request.Builder().url(url.build()).build()).execute()) {
        return stock.isSuccessful();
      }
    }
  }
}
