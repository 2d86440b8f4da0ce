PYTHON ?= python3
ARGS ?=
PORT ?=
ROUND ?= long
MOVES ?=
SEED ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all:
SUPERVISOR := $(BIN)/python -m migrations_portal.supervisor

.DEFAULT_GOAL := help
.PHONY: help run manage test bench faults check lint fmt types layers schema templates lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/runtime.stamp ## Start the portal with all it needs (PORT=8123 chooses the port)
	@PORT=$(PORT) $(SUPERVISOR) run

manage: .venv/runtime.stamp ## Run manage.py on the running portal (ARGS="verify_audit")
	@$(SUPERVISOR) manage $(ARGS)

test: .venv/dev.stamp ## Run the tests on real servers (ARGS="tests/area -x -q")
	@$(SUPERVISOR) test $(ARGS)

bench: .venv/dev.stamp ## Measure against the bare limits (ARGS=full: large estates)
	@$(BIN)/python -m benchmarks $(ARGS)

faults: .venv/dev.stamp ## Move while everything fails, and judge (ROUND=short, MOVES=500, SEED=…)
	@ROUND=$(ROUND) MOVES=$(MOVES) SEED=$(SEED) $(BIN)/python -m tests.faults

check: lint types layers templates schema test ## Everything that must hold, the tests last

lint: .venv/dev.stamp ## Lint, and hold the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fmt: .venv/dev.stamp ## Format, and repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/dev.stamp ## Check the types
	@$(SUPERVISOR) with-settings $(BIN)/mypy .

layers: .venv/dev.stamp ## Hold the layers
	$(BIN)/lint-imports

templates: .venv/dev.stamp ## Lint the templates
	$(BIN)/djlint --lint --quiet templates adminmoves

schema: .venv/dev.stamp ## Models and migrations, Django's checks, production settings, translations
	@$(SUPERVISOR) schema

lock: .venv/dev.stamp ## Lock the requirements again after a change of the .in files
	for part in requirements requirements-s3 requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links $$part.in -o $$part.txt; \
	done

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is missing or older than 3.11; name a newer one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	@echo "Installing the packages of requirements.txt."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	@echo "Installing the packages of requirements-dev.txt."
	@$(PIP) -r requirements-dev.txt
	@touch $@
