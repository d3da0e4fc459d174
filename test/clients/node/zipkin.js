// Orders in a shop of three services, through zipkin-js as it comes: ids of 64 bits, B3 headers
// between them, client and server of a call under one id.
//
// Usage: zipkin.js json|json-v1 http://HOST:PORT. Prints each span as Zipkin's JSON, one a line.
'use strict';

const {Annotation, BatchRecorder, ExplicitContext, InetAddress, Instrumentation, Tracer, jsonEncoder, model, option} = require('zipkin');
const {HttpLogger} = require('zipkin-transport-http');

const traces = 20;
const [encoding, url] = process.argv.slice(2);

class Service {
  constructor(name, host) {
    // The library's default is version 1.
    this.logger = new HttpLogger(encoding === 'json'
      ? {endpoint: `${url}/api/v2/spans`, jsonEncoder: jsonEncoder.JSON_V2}
      : {endpoint: `${url}/api/v1/spans`});
    this.delivered = new Promise((resolve, reject) => {
      this.logger.on('success', resolve);
      this.logger.on('error', reject);
    });
    const logger = {
      logSpan: (span) => {
        console.log(jsonEncoder.JSON_V2.encode(span));
        this.logger.logSpan(span);
      }
    };
    this.tracer = new Tracer({
      ctxImpl: new ExplicitContext(),
      recorder: new BatchRecorder({logger}),
      localEndpoint: new model.Endpoint({serviceName: name, ipv4: host, port: 8080}),
    });
    this.server = new Instrumentation.HttpServer({tracer: this.tracer, host, port: 8080});
  }

  serve(method, path, headers, status, handle) {
    const {tracer, server} = this;
    tracer.scoped(() => {
      const id = server.recordRequest(method, path, name => option.fromNullable(headers[name]));
      tracer.recordBinary('http.method', method);
      handle(id);
      server.recordResponse(id, status);
    });
  }

  call(remote, method, path, request) {
    const {tracer} = this;
    const client = new Instrumentation.HttpClient({tracer, remoteServiceName: remote});
    tracer.scoped(() => {
      const {headers} = client.recordRequest({}, `http://${remote}:8080${path}`, method);
      const {id} = tracer;
      tracer.recordBinary('http.method', method);
      // On the client's side of a shared id: must not follow the server.
      const status = tracer.local('wait', () => {
        tracer.recordBinary('order.id', '0042');
        return request(headers);
      });
      client.recordResponse(id, status);
    });
  }
}

const shop = new Service('shop', '10.0.0.1');
const orders = new Service('orders', '10.0.0.2');
const billing = new Service('billing', '10.0.0.3');

function checkout(headers) {
  let message;
  shop.serve('GET', '/checkout', headers, 200, () => {
    shop.call('orders', 'POST', '/orders', (call) => {
      message = order(call);
      return 500;
    });
  });

  const {tracer} = billing;
  tracer.letId(tracer.createChildId(message), () => {
    tracer.recordServiceName('billing');
    tracer.recordRpc('receive');
    tracer.recordAnnotation(new Annotation.ConsumerStart());
    tracer.recordAnnotation(new Annotation.MessageAddr({serviceName: 'kafka'}));
    tracer.local('charge', () => tracer.recordBinary('order.id', '0042'));
    tracer.recordAnnotation(new Annotation.ConsumerStop());
  });
}

function order(headers) {
  const {tracer} = orders;
  let message;
  orders.serve('POST', '/orders', headers, 500, (server) => {
    tracer.recordAnnotation(new Annotation.ClientAddr({host: new InetAddress('10.0.0.1'), port: 51234}));
    tracer.local('reserve', () => {
      tracer.recordBinary('order.id', '0042');
      tracer.recordMessage('retry|later');
      tracer.recordMessage('sold out');
    });
    message = tracer.createChildId(server);
    tracer.letId(message, () => {
      tracer.recordServiceName('orders');
      tracer.recordRpc('send');
      tracer.recordBinary('kafka.topic', 'orders');
      tracer.recordAnnotation(new Annotation.ProducerStart());
      tracer.recordAnnotation(new Annotation.MessageAddr({serviceName: 'kafka', host: new InetAddress('10.0.0.9'), port: 9092}));
      tracer.recordAnnotation(new Annotation.ProducerStop());
    });
  });
  return message;
}

for (let i = 0; i < traces; i++) {
  checkout(i === 0 ? {'X-B3-Flags': '1'} : {}); // someone debugs the first
}

// The logger's timers keep no process alive.
const alive = setInterval(() => {}, 1000);
Promise.all([shop, orders, billing].map(s => s.delivered))
  .catch((err) => {
    console.error(err.message.slice(0, 200));
    process.exitCode = 1;
  })
  .finally(() => clearInterval(alive));
