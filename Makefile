# What scripts and people call. Needs Go 1.26 and Node.js 20; PostgreSQL's programs are installed
# through apt-get where they are missing.
#
#   make run      the desk with the demo tenants on http://127.0.0.1:8080, Ctrl-C ends it
#   make test     every test
#   make build    bin/opora and bin/plugins/<system>
#   make web      the screens
#   make gen      generated code, from the files that it is generated from
#   make lint     the linters and the formatting; make fmt mends the formatting
#   make race     the packages with goroutines of their own, under the race detector (needs gcc)
#   make bench    benchmarks

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

# One setting for everything, so that build, vet, test and lint share Go's cache.
export CGO_ENABLED := 0
# The screens are tested with the machine's own Chromium.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
BUILD := go build -trimpath -buildvcs=false

# The template of `opora plugin new` is no system.
PLUGINS := $(filter-out plugins/example,$(patsubst %/main.go,%,$(wildcard plugins/*/main.go)))

.PHONY: run
run: check-all postgres build
	@exec bin/opora up --demo --data .data --listen 127.0.0.1:8080

.PHONY: build
build: check-go $(if $(wildcard web/app/package.json),web)
	@mkdir -p bin/plugins
	$(BUILD) -o bin/opora ./cmd/opora
	$(if $(PLUGINS),$(BUILD) -o bin/plugins/ $(addprefix ./,$(PLUGINS)))

.PHONY: test
test: postgres chromium build test-web
	go vet ./...
	go test -timeout 15m ./...
	cd web/app && npm run e2e </dev/null

RACE ?= ./core/plugin/... ./core/job/... ./core/db/... ./core/pgembed/...
.PHONY: race
race: postgres build
	CGO_ENABLED=1 go test -race -timeout 15m $(RACE)

# One table: Go benchmarks that have a limit to stand beside, and all that needs a server. Options of
# `opora bench`: make bench BENCH='--quick', '--only submit,fair', '--large' for five million tickets.
BENCH ?=
.PHONY: bench
bench: postgres chromium build
	@figures=$$(mktemp); trap 'rm -f "$$figures"' EXIT; \
	go test -run '^$$' -bench . -benchmem -count 3 -timeout 30m ./core/... | tee "$$figures" >&2; \
	bin/opora bench --go "$$figures" --screens web/app/scripts/bench.mjs $(BENCH)

# --- what has to be there first ---

.PHONY: check-all check-go check-node postgres
check-all:
	@.ci/check-tools go node
check-go:
	@.ci/check-tools go
check-node:
	@.ci/check-tools node
postgres:
	@.ci/install-postgres

# --- the screens ---

.PHONY: web
ifeq ($(wildcard web/app/package.json),)
web:
	@echo "no screens yet"
else
WEB_SOURCES := $(shell find web/app \( -name node_modules -o -name dist -o -name test-results -o -name e2e \) -prune -o -type f -print)

web: check-node web/app/dist/index.html

web/app/node_modules/.package-lock.json: web/app/package.json web/app/package-lock.json
	cd web/app && npm ci --no-audit --no-fund </dev/null
	@mkdir -p $(@D) && touch $@

# The build empties the folder; the placeholder lets a clone without a build be compiled.
web/app/dist/index.html: web/app/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web/app && npm run build </dev/null
	@touch $@ web/app/dist/.gitkeep
endif

# The logic of the screens.
.PHONY: test-web e2e chromium
test-web: build
	cd web/app && npm test </dev/null

# The screens themselves in a browser, against the program that was built; part of make test.
e2e: postgres chromium build
	cd web/app && npm run e2e </dev/null

chromium:
	@.ci/install-chromium

# --- pinned tools, built once into a cache outside the tree and outside go.mod ---

TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/opora-tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint-v2.15.0/golangci-lint
BUF := $(TOOLS)/buf-v1.72.0/buf
PROTOC_GEN_GO := $(TOOLS)/protoc-gen-go-v1.36.12/protoc-gen-go
PROTOC_GEN_GO_GRPC := $(TOOLS)/protoc-gen-go-grpc-v1.6.2/protoc-gen-go-grpc

$(GOLANGCI_LINT): MODULE := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(BUF): MODULE := github.com/bufbuild/buf/cmd/buf
$(PROTOC_GEN_GO): MODULE := google.golang.org/protobuf/cmd/protoc-gen-go
$(PROTOC_GEN_GO_GRPC): MODULE := google.golang.org/grpc/cmd/protoc-gen-go-grpc

$(GOLANGCI_LINT) $(BUF) $(PROTOC_GEN_GO) $(PROTOC_GEN_GO_GRPC): | check-go
	@echo "Building $(notdir $(@D)), once; this takes some minutes"
	GOBIN=$(@D) go install -trimpath $(MODULE)@v$(lastword $(subst -v, ,$(notdir $(@D))))

.PHONY: lint
lint: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) run

.PHONY: fmt
fmt: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) fmt

.PHONY: gen
gen: $(BUF) $(PROTOC_GEN_GO) $(PROTOC_GEN_GO_GRPC)
	PATH="$(dir $(PROTOC_GEN_GO)):$(dir $(PROTOC_GEN_GO_GRPC)):$$PATH" \
		$(BUF) generate --config core/plugin/wire/buf.yaml --template core/plugin/wire/buf.gen.yaml
