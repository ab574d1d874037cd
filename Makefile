# PUNT. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BROWSER ?= yes
DEBUG ?= no
BROWSERS ?= installed
MINUTES ?= 10
SEEDS ?= 100000
FIRST ?= 0
# Tests spend half of their time waiting for servers and browsers.
TESTERS ?= $(shell $(PYTHON) -c "import os; print(max(os.cpu_count() * 3 // 2, 2))")
export FLASK_APP := wsgi
# Python caches compiled files, whatever the environment says: otherwise each process of a run compiles all tests again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run demo test check lint format screenshots bench attacks soak simulate fuzz import-corpus audit lock translations clean

help: ## list all commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

install: $(VENV)/.runtime ## create the environment and install what PUNT needs to run

run: install ## start PUNT on http://127.0.0.1:3000 (see docs/settings.md; DEBUG=yes: reloads when the code changes)
	@$(BIN)/flask db upgrade
	@exec $(if $(filter yes,$(DEBUG)),env FLASK_DEBUG=1 )$(BIN)/gunicorn wsgi:app $(if $(filter yes,$(DEBUG)),--reload)

demo: install ## load sample data: 3 projects, 6 people, 150 tickets
	@$(BIN)/flask db upgrade
	@$(BIN)/flask demo

test: $(VENV)/.dev lint ## linters, formatter checks, type checker and all tests (BROWSERS=all: installs Firefox and WebKit first; BROWSER=no: without a browser)
	@if [ "$(BROWSER)" != no ]; then $(BIN)/python -m tests.support.chromium && $(BIN)/python -m tests.support.engines $(BROWSERS); fi
	@$(BIN)/python -m tests.support.proxies
	@echo "== tests" && $(BIN)/python -m pytest -n $(TESTERS) -m "not alone $(if $(filter no,$(BROWSER)),and not browser)"
	@echo "== tests that assert a time, one by one" && $(BIN)/python -m pytest -m "alone $(if $(filter no,$(BROWSER)),and not browser)"

check: $(VENV)/.dev lint ## for everyday work: the linters, and the tests that need neither a browser nor a server
	@PUNT_TEST_SERVERS=no $(BIN)/python -m pytest -n auto -m "not browser and not serving and not alone"

lint: $(VENV)/.dev ## linters, formatter checks and type checker
	@echo "== linter" && $(BIN)/ruff check .
	@echo "== formatter check" && $(BIN)/ruff format --check .
	@echo "== linter for scripts" && $(BIN)/oxlint static
	@echo "== formatter check for scripts and style sheets" && $(BIN)/oxfmt --check static
	@echo "== type checker" && $(BIN)/mypy

format: $(VENV)/.dev ## format the code
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .
	@$(BIN)/oxfmt static

screenshots: $(VENV)/.dev ## save screenshots of every page to screenshots/
	@$(BIN)/python -m tests.support.chromium && $(BIN)/python -m bench.screenshots

bench: $(VENV)/.dev ## run the benchmarks, and print the figures
	@$(BIN)/python -m tests.support.chromium
	@for each in live tabs assets board transfer storm_of_logins; do $(BIN)/python -m bench.$$each || exit; done

attacks: $(VENV)/.dev ## run attacks that try to make everybody wait, beside a reader (POSTGRES=yes)
	@$(BIN)/python -m bench.attacks $(if $(filter yes,$(POSTGRES)),--postgres)

soak: $(VENV)/.dev ## run storms and a long run, judged at the end (MINUTES=10, POSTGRES=yes)
	@$(BIN)/python -m bench.soak --minutes $(MINUTES) $(if $(filter yes,$(POSTGRES)),--postgres)

simulate: $(VENV)/.dev ## simulate the event pipeline under random schedules, seed by seed (SEEDS=100000, FIRST=0)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST)

fuzz: $(VENV)/.dev ## let Schemathesis send a running server thousands of requests
	@$(BIN)/python -m tests.support.fuzzing

import-corpus: install ## try to import every file of a folder, and print one line for each (FOLDER=…)
	@$(BIN)/python -m bench.import_corpus "$(FOLDER)"

audit: $(VENV)/.dev ## look up known vulnerabilities in PUNT's dependencies
	@$(BIN)/pip-audit --strict --requirement requirements.txt --require-hashes --disable-pip

lock: $(VENV)/.dev ## pin all dependencies again, with hashes
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

translations: $(VENV)/.dev ## bring the catalogues up to date with the texts of code, templates and scripts
	@$(BIN)/python -m tests.support.translations

clean: ## remove the environment and caches, but never data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis screenshots static/__joined__

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "PUNT needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Cannot create a virtual environment. On Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "== installing what PUNT needs"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.runtime
	@echo "== installing what the tests need"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
