PYTHON ?= python3
ARGS ?=
PORT ?=
ROUND ?= long
MOVES ?=
SEED ?=
REQUESTS ?=
# Another Python than that of .venv gets a virtual environment of its own, so that
# the suite can run on each that the README promises: make test PYTHON=python3.13
VENV := .venv
ifneq ($(origin PYTHON),file)
  VERSION_OF = $(shell $(1) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
  ifneq ($(filter-out $(call VERSION_OF,$(PYTHON)),$(call VERSION_OF,.venv/bin/python)),)
    VENV := .venv-$(call VERSION_OF,$(PYTHON))
  endif
endif
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all:
DJADE := $(BIN)/djade --target-version 5.2
TEMPLATES = $(shell find templates benchmarks -name '*.html')
SUPERVISOR := $(BIN)/python -m migrations_portal.supervisor

.DEFAULT_GOAL := help
.PHONY: help run manage test test-slow bench faults fuzz containers check lint fmt types layers schema templates lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/runtime.stamp ## Start the portal with all it needs (PORT=8123 chooses the port)
	@PORT=$(PORT) $(SUPERVISOR) run

manage: $(VENV)/runtime.stamp ## Run manage.py on the running portal (ARGS="verify_audit")
	@$(SUPERVISOR) manage $(ARGS)

test: $(VENV)/dev.stamp ## Run the tests but the slow ones, or ARGS="tests/area -x -q"
	@$(SUPERVISOR) test $(ARGS)

test-slow: $(VENV)/dev.stamp ## Run the slow tests: browser, workers, whole portals
	@$(SUPERVISOR) test-slow $(ARGS)

bench: $(VENV)/dev.stamp ## Measure against the bare limits (ARGS=full: large estates)
	@$(BIN)/python -m benchmarks $(ARGS)

faults: $(VENV)/dev.stamp ## Move while everything fails, and judge (ROUND=short, MOVES=500, SEED=…)
	@ROUND=$(ROUND) MOVES=$(MOVES) SEED=$(SEED) $(BIN)/python -m tests.faults

containers: .venv/dev.stamp ## Start docker-compose.yml for real, as root on Debian (KEEP=yes keeps images)
	@$(SUPERVISOR) with-settings $(BIN)/python -m tests.containers

fuzz: $(VENV)/dev.stamp ## Ask every address and form odd questions (REQUESTS=5000, SEED=…)
	@REQUESTS=$(or $(REQUESTS),5000) SEED=$(SEED) $(SUPERVISOR) test tests/outside -q -n1 --timeout=3600

check: $(VENV)/dev.stamp ## Everything that must hold, the tests last
	@$(MAKE) --no-print-directory --jobs=2 lint types layers templates schema
	@$(MAKE) --no-print-directory test ARGS=
	@$(MAKE) --no-print-directory test-slow ARGS=

lint: $(VENV)/dev.stamp ## Lint, and hold the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(DJADE) --check $(TEMPLATES)

fmt: $(VENV)/dev.stamp ## Format, and repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@$(DJADE) $(TEMPLATES) || $(DJADE) --check $(TEMPLATES)

types: $(VENV)/dev.stamp ## Check the types
	@$(SUPERVISOR) with-settings $(BIN)/mypy .

layers: $(VENV)/dev.stamp ## Hold the layers
	$(BIN)/lint-imports

templates: $(VENV)/dev.stamp ## Lint the templates
	$(BIN)/djlint --lint --quiet templates adminmoves

schema: $(VENV)/dev.stamp ## Models and migrations, Django's checks, production settings, translations
	@$(SUPERVISOR) schema

lock: $(VENV)/dev.stamp ## Lock the requirements again after a change of the .in files
	for part in requirements requirements-s3 requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links $$part.in -o $$part.txt; \
	done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is missing or older than 3.11; name a newer one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Installing the packages of requirements.txt."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@echo "Installing the packages of requirements-dev.txt."
	@$(PIP) -r requirements-dev.txt
	@touch $@
