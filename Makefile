# mockgem: two commands do everything on a bare Debian machine with a Swift 6.2 toolchain or newer.
#
#   make serve [SCENARIO=file] [ARGS="--port 9000"]   installs what is missing, builds, serves
#   make test                                         installs what the tests need, runs them all

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
SCENARIO ?= scenarios/hello.yaml
ARGS ?=
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# Swift's own library goes into the binary: it then runs where no toolchain is, and faster.
RELEASE_FLAGS := -c release --static-swift-stdlib $(SWIFT_FLAGS)

# What the build links against.
BUILD_PACKAGES := pkg-config libwebsockets-dev libmicrohttpd-dev libsndfile1-dev libsamplerate0-dev \
  libfyaml-dev libssl-dev
# What the tests need besides.
TEST_PACKAGES := python3 python3-venv chromium
# What the benchmarks need besides.
BENCH_PACKAGES := python3 wrk curl

VENV := .venv
REQUIREMENTS := Tests/EndToEnd/requirements.txt
LEGACY_VENV := .venv-legacy
LEGACY_REQUIREMENTS := Tests/EndToEnd/requirements-legacy.txt
RELEASE := .build/release/mockgem

.PHONY: build serve test bench fuzz reference lint format install clean packages test-packages bench-packages

build: packages
	swift build $(RELEASE_FLAGS) --product mockgem

serve: build
	exec $(RELEASE) serve $(SCENARIO) $(ARGS)

test: build $(VENV)/ready $(LEGACY_VENV)/ready
	Tests/run.sh

bench: build bench-packages
	swift build $(RELEASE_FLAGS) --product MicroBenchmarks
	.build/release/MicroBenchmarks
	python3 Tests/Benchmarks/bench.py --binary $(RELEASE) $(ARGS)

# A hundred thousand damaged scenario files; the seed is fixed.
fuzz: packages
	MOCKGEM_FUZZ=$(or $(FUZZ),100000) swift test --filter FuzzTests

# The part of scenarios/README.md that is generated out of the reader's tables.
reference: build
	@awk '/<!-- reference/ {print; exit} {print}' scenarios/README.md > .build/reference.md
	@$(RELEASE) schema --format markdown >> .build/reference.md
	@echo '<!-- end of reference -->' >> .build/reference.md
	mv .build/reference.md scenarios/README.md

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

format:
	swift format --in-place --recursive Package.swift Sources Tests

install: build
	install -D -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/mockgem

clean:
	rm -rf .build $(VENV) $(LEGACY_VENV)

# Installs only what is missing, so that a second run asks nobody for a password.
define install-missing
	@missing=(); \
	for package in $(1); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' \
	    || missing+=($$package); \
	done; \
	if (( $${#missing[@]} )); then \
	  echo "mockgem: installing $${missing[*]}"; \
	  as_root=; [[ $$(id -u) == 0 ]] || as_root=sudo; \
	  $$as_root apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends \
	    $${missing[*]} >/dev/null; \
	fi
endef

packages:
	@command -v swift >/dev/null || { echo "mockgem: error: no Swift toolchain in PATH" >&2; \
	  echo "hint: install Swift 6.2 or newer from swift.org" >&2; exit 1; }
	$(call install-missing,$(BUILD_PACKAGES))

test-packages:
	$(call install-missing,$(TEST_PACKAGES))

bench-packages:
	$(call install-missing,$(BENCH_PACKAGES))

# The vendors' SDKs, pinned; made anew when the pins change.
$(VENV)/ready: $(REQUIREMENTS) | test-packages
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $(REQUIREMENTS)
	touch $@

# An old SDK that does not live beside the new one.
$(LEGACY_VENV)/ready: $(LEGACY_REQUIREMENTS) | test-packages
	rm -rf $(LEGACY_VENV)
	python3 -m venv $(LEGACY_VENV)
	$(LEGACY_VENV)/bin/pip install --quiet --disable-pip-version-check -r $(LEGACY_REQUIREMENTS)
	touch $@
