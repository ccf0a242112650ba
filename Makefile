# Each target installs what it needs into .venv. PYTHON chooses the interpreter, 3.11 or newer.

PYTHON ?= python3
ADDR ?= :8081
SCRIPTS ?= ./scripts
URL ?= http://localhost:8081

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run health reload check-scripts test-scripts test lint types pytest bench hostile clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(INSTALLED)  ## install and serve SCRIPTS on ADDR
	exec $(BIN)/lua-engine -addr $(ADDR) -scripts $(SCRIPTS)

health:  ## ask a running server how it is
	@curl --silent --show-error --fail-with-body $(URL)/health

reload:  ## let a running server read its scripts again
	@curl --silent --show-error --fail-with-body --request POST $(URL)/reload

check-scripts: $(INSTALLED)  ## check every script and report
	$(BIN)/keystone-lua check $(SCRIPTS)

test-scripts: $(INSTALLED)  ## run the scripts' tests, every line covered
	$(BIN)/keystone-lua test $(SCRIPTS) --coverage --fail-under 100

test: lint types test-scripts pytest  ## everything that must pass

lint: $(INSTALLED)  ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)  ## strict types
	$(BIN)/mypy

pytest: $(INSTALLED)  ## the tests alone
	$(BIN)/python -m pytest

bench: $(INSTALLED)  ## time decisions, programs and HTTP
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-only
	$(BIN)/python benchmarks/http_load.py

hostile: $(INSTALLED)  ## run every hostile file and compare verdicts
	$(BIN)/python -m pytest tests/hostile -v

clean:  ## remove what was installed and cached
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
