# Relevo: every task a developer or operator starts. `make help` lists them.
#
# Needs Python 3.11 or newer and make. `make test` also wants PostgreSQL's server, Java 17 with
# Maven for Kafka, Node.js 20 with npm for vendors' clients, and Chromium: as root on Debian it
# installs them, elsewhere it says what it leaves out.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More arguments for the command of a target: make test ARGS="tests/unit -k fold"
ARGS ?=
# Processes that share the tests, file by file, each with servers of its own; 0: only one.
WORKERS ?= 2

# pip must find exactly what the pins name: no extra places, no version check, no prompt.
PIP := PIP_FIND_LINKS= PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-input

.PHONY: help setup test test-parts lint bench fuzz torture demo run pins contracts screenshots clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
	  awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

# --- environment ---------------------------------------------------------------------------

setup: $(VENV)/.development ## make .venv from the hashed pins, tools for development included

# Runtime pins and the project itself, editable: all that `make demo` and `make run` need.
$(VENV)/.runtime: requirements/runtime.txt requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Relevo needs Python 3.11 or newer; name one with PYTHON=...")'
	@test -x $(BIN)/python || { echo "making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the runtime pins"
	@$(PIP) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements/dev.txt
	@echo "installing the development pins"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# The development pins are solved first and bound the other two, so the three never disagree.
COMPILE = UV_NO_CONFIG=1 UV_FIND_LINKS= $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate $(if $(UPGRADE),--upgrade)

pins: $(VENV)/.development ## solve requirements/*.txt again from pyproject.toml; UPGRADE=1 takes the newest versions
	@$(COMPILE) pyproject.toml --all-extras --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --all-extras --constraints requirements/dev.txt --output-file requirements/runtime.txt
	@$(COMPILE) --group build --constraints requirements/dev.txt --output-file requirements/build.txt
	@$(MAKE) setup

# --- the product -----------------------------------------------------------------------------

demo: $(VENV)/.runtime ## start the product with 30 days of sample leads and watch the hand-offs happen
	@$(BIN)/relevo demo $(ARGS)

run: $(VENV)/.runtime ## serve the product, empty at first, and keep its data
	@$(BIN)/relevo serve all $(ARGS)

# --- quality ---------------------------------------------------------------------------------

test: $(VENV)/.development test-parts ## run the tests, against real PostgreSQL, Kafka and vendors' clients
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-parts: $(VENV)/.development ## get what the tests need: PostgreSQL, Kafka, vendors' clients for Node.js, Chromium
	@$(BIN)/python -m tests.support.parts

torture: $(VENV)/.development test-parts ## kill and freeze the product's processes under load, for long
	@$(BIN)/pytest -m torture -o faulthandler_timeout=0 $(ARGS)

fuzz: $(VENV)/.development ## feed every vendor's adapter bent bytes for a minute each: make fuzz ARGS="hubspot --seconds 600"
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/.development test-parts ## measure speed and size, as ratios to a bare server on this machine
	@$(BIN)/python -m tests.bench $(ARGS)

lint: $(VENV)/.development ## check style, types, directions of imports, dependencies and pins
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check || { echo "to mend it: $(BIN)/ruff format"; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry --no-ansi .
	@! grep -nE 'https?://|find-links|file:' requirements/*.txt || { echo "pins must name no place"; exit 1; }

contracts: $(VENV)/.development ## write the checked-in schemas and the description of the API again
	@$(BIN)/python -m shared.contracts
	@$(BIN)/python -m services.openapi

screenshots: $(VENV)/.development test-parts ## take the pictures of the console in docs/pictures again
	@$(BIN)/python -m tests.support.pictures

clean: ## remove the environment, caches and builds; data stay
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
