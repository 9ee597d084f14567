# Everything builds without cgo, with Go, make and git alone.
export CGO_ENABLED := 0

GO ?= go
FUZZTIME ?= 10s
# -out RESULTS.md keeps what bench prints, -run REGEXP chooses cases, -drey= leaves out generation.
BENCHFLAGS ?=

# goose reads .env, so that a plain "goose up" works here.
$(shell test -f .env || cp .env.example .env)

# The goose command without the drivers that nobody needs here.
GOOSE_TAGS := no_clickhouse no_libsql no_mssql no_mysql no_postgres no_vertica no_ydb

# Modules of their own, for what the others should not require. That of golangci is built
# for long.
MODULES := $(addprefix internal/proof/,bench browser drivers otel migrators)

# A project with a schema of odd names, kinds and values, on which engines are compared.
ODD := internal/proof/conformance/odd

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: generate
generate: bin/drey ## Generate internal/db and sql/crud from migrations and sql, and what tests have generated
	bin/drey generate
	bin/drey generate --dir $(ODD)

.PHONY: verify
verify: bin/drey ## Fail if anything is stale, or a migration does not go down and up again
	bin/drey generate --check
	bin/drey generate --check --dir $(ODD)
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -d $$(git ls-files '*.go'); exit 1; }
	$(GO) mod tidy -diff
	for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || exit 1; done
	bin/drey migrate check
	bin/drey lint --policy | diff AGENTS.md -

.PHONY: migrate
migrate: bin/goose ## Apply the migrations to the database that .env names
	bin/goose up

.PHONY: lint
lint: bin/staticcheck bin/drey ## Run go vet, staticcheck and drey lint
	$(GO) vet ./...
	bin/staticcheck ./...
	for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(CURDIR)/bin/staticcheck ./...) || exit 1; done
	bin/drey lint ./...

# Compilers, linters and tests spend a sixth of their time on collecting garbage, unless they
# may keep more of it.
test test-long test-all test-whole test-modules golangci cluster-test verify lint: export GOGC ?= 400
test test-long test-all test-whole test-modules golangci cluster-test verify lint: export GOMEMLIMIT ?= 2GiB

# lint has vet look at the tests as well, and their programs are linked without what only
# debuggers read.
TEST := $(GO) test -vet=off -ldflags=-w -timeout 30m

.PHONY: test
test: ## Run the tests but for those that take long
	$(TEST) -short ./...

# The packages with tests that -short leaves out.
LONG = $(shell grep -rlE 'testing\.Short|workerd\.' --include='*_test.go' --exclude-dir=browser cmd internal | \
	xargs -n 1 dirname | sort -u | sed 's|^|./|')

.PHONY: test-long
test-long: ## Run what test leaves out: workerd, the browser, peers
	$(TEST) $(LONG)
	$(MAKE) test-modules

.PHONY: test-all
test-all: test-whole test-modules ## Run what test and test-long run, each test once, with DREY_RQLITED those on clusters

# The one that takes longest is begun first.
.PHONY: test-whole
test-whole:
	$(TEST) ./internal/runtime ./...

.PHONY: test-modules
test-modules:
	for m in $(MODULES); do (cd $$m && $(TEST) ./...) || exit 1; done

# vet would look at all of golangci-lint for two small files.
.PHONY: golangci
golangci: ## Test the linter inside of golangci-lint, whose build takes long the first time
	cd internal/proof/golangci && $(GO) mod tidy -diff && $(TEST) ./...

.PHONY: torture
torture: ## Run the long forms of the tests of what must not happen: 10 minutes, on a busy machine more
	DREY_TORTURE=1 $(GO) test -count=1 -v -timeout 3h ./internal/proof/torture
	DREY_TORTURE=1 $(GO) test -count=1 -v -timeout 1h -run 'TestModel$$|TestModelBelow' ./internal/runtime

# The detector slows SQLite down by three times, and does not know its memory. The reader of
# OpenAPI that a test uses has races of its own.
RACE := -race -gcflags='modernc.org/...=-race=false' -gcflags='github.com/pb33f/...=-race=false'

.PHONY: race
race: ## Run the data layer's tests under the race detector and over mattn's driver, which need gcc
	CGO_ENABLED=1 $(GO) test -short $(RACE) -timeout 1h ./internal/runtime/... ./internal/db ./internal/service/links ./internal/proof/torture
	cd internal/proof/drivers && CGO_ENABLED=1 $(GO) test ./mattn

