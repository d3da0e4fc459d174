#!/bin/sh
# Makes components.go from the manifest. The builder also writes a main and a go.mod;
# they go into a temporary folder and only components.go is taken.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sed "s#output_path:.*#output_path: $dir/out#" builder-config.yaml >"$dir/manifest.yaml"
go tool -modfile=tools/go.mod builder --config "$dir/manifest.yaml" --skip-compilation --skip-get-modules >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
cp "$dir/out/components.go" cmd/koine/components.go
