# gridmap: one command for each thing one does here. `make` alone lists them.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT        ?= 8501
STORE       ?= gridmap-store
BENCH       ?=
PYTEST      ?= -n auto --dist loadscope
PYTHON      ?= $(shell command -v python3.11 || command -v python3 || command -v python)

VENV        := .venv
BIN         := $(VENV)/bin
INSTALL     := scripts/pip.sh $(BIN)/python
STAMPS      := $(VENV)/stamps
ASSETS      := gridmap/assets/vendor/manifest.json

.PHONY: help demo test lint format assets wheel bundle bench reference screens screens-speed lock clean setup setup-test debian browser java strace nginx

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## open the dashboards on the demo street (PORT=8501), building it the first time
	@$(BIN)/gridmap demo --store $(STORE) --port $(PORT)

# What is fetched comes from three places, and mypy needs only one of them: they do not wait for one another.
test: $(BIN)/python ## everything CI runs: set-up, ruff, mypy, pytest with the browser tests
	@$(MAKE) --no-print-directory --jobs=4 $(STAMPS)/spark debian lint
	@$(BIN)/python -m pytest -q $(PYTEST)

lint: setup-test ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted as ruff does it. Run: make format" >&2; exit 1; }
	@$(BIN)/mypy

format: setup-test ## let ruff put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

assets: $(ASSETS) ## fetch the files the browser needs (fonts, tile worker) into gridmap/assets/vendor

wheel: setup-test $(ASSETS) ## build dist/gridmap-*.whl with everything inside
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation > /dev/null
	@ls -1 dist/*.whl

bundle: wheel ## build dist/gridmap-bundle-*.tar: everything to install it where there is no registry
	@$(BIN)/python scripts/bundle.py

bench: $(STAMPS)/bench ## measure speed (BENCH=NAME for one)
	@$(BIN)/gridmap bench $(BENCH)

reference: setup-test ## write docs/reference.md from the program
	@$(BIN)/python scripts/reference.py

screens: setup-test browser ## take the pictures in docs/screens of a store (STORE=FOLDER) and say how quick it was
	@$(BIN)/python -u scripts/screens.py $(STORE)

screens-speed: setup-test browser ## measure the screens on a store with a real browser and 30 viewers (STORE=FOLDER)
	@$(BIN)/python -u scripts/screens_speed.py $(STORE)

lock: ## find the newest versions that fit pyproject.toml and write requirements.lock
	@$(PYTHON) scripts/lock.py

clean: ## remove what was built or fetched, but never a store
	@rm -rf $(VENV) node_modules gridmap/assets/vendor dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- set-up: every step leaves a stamp, so that nothing is done twice ---------------------------

setup: $(STAMPS)/runtime $(ASSETS)

setup-test: setup $(STAMPS)/test

$(BIN)/python:
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "gridmap needs Python 3.11 or newer. Name it with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/runtime: pyproject.toml requirements.lock scripts/hatch_build.py scripts/pip.sh | $(BIN)/python
	@mkdir -p $(STAMPS)
	@$(INSTALL) "the build tools" hatchling editables
	@$(INSTALL) "gridmap and what it stands on (250 MB, once)" --no-build-isolation -e .
	@touch $@

$(STAMPS)/test: $(STAMPS)/runtime
	@$(INSTALL) "the test tools" --no-build-isolation -e '.[test]'
	@touch $@

# Published as source only: built apart, where pip may fetch what building it takes.
$(STAMPS)/spark: $(STAMPS)/runtime | $(STAMPS)/test  # never two of pip at once
	@$(INSTALL) "Apache Spark (450 MB, once)" pyspark
	@touch $@

$(STAMPS)/bench: $(STAMPS)/runtime $(ASSETS)
	@$(INSTALL) "what the benchmarks compare with" --no-build-isolation -e '.[bench]'
	@touch $@

$(ASSETS): package-lock.json .npmrc scripts/assets.py | $(BIN)/python
	@command -v npm > /dev/null \
	  || { echo "The browser files come from npm: install Node 20 or newer first." >&2; exit 1; }
	@echo "Fetching the fonts and the tile worker (150 MB, once)"
	@npm ci --silent
	@$(BIN)/python scripts/assets.py

debian: ## install all that the tests need of Debian, at once (needs root)
	@bash scripts/debian.sh browser java strace nginx

browser: ## install Debian's Chromium and a Chinese font for the browser tests (needs root)
	@bash scripts/debian.sh browser

strace: ## install Debian's strace for the power failures of `gridmap torture` (needs root)
	@bash scripts/debian.sh strace

nginx: ## install Debian's nginx for the tests of the reverse proxy (needs root)
	@bash scripts/debian.sh nginx

java: ## install Debian's Java for the tests on Apache Spark (needs root)
	@bash scripts/debian.sh java
