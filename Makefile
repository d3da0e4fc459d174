# koine: `make demo` shows it at work, `make test` runs every test. Both need Go alone.
GO      ?= go
TOOL     = $(GO) tool -modfile=$(CURDIR)/tools/go.mod
MODULES  = . semconv
# Components log no gRPC trace; with the tag the linker can drop what only that needs.
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -tags grpcnotrace -ldflags "-s -w"

.PHONY: build run demo test race bench fuzz generate check tidy validate clean import-semconv

build: ## bin/koine and bin/tracegen
	$(BUILD) -o bin/ ./cmd/...

run: build ## the collector with its default configuration
	bin/koine

demo: build ## about half a minute of a polyglot shop's traffic through the collector
	bin/koine demo $(DEMO_FLAGS)

test: build ## every test of every module
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(GO) test ./...) || exit 1; done

race: ## what runs goroutines, under the race detector
	$(GO) test -race ./extensions/... ./memory/... ./processors/... ./spans/... ./tracegen/... ./cmd/tracegen/...
	cd semconv && $(GO) test -race ./...

bench: build ## side by side with peers, in one run
	$(GO) test -run '^$$' -bench . -benchtime 1s ./... 
	cd semconv && $(GO) test -run '^$$' -bench . ./...
	KOINE_BENCH=1 $(GO) test -count 1 -v -timeout 30m ./bench/

FUZZ_TIME ?= 2m
fuzz: ## each fuzz target for FUZZ_TIME
	@for m in $(MODULES); do (cd $$m && for t in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$t/*_test.go | sed 's/^func //'); do \
	    echo "== $$t $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ_TIME) $$t || exit 1; done; done) || exit 1; done

generate: ## components.go from the manifest, tables from the extracts, metadata from metadata.yaml
	./cmd/koine/generate.sh
	@for m in $(MODULES); do (cd $$m && $(GO) generate ./...) || exit 1; done
	gofmt -w cmd/koine/components.go

import-semconv: ## registry folders (and tables of names) into the committed extract: make import-semconv DIR="…"
	cd semconv && $(GO) run ./internal/registrygen import $(DIR)

tidy:
	@for m in $(MODULES) tools; do (cd $$m && $(GO) mod tidy) || exit 1; done

check: ## gofmt, vet, staticcheck in every module
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(TOOL) staticcheck ./...) || exit 1; done

validate: build ## the embedded configuration and every example
	bin/koine validate
	@for f in $$(find examples -name 'koine*.yaml'); do echo $$f; bin/koine validate --config $$f || exit 1; done

clean:
	rm -rf bin
