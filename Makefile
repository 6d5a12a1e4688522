# oasiss. The two commands to know: make demo, make test.
export GOTOOLCHAIN := local
export CGO_ENABLED ?= 0
GOFLAGS ?= -trimpath
export GOFLAGS
BUDGET ?= 60
FUZZ ?= 60
DATA ?= ../shared/data
DEMO ?= demo-data
TOOLS := $(CURDIR)/.cache/tools

.PHONY: demo build test postgres race lint soak bench screenshots real-data openapi reference release assets chromium clean

## demo: everything it needs, then two linked nodes with fictional cases
demo: build
	bin/oasiss demo --dir $(DEMO) --open $(ARGS)

## build: the two binaries
build: assets
	@mkdir -p bin
	go build -o bin/ ./cmd/oasiss ./cmd/oasiss-verify

## assets: third-party fonts, icons and scripts, from npm by the lock file
assets: internal/web/assets/dist/.built
internal/web/assets/dist/.built: internal/web/assets/package-lock.json internal/web/assets/build.mjs internal/web/assets/icons.txt
	cd internal/web/assets && npm ci --no-audit --no-fund --silent && node build.mjs
	@touch $@

## chromium: the browser that tests drive
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else echo "install the package chromium, then try again" >&2; exit 1; fi; }

## test: everything it needs, then the whole suite; the longest package first, a third that runs while others wait, and memory for time
test: build chromium
	GOGC=400 ./test/postgres.sh go test -p 3 -timeout 30m ./test ./...
	GOGC=400 go test -tags failpoint -timeout 5m -run KilledAtEveryPoint ./internal/exchange
	$(MAKE) race

# every room's suite on PostgreSQL; make test runs the store's and the scenario of two nodes on it, one of them two processes
postgres:
	OASISS_TEST_ENGINE=postgres ./test/postgres.sh go test -short -timeout 10m ./internal/journal ./internal/access ./internal/act/... ./internal/exchange \
	  ./internal/directory ./internal/accord ./internal/casefile ./internal/protection ./internal/packet ./internal/referral ./internal/insight ./internal/intake \
	  ./internal/alert ./internal/file ./internal/evidence ./internal/retention ./internal/redress \
	  ./internal/warrant ./internal/consular ./internal/mail ./internal/shift ./internal/decoy ./internal/network

# the parts where goroutines meet, with the race detector and small data: those of the exchange and of signing in that RACE names; make soak runs all of them
RACE ?= BothWays|NothingLostNothingTwice|WithMessagesQueued|LineDies|EitherSide|ThreeNodes|QuietLink|CutOffAfterCommit|OneViewForTwoPeers|TakesBack|ManyTriesAtOnce
race:
	CGO_ENABLED=1 GOGC=400 go test -race -short -timeout 12m -run '$(RACE)' -skip 'EveryStoredByte|FullDisk|DrainAfter|OnlyTheChunks|FileCrosses' ./internal/exchange ./internal/access
	CGO_ENABLED=1 GOGC=400 go test -race -short -timeout 12m -skip 'FullDisk' ./internal/store ./internal/act/... ./internal/httpapi

## lint: what .ci/run checks before the tests
lint: assets
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	GOBIN=$(TOOLS) go install honnef.co/go/tools/cmd/staticcheck@v0.8.2
	$(TOOLS)/staticcheck ./...
	./test/security.sh $(TOOLS)
	bin/oasiss openapi | cmp - api/openapi.json

## openapi: write the committed description of the API
openapi: build
	bin/oasiss openapi > api/openapi.json

## reference: write the committed pages of settings
reference: build
	bin/oasiss --lang en reference > docs/configuration.md
	bin/oasiss --lang es reference > docs/configuracion.md

## screenshots: every page in both languages, light and dark, into docs/screenshots
screenshots: build chromium
	rm -f docs/screenshots/*.webp
	OASISS_SCREENSHOTS="$(CURDIR)/docs/screenshots" go test -count=1 -timeout 20m -run 'TestScreenshots$$' ./internal/web

## release: static binaries of both architectures, bill of materials, checksums; SIGNING_KEY=FILE signs them
release: assets
	TOOLS=$(TOOLS) ./deploy/release.sh

## soak: the full matrices and seeds for BUDGET seconds, each fuzz target for FUZZ seconds
soak: build chromium
	BUDGET=$(BUDGET) FUZZ=$(FUZZ) ./test/soak.sh

## bench: the product's figures, one JSON line each (docs/measured.md); ONLY=exchange.single for some of them
bench: # nothing but figures on standard output
	@$(MAKE) --no-print-directory build >&2
	@go build -o bin/oasiss-bench ./test/bench
	@./test/postgres.sh bin/oasiss-bench --only "$(ONLY)" $(ARGS)

## real-data: import the real public files and hold the totals
real-data: build
	@test -d "$(DATA)" || { echo "real-data: there is no folder $(DATA)" >&2; exit 1; }
	OASISS_REAL_DATA="$(abspath $(DATA))" go test -count=1 -run RealData -v ./internal/intake ./internal/evidence

clean:
	rm -rf bin dist $(DEMO) .cache internal/web/assets/node_modules internal/web/assets/dist/*
