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
# Tests wait for servers and browsers half of the time.
TESTERS ?= $(shell $(PYTHON) -c "import os; print(max(os.cpu_count() * 3 // 2, 2))")
export FLASK_APP := wsgi
# Python keeps what it compiled, whatever the environment says: else each process of a run compiles all tests anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run demo test check lint format screenshots bench attacks soak simulate fuzz import-corpus audit lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

install: $(VENV)/.runtime ## the environment and what PUNT needs to run

run: install ## start PUNT on http://127.0.0.1:3000 (see docs/settings.md; DEBUG=yes: follows changes of the code)
	@$(BIN)/flask db upgrade
	@exec $(if $(filter yes,$(DEBUG)),env FLASK_DEBUG=1 )$(BIN)/gunicorn wsgi:app $(if $(filter yes,$(DEBUG)),--reload)

demo: install ## load a sample: 3 projects, 6 people, 150 tickets
	@$(BIN)/flask db upgrade
	@$(BIN)/flask demo

test: $(VENV)/.dev lint ## linter, formatter check, type checker and all tests (BROWSERS=all: gets Firefox and WebKit first; BROWSER=no: without a browser)
	@if [ "$(BROWSER)" != no ]; then $(BIN)/python -m tests.support.chromium && $(BIN)/python -m tests.support.engines $(BROWSERS); fi
	@$(BIN)/python -m tests.support.proxies
	@echo "== tests" && $(BIN)/python -m pytest -n $(TESTERS) -m "not alone $(if $(filter no,$(BROWSER)),and not browser)"
	@echo "== tests that promise a time, one by one" && $(BIN)/python -m pytest -m "alone $(if $(filter no,$(BROWSER)),and not browser)"

check: $(VENV)/.dev lint ## what to run while working: the linters, and the tests that need neither a browser nor a server
	@PUNT_TEST_SERVERS=no $(BIN)/python -m pytest -n auto -m "not browser and not serving and not alone"

lint: $(VENV)/.dev ## linters, formatter checks and type checker
	@echo "== linter" && $(BIN)/ruff check .
	@echo "== formatter check" && $(BIN)/ruff format --check .
	@echo "== linter for scripts" && $(BIN)/oxlint static
	@echo "== formatter check for scripts and sheets" && $(BIN)/oxfmt --check static
	@echo "== type checker" && $(BIN)/mypy

format: $(VENV)/.dev ## put the code into its format
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .
	@$(BIN)/oxfmt static

screenshots: $(VENV)/.dev ## pictures of every page into screenshots/
	@$(BIN)/python -m tests.support.chromium && $(BIN)/python -m bench.screenshots

bench: $(VENV)/.dev ## measure, and print the figures
	@$(BIN)/python -m tests.support.chromium
	@for each in live tabs assets board transfer storm_of_logins; do $(BIN)/python -m bench.$$each || exit; done

attacks: $(VENV)/.dev ## what tries to make everybody wait, beside a reader, judged at the end (POSTGRES=yes)
	@$(BIN)/python -m bench.attacks $(if $(filter yes,$(POSTGRES)),--postgres)

soak: $(VENV)/.dev ## storms and a long run, judged at the end (MINUTES=10, POSTGRES=yes)
	@$(BIN)/python -m bench.soak --minutes $(MINUTES) $(if $(filter yes,$(POSTGRES)),--postgres)

simulate: $(VENV)/.dev ## play the event pipeline under chance, seed by seed (SEEDS=100000, FIRST=0)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST)

fuzz: $(VENV)/.dev ## let Schemathesis ask a running server thousands of questions
	@$(BIN)/python -m tests.support.fuzzing

import-corpus: install ## try to import every file of a folder, and print one line of each (FOLDER=…)
	@$(BIN)/python -m bench.import_corpus "$(FOLDER)"

audit: $(VENV)/.dev ## look up known holes in what PUNT runs on
	@$(BIN)/pip-audit --strict --requirement requirements.txt --require-hashes --disable-pip

lock: $(VENV)/.dev ## pin all dependencies anew, with hashes
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and caches, never data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis screenshots static/__joined__

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "PUNT needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "== installing what PUNT needs"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.runtime
	@echo "== installing what the tests need"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
