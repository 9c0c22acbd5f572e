# Everything a newcomer needs; `make help` explains each target.
PYTHON ?= python3
BIN := .venv/bin
# Compiled modules are kept: without them every start reads all sources again.
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8000
HOST ?= 127.0.0.1

.DEFAULT_GOAL := help
.PHONY: help setup run test lint typecheck check bench fuzz demo screenshots docs-images lock clean

help: ## Explain the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Set this machine up: packages, system libraries, fonts (cached; other targets call it)
	@$(PYTHON) scripts/setup.py

run: setup ## Serve on http://127.0.0.1:8000 with a demo office to sign in to (PORT=, HOST=)
	@WORKFLOW_SERVER_DEMO=1 WORKFLOW_SERVER_DEPLOYMENT_APPROVALS=1 $(BIN)/workflow-server serve --host $(HOST) --port $(PORT)

test: setup ## Lint, then run every test, on SQLite and on a real PostgreSQL
	@$(PYTHON) scripts/setup.py browser
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

lint: setup ## Formatting, style, types, import floors, shipped content
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/workflow-server check .

bench: setup ## Measure what README states; one JSON object a line (SCALE=1 is quick)
	@$(BIN)/python -m benchmarks

fuzz: setup ## Play N random diagrams against a reference interpreter (N=, SEED= the first)
	@$(BIN)/python -m tests.fuzzing $(or $(N),1000) $(or $(SEED),0)

demo: setup ## Play a case over HTTP, its papers to out/demo/ (SCENARIO=name, or all of them)
	@$(BIN)/workflow-server demo $(or $(SCENARIO),parking)

screenshots: setup ## Show every page at a desk and on a phone: out/screenshots/*.png
	@$(PYTHON) scripts/setup.py browser
	@$(BIN)/python -m tests.browser.screenshots

docs-images: setup ## Draw all diagrams anew and write docs/processes.md
	@$(PYTHON) scripts/setup.py browser
	@$(BIN)/python -m scripts.docs_images

lock: setup ## Pin every dependency anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make lock" --upgrade --quiet -o requirements.lock

clean: ## Remove what was built here (environment, caches, output), never the data in var/
	@rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache out build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
