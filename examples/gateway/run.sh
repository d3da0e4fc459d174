#!/bin/sh
# The gateway of two tiers as plain processes on this machine: a load balancer on the usual ports
# (4317, 4318, 9411) and three samplers behind it. Ctrl-C ends all of it, and what waits is
# delivered first. What is kept goes to BACKEND (host:port, OTLP over gRPC; BACKEND_INSECURE=true for
# plain text), or is printed where there is none.
#   examples/gateway/run.sh
#   bin/tracegen        # in another terminal: a shop's traffic, in Zipkin and OTLP
set -eu

here=$(cd "$(dirname "$0")" && pwd)
KOINE=${KOINE:-$here/../../bin/koine}
# Each process's memory: four of them share this machine.
KOINE_MEMORY_LIMIT_MIB=${KOINE_MEMORY_LIMIT_MIB:-512}
# The samplers' ports: OTLP, health and metrics of each, three by three from here on.
first=${SAMPLER_FIRST_PORT:-14317}
samplers=3
export KOINE_MEMORY_LIMIT_MIB

test -x "$KOINE" || { echo "$KOINE is not there: make build, or set KOINE" >&2; exit 1; }

# Without a backend: print it.
print_sampled= print_rest=
if [ -z "${BACKEND:-}" ]; then
	unset BACKEND # one that is set and empty would be no endpoint
	debug='exporters: {debug: {verbosity: normal, use_internal_logger: false}}'
	print_sampled="yaml:{$debug, service: {pipelines: {traces: {exporters: [debug]}}}}"
	print_rest="yaml:{$debug, service: {pipelines: {metrics: {exporters: [debug]}, logs: {exporters: [debug]}}}}"
fi

# The terminal's Ctrl-C is for this script, which ends the tiers one after the other: the second
# has to take what the first still holds.
apart=$(command -v setsid || true)
finish() {
	trap '' INT TERM
	for tier in "$balancer" "$pids"; do
		for pid in $tier; do kill -TERM "$pid" 2>/dev/null || true; done
		for pid in $tier; do wait "$pid" 2>/dev/null || true; done
	done
}
balancer= pids= names=
trap 'finish; exit 0' INT TERM

i=0
while [ $i -lt $samplers ]; do
	port=$((first + 3 * i))
	KOINE_OTLP_GRPC_PORT=$port KOINE_HEALTH_PORT=$((port + 1)) KOINE_METRICS_PORT=$((port + 2)) \
		$apart "$KOINE" --config "$here/koine-sampler.yaml" ${print_sampled:+--config "$print_sampled"} &
	pids="$pids $!"
	names="$names${names:+, }localhost:$port"
	i=$((i + 1))
done
KOINE_SAMPLERS="[$names]" $apart "$KOINE" --config "$here/koine-loadbalancer.yaml" ${print_rest:+--config "$print_rest"} &
balancer=$!

# Where one ends by itself (a port is taken, say) there is no gateway, and the others end too.
while :; do
	for pid in $balancer $pids; do
		kill -0 "$pid" 2>/dev/null || { echo "process $pid has ended; stopping the others" >&2; finish; exit 1; }
	done
	sleep 1 &
	wait $!
done
