// Command vettool is the analyzer for go vet, and nothing else.
package main

import "github.com/koine-otel/koine/semconv-lint/source/analyzers"

func main() { analyzers.Main() }
