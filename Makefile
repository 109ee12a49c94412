# Everything here runs on Linux and, but for the ABI tests, on macOS.
# make help lists the targets.

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
TARGETS     := darwin/arm64 darwin/amd64 linux/amd64 linux/arm64 windows/amd64
FUZZTIME    ?= 30s
MUTANTS     ?= 120
SEED        ?= 1
PROBLEMS    ?= 1000
DISPATCHES  ?= 1000000

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: deps
deps: ## install what the tests need (Debian, Ubuntu); nothing where all is there, or on macOS
	@./internal/deps.sh test

.PHONY: test
test: deps ## run all tests; none is skipped
	$(GO) run ./internal/testall -timeout 20m ./...

.PHONY: matrix
matrix: deps ## the whole matrix of problems on the software device; make test runs a tenth
	$(GO) run ./cmd/tqbench verify -device soft

# Every kernel: 33 positions are more than a block, 1000 more than a split.
.PHONY: sanitize
sanitize: deps ## AddressSanitizer and UBSan builds of every kernel, over a part of the matrix
	$(GO) test -count=1 -run TestSanitizers ./internal/engine
	$(GO) run ./cmd/tqbench verify -device soft -sanitize -context 33,1000

.PHONY: check
check: fmt vet cross staticcheck ## what CI checks besides the tests

.PHONY: fmt
fmt: ## fail when a file is not as gofmt writes it
	@files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "gofmt would change:"; echo "$$files"; exit 1; }

.PHONY: vet
vet: ## go vet, for every target
	@for t in $(TARGETS); do echo "vet $$t"; CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) vet ./... || exit 1; done

.PHONY: cross
cross: ## build for every target without a C compiler
	@for t in $(TARGETS); do echo "build $$t"; CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build ./... || exit 1; done

.PHONY: staticcheck
staticcheck: ## run staticcheck
	$(GO) run $(STATICCHECK) ./...

.PHONY: vulncheck
vulncheck: ## ask Go's database of vulnerabilities (needs its server)
	$(GO) run $(GOVULNCHECK) ./...

.PHONY: race
race: deps ## run all tests under the race detector (needs a C compiler)
	$(GO) test -race -short ./...

.PHONY: abi
abi: ## test our calls against a real Objective-C library, on amd64 and arm64
	@./internal/deps.sh abi
	./internal/abi/run.sh

.PHONY: arm64
arm64: ## run the tests that run kernels as linux/arm64, under qemu (slow)
	@./internal/deps.sh abi
	./internal/mslrun/arm64.sh

.PHONY: break
break: deps ## break each rule on purpose: every edit must turn a test red
	@./internal/deps.sh abi
	$(GO) run ./internal/breakage

.PHONY: mutants
mutants: deps ## break kernels and checks by rule, MUTANTS of each language (SEED says which)
	$(GO) run ./internal/breakage -mutants -sample $(MUTANTS) -seed $(SEED) -resume .mutants.jsonl

.PHONY: soak
soak: deps ## run DISPATCHES small dispatches and see that nothing grows; the child is killed every hundredth of the second half
	TQMETAL_SOAK=$(DISPATCHES) $(GO) test -count=1 -v -timeout 0 -run '^TestSoak$$' ./internal/stress

.PHONY: property
property: deps ## hold attention to float64 on PROBLEMS that are drawn anew each time
	$(GO) test -count=1 -timeout 0 -run '^TestAnyProblem' ./tqsdpa ./tqsdpa/cpu -rapid.checks=$(PROBLEMS) -rapid.seed=$$(date +%s)

# Minimizing an input that is merely new would take up to a minute of that time.
.PHONY: fuzz
fuzz: deps ## fuzz everything that takes outside bytes, FUZZTIME each
	@grep -rl '^func Fuzz' --include='*_test.go' . | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$file); do \
			echo "$$(dirname $$file) $$name"; \
			$(GO) test $$(dirname $$file) -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 300x || exit 1; \
		done; \
	done

.PHONY: conformance
conformance: ## compile every kernel as CUDA: by nvcc, or by clang to PTX; fails where neither is
	$(GO) run ./conformance compile

.PHONY: bench
bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-encode
bench-encode: ## measure encoding against cgo, purego and C, on linux/amd64 (docs/PERFORMANCE.md)
	@./internal/deps.sh abi
	./internal/abi/bench.sh
