# `make` lists the targets. `run`, `test` and the others set the environment up themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WAREHOUSE ?= .warehouse
INPUT ?= samples/documents
SQL := dbt_project/models dbt_project/macros dbt_project/tests
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

# Two files of tests at a time, in their order: a test often waits for a process of its own, a file's tests share what
# they build. (xdist's own order has the largest files first, and the slow ones of few tests alone at the end.)
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: help setup run serve test test-documents test-readers storm fuzz accuracy faults bench bench-documents rules lint format generate lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from the lock, hashes checked

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY) ## Documents to mart: INPUT=samples/documents WAREHOUSE=.warehouse
	$(BIN)/gongkai run --input "$(INPUT)" --warehouse "$(WAREHOUSE)"

serve: $(READY) ## Scheduled runs on a Prefect server of one's own, until stopped
	$(BIN)/gongkai serve --warehouse "$(WAREHOUSE)"

test: $(READY) ## All tests but those on real documents; no network
	$(PYTEST) --ignore=tests/documents

test-documents: $(READY) ## Tests on real documents: GONGKAI_DOCUMENTS=FOLDER
	@test -n "$${GONGKAI_DOCUMENTS:-}" || \
		{ echo "Name the folder of documents: make test-documents GONGKAI_DOCUMENTS=FOLDER" >&2; exit 2; }
	GONGKAI_DOCUMENTS="$(GONGKAI_DOCUMENTS)" $(PYTEST) tests/documents

test-readers: $(READY) ## DuckDB 1.4, 1.5 and 2.0 read the live mart alike (needs the package registry)
	$(BIN)/python -m tests.readers --warehouse "$(WAREHOUSE)"

storm: $(READY) ## Kill 300 runs while readers look on; writes docs/reliability.md
	$(BIN)/python -m tests.storm

fuzz: $(READY) ## Read 100,000 mutated documents: no crash, no hang, no invalid JSON
	$(BIN)/python -m tests.fuzz

accuracy: $(READY) ## Every fault in every layout: decided right, named or wrong
	$(BIN)/python -m tests.accuracy

faults: $(READY) ## Seeded faults through the whole warehouse: caught, localised, missed
	$(BIN)/python -m tests.faults

bench: $(READY) ## Cost beside the least that the same work can cost
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.formats

bench-documents: $(READY) ## A change beside a run that reads 100,000 documents; half an hour
	$(BIN)/python -m tests.bench.documents

rules: $(READY) ## List anew the rules that fail on the samples (docs/rules.md)
	$(BIN)/python -m tests.rules

lint: $(READY) ## Style, types, imports, generated files, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m contracts.render --check
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 $(SQL)

format: $(READY) ## Format Python and SQL
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix $(SQL)

generate: $(READY) ## Render everything that derives from the form
	$(BIN)/python -m contracts.render

lock: $(READY) ## Resolve the dependencies anew, with hashes
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra ocr --group dev --output-file requirements-dev.lock

clean: ## Remove caches and build products; the warehouse and .venv stay
	rm -rf .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