.PHONY: bench
bench: bin/drey ## Measure against hand-written code, its peers and sqlc
	cd internal/proof/bench && $(GO) run . -drey $(CURDIR)/bin/drey $(BENCHFLAGS)

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (10s)
	@grep -rl --include='*_test.go' '^func Fuzz' cmd internal | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' "$$file"); do \
			echo "$$(dirname "$$file") $$name"; \
			$(GO) test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

.PHONY: run
run: migrate ## Serve the link shortener on loopback
	$(GO) run ./cmd/links

# Node and npm only run workerd here, and Mermaid's parser, and deploy to Cloudflare.
EDGE := cmd/links-edge

# On D1 the database begins with version 6: D1 cannot rebuild a table that others
# refer to, as migration 5 does.
.PHONY: edge
edge: bin/drey ## Build the Cloudflare Worker, and write its migrations
	$(GO) run ./$(EDGE)/bundle ./$(EDGE) $(EDGE)/build $(EDGE)/worker.mjs
	bin/drey migrate export d1 $(EDGE)/migrations --from 6

.PHONY: edge-run
edge-run: edge $(EDGE)/node_modules ## Serve the worker on loopback, with a local D1
	cd $(EDGE) && npm run migrate:local
	cd $(EDGE) && CLOUDFLARE_CF_FETCH_ENABLED=false npx wrangler dev --ip 127.0.0.1

# It stops at the first that fails. DRYRUN=1 needs no account: an empty local database is
# migrated, and wrangler shows what it would deploy.
.PHONY: edge-deploy
edge-deploy: bin/drey $(EDGE)/node_modules ## Check, build, migrate D1 and deploy the worker; DRYRUN=1 shows it
	bin/drey generate --check
	bin/drey lint ./$(EDGE) ./internal/service/...
	$(MAKE) edge
	cd $(EDGE) && npm run migrate$(if $(DRYRUN),:dry)
	cd $(EDGE) && npm run deploy$(if $(DRYRUN),:dry)

.PHONY: edge-load
edge-load: $(EDGE)/node_modules ## Measure requests on both engines, beside workers in JavaScript
	EDGE_LOAD=1 $(GO) test -count=1 -v -run TestLoad ./$(EDGE)

$(EDGE)/node_modules: $(EDGE)/package-lock.json
	cd $(EDGE) && npm ci
	touch $@

# Three nodes of rqlite on loopback. rqlited needs gcc, and 4 minutes of CPU the first time.
CLUSTER := http://127.0.0.1:4001,http://127.0.0.1:4003,http://127.0.0.1:4005

.PHONY: cluster
cluster: bin/rqlited ## Start a cluster of rqlite on loopback, with its data in ./cluster
	@$(GO) build -o bin/cluster ./internal/proof/cluster/serve
	@bin/cluster -rqlited bin/rqlited -dir cluster

.PHONY: cluster-run
cluster-run: bin/drey ## Serve the link shortener on the cluster that make cluster has started
	bin/drey migrate up --db $(CLUSTER)
	$(GO) run ./cmd/links -db $(CLUSTER)

# The packages with tests that need a cluster.
CLUSTERED = $(shell grep -rlF 'cluster.Start' --include='*_test.go' cmd internal | xargs -n 1 dirname | sort -u | sed 's|^|./|') ./internal/proof/cluster

.PHONY: cluster-test
cluster-test: bin/rqlited ## Run the tests on clusters of rqlite
	DREY_RQLITED=$(CURDIR)/bin/rqlited $(GO) test -count=1 -timeout 30m $(CLUSTERED)

.PHONY: cluster-torture
cluster-torture: bin/rqlited ## Run the long forms of those on clusters, with what they measure
	DREY_TORTURE=1 DREY_RQLITED=$(CURDIR)/bin/rqlited $(GO) test -count=1 -v -timeout 1h ./internal/proof/cluster
	DREY_TORTURE=1 DREY_RQLITED=$(CURDIR)/bin/rqlited $(GO) test -count=1 -v -timeout 1h -run TestModelEngines ./internal/runtime

# The go command knows best what has changed, so these are always made.
.PHONY: bin/drey bin/goose bin/staticcheck bin/rqlited
bin/drey:
	@$(GO) build -o $@ ./cmd/drey

bin/goose:
	@cd internal/tools && $(GO) build -tags '$(GOOSE_TAGS)' -o ../../$@ github.com/pressly/goose/v3/cmd/goose

bin/staticcheck:
	@cd internal/tools && $(GO) build -o ../../$@ honnef.co/go/tools/cmd/staticcheck

bin/rqlited:
	@cd internal/tools/rqlited && CGO_ENABLED=1 $(GO) build -tags sqlite_fts5,netgo,osusergo -o ../../../bin/rqlited github.com/rqlite/rqlite/v8/cmd/rqlited
