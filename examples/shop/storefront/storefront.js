// What the shop's customers talk to. It reports as zipkin-js does: ids of 64 bits, B3 headers,
// Zipkin's JSON.
'use strict';

const express = require('express');
const {BatchRecorder, Tracer, jsonEncoder} = require('zipkin');
const CLSContext = require('zipkin-context-cls');
const {expressMiddleware} = require('zipkin-instrumentation-express');
const wrapFetch = require('zipkin-instrumentation-fetch');
const {HttpLogger} = require('zipkin-transport-http');

const {PORT, ZIPKIN_ENDPOINT, CHECKOUT_URL} = process.env;

const logger = new HttpLogger({endpoint: ZIPKIN_ENDPOINT, jsonEncoder: jsonEncoder.JSON_V2});
const tracer = new Tracer({
  ctxImpl: new CLSContext('zipkin', true),
  recorder: new BatchRecorder({logger}),
  localServiceName: 'storefront',
});
const tracedFetch = wrapFetch(fetch, {tracer, remoteServiceName: 'checkout'});

const app = express();
app.use(express.json()); // before the tracing: it loses the context
app.use(expressMiddleware({tracer, port: Number(PORT)}));

app.post('/orders', async (request, response) => {
  try {
    const order = await tracedFetch(`${CHECKOUT_URL}/orders`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(request.body),
    });
    response.status(order.status).json(await order.json());
  } catch (err) {
    response.status(502).json({error: err.message});
  }
});

const server = app.listen(Number(PORT), 'localhost');

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => {
    const done = () => process.exit(0);
    logger.on('success', done);
    logger.on('error', done);
    if (logger.queue.length === 0) done();
    logger.processQueue(fetch);
  });
});
