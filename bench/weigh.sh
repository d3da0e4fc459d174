#!/bin/sh
# What each component costs: the binary's size without it, and how many packages only it
# needs. Components that share a library (Kubernetes' client in k8s_attributes and
# load_balancing) cost little one by one; the last rows leave several out together.
#   bench/weigh.sh
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir" cmd/koine-weigh' EXIT

# measure NAME PATTERN...: build without the components whose import path matches.
measure() {
	name=$1
	shift
	rm -rf cmd/koine-weigh
	mkdir cmd/koine-weigh
	cp cmd/koine/*.go cmd/koine/*.yaml cmd/koine-weigh/
	rm -f cmd/koine-weigh/*_test.go
	for pattern in "$@"; do
		sed -i "/\\b$pattern\\b/d" cmd/koine-weigh/components.go
	done
	CGO_ENABLED=0 go build -trimpath -tags grpcnotrace -ldflags "-s -w" -o "$dir/koine" ./cmd/koine-weigh
	printf '%-40s %6.1f MB %6d packages\n' "$name" \
		"$(stat -c %s "$dir/koine" | awk '{print $1/1e6}')" "$(CGO_ENABLED=0 go list -tags grpcnotrace -deps ./cmd/koine-weigh | wc -l)"
}

measure "everything"
grep -oE '^	[a-z0-9]+ "[^"]+"' cmd/koine/components.go | grep -v otelconftelemetry | awk '{print $1}' | while read -r component; do
	measure "without $component" "$component"
done
measure "without kafka (both)" kafkareceiver kafkaexporter
measure "without k8s_attributes, load_balancing" k8sattributesprocessor loadbalancingexporter
