#!/bin/sh
# A sidecar as a plain process: takes OTLP and Zipkin on localhost and sends it on to GATEWAY
# (host:port, OTLP over gRPC; GATEWAY_INSECURE=false for TLS).
#   GATEWAY=gateway.example.internal:4317 examples/sidecar/run.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
KOINE=${KOINE:-$here/../../bin/koine}
test -x "$KOINE" || { echo "$KOINE is not there: make build, or set KOINE" >&2; exit 1; }
test -n "${GATEWAY:-}" || { echo "set GATEWAY to host:port of what takes OTLP over gRPC" >&2; exit 1; }
KOINE_MEMORY_LIMIT_MIB=${KOINE_MEMORY_LIMIT_MIB:-128} exec "$KOINE" --config "$here/koine.yaml"
