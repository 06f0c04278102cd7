# Relevo: every task a developer or operator starts. `make help` lists them.
#
# Needs Python 3.11 or newer and make; `make test` also Java 17, Maven and PostgreSQL's server,
# and says what it leaves out where they are missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where `make demo` and `make run` keep their data.
DATA ?= data

# pip must find exactly what the pins name: no extra places, no version check, no prompt.
PIP := PIP_FIND_LINKS= PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-input

.PHONY: help setup test test-parts lint bench torture demo run pins contracts clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
	  awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

# --- environment ---------------------------------------------------------------------------

setup: $(VENV)/.development ## make .venv from the hashed pins, tools for development included

# Runtime pins and the project itself: all that `make demo` and `make run` need.
$(VENV)/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml
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

pins: $(VENV)/.development ## solve requirements/*.txt again after a change in pyproject.toml (UPGRADE=1: newest versions)
	@$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --constraints requirements/dev.txt --output-file requirements/runtime.txt
	@$(COMPILE) --group build --constraints requirements/dev.txt --output-file requirements/build.txt
	@$(MAKE) setup
