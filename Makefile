# koine: `make demo` shows it at work, `make test` runs every test. Both need Go alone.
GO      ?= go
TOOL     = $(GO) tool -modfile=$(CURDIR)/tools/go.mod
MODULES  = . semconv instrumentation $(WRAPPERS) examples/shop/checkout
WRAPPERS = $(addprefix instrumentation/,koinegrpc koinesql koinekafka)
# Components log no gRPC trace; with the tag the linker can drop what only that needs.
FLAGS    = -trimpath -tags grpcnotrace -ldflags "-s -w"
BUILD    = CGO_ENABLED=0 $(GO) build $(FLAGS)
# semconv-lint reads most languages by grammars in C. Without a C compiler it is built without
# them, and says of the files that it does not read them.
LINT_CGO ?= $(shell command -v $(or $(CC),cc) >/dev/null 2>&1 && echo 1 || echo 0)

.PHONY: build run demo test e2e-clients example-shop e2e-shop race bench fuzz generate check tidy validate clean import-semconv

build: ## bin/koine, bin/tracegen and bin/semconv-lint
	$(BUILD) -o bin/ ./cmd/koine ./cmd/tracegen
	CGO_ENABLED=$(LINT_CGO) $(GO) build $(FLAGS) -o bin/ ./cmd/semconv-lint

run: build ## the collector with its default configuration
	bin/koine

demo: build ## about half a minute of a polyglot shop's traffic through the collector
	bin/koine demo $(DEMO_FLAGS)

test: build ## every test of every module
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(GO) test ./...) || exit 1; done

# What each client is built from; its mark is newer than that once it is built.
CLIENTS_JAVA   = test/clients/brave/pom.xml test/clients/brave/src/main/java/BraveClient.java
CLIENTS_PYTHON = test/clients/python/requirements.txt
CLIENTS_NODE   = test/clients/node/package.json test/clients/node/package-lock.json

e2e-clients: bin/clients/brave.done bin/clients/python.done bin/clients/node.done ## real Zipkin clients of other languages: needs a JDK, Maven, Python with venv and Node.js too
	$(GO) vet -tags clients ./test/e2e
	$(GO) test -tags clients -count 1 -parallel 2 -run '^TestClients$$' ./test/e2e

bin/clients/brave.done: $(CLIENTS_JAVA)
	rm -rf bin/clients/brave
	MAVEN_OPTS=-Xmx256m mvn -q -B -f $< compiler:compile dependency:copy-dependencies
	@touch $@

bin/clients/python.done: $(CLIENTS_PYTHON)
	python3 -m venv bin/clients/python
	bin/clients/python/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

bin/clients/node.done: $(CLIENTS_NODE)
	mkdir -p bin/clients/node && cp $^ bin/clients/node
	npm ci --silent --ignore-scripts --no-audit --no-fund --prefix bin/clients/node
	@touch $@

example-shop: build ## a shop of four services in four languages, and where its time goes: needs Python, Node.js, a JDK and Maven for all four
	$(GO) run ./examples/shop

e2e-shop: build ## the same as a test
	$(GO) vet -tags clients ./examples/shop
	$(GO) test -tags clients -count 1 -run '^TestShop' ./examples/shop

race: ## what runs goroutines, under the race detector
	$(GO) test -race ./connectors/... ./extensions/... ./memory/... ./processors/... ./receivers/... ./semconv-lint/... ./spans/... ./tracegen/... ./zipkin/... ./cmd/tracegen/...
	@for m in semconv instrumentation $(WRAPPERS); do (cd $$m && $(GO) test -race ./...) || exit 1; done

bench: build ## side by side with peers, in one run
	$(GO) test -run '^$$' -bench . -benchtime 1s ./... 
	cd semconv && $(GO) test -run '^$$' -bench . ./...
	KOINE_BENCH=1 $(GO) test -count 1 -v -timeout 30m ./bench/
	KOINE_BENCH=1 $(GO) test -count 1 -v -run '^Test(Table|Quality)$$' ./bench/quality

FUZZ_TIME ?= 2m
fuzz: ## each fuzz target for FUZZ_TIME
	@for m in $(MODULES); do (cd $$m && for t in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$t/*_test.go | sed 's/^func //'); do \
	    echo "== $$t $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzzminimizetime 1x -fuzztime $(FUZZ_TIME) $$t || exit 1; done; done) || exit 1; done

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
	CGO_ENABLED=0 $(GO) vet ./semconv-lint/... ./cmd/semconv-lint

validate: build ## the embedded configuration and every example
	bin/koine validate
	@for f in $$(find examples -name 'koine*.yaml'); do echo $$f; bin/koine validate --config $$f || exit 1; done

clean:
	rm -rf bin
