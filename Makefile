# Targets: run, build, test, bench, lint, generate, clean. "make run" and "make test" install what they need first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOLS := $(CURDIR)/bin/tools
GOLANGCI := v2.15.0
GOTESTSUM := v1.13.0
# Packages whose tests talk to a real Asterisk: they are run one at a time, so that they do not disturb each other's clocks.
REAL := ./asterisk/... ./cmd/...

.PHONY: run build test test-pure test-real bench lint generate tools-run tools-test clean FORCE

run: tools-run build
	bin/pronto run

build: bin/pronto

bin/pronto: FORCE
	@CGO_ENABLED=0 go build -trimpath -ldflags "-X main.version=$(VERSION)" -o $@ ./cmd/pronto

tools-run:
	@scripts/install run

tools-test: build
	@scripts/install test
	@GOBIN=$(TOOLS) go install gotest.tools/gotestsum@$(GOTESTSUM)
	@GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@bin/pronto asterisk install

test: tools-test lint
	@scripts/test $(TOOLS)/gotestsum

lint:
	@go vet ./...
	@GOARCH=386 go vet ./...
	@test -z "$$(gofmt -l cmd ivr prompts asterisk)" || { gofmt -l cmd ivr prompts asterisk; echo "gofmt the files above"; exit 1; }
	@$(TOOLS)/golangci-lint run ./...

# The schemas of the starter book's files, in the language of who edits them. A test holds them in step.
generate: build
	@mkdir -p prompts/protezionecivile/schema
	@for file in line texts audio; do bin/pronto check -lang it -schema=$$file >prompts/protezionecivile/schema/$$file.schema.json; done

bench: tools-test
	go test -run '^$$' -bench . -benchmem ./ivr/... ./prompts/...
	go test -count=1 -timeout 30m -run "^$$" -bench AgainstAsterisk -benchtime 1x ./cmd/pronto

clean:
	rm -rf bin

FORCE:
