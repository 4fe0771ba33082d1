# Every task of the project. `make` alone lists them.
# Set-up happens once: a stamp inside each environment carries a checksum of its lock file.

.DEFAULT_GOAL := help
SHELL := bash
# Environments are installed two at a time.
MAKEFLAGS += --jobs=2
ARGS ?=
ENV ?= dev
PNPM_VERSION := 12.21.0

# The first Python on PATH that is new enough; `make PYTHON=/path/to/python3.12` chooses.
PYTHON ?= $(eval PYTHON := $(firstword $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p; done)))$(PYTHON)

sum = $(shell { echo $(CURDIR); cat $(1) 2>/dev/null; } | cksum | cut -d ' ' -f 1)
VENV := .venv/.made-$(call sum,requirements/dev.txt pyproject.toml)
MINISTACK := .tools/ministack/.made-$(call sum,requirements/ministack.txt)
SAM := .tools/sam/.made-$(call sum,requirements/sam.txt)
UV := .tools/uv/.made-$(call sum,requirements/uv.txt)
PNPM := .tools/pnpm/.made-$(PNPM_VERSION)
node_modules = $(1)/node_modules/.made-$(call sum,$(1)/package.json $(1)/pnpm-lock.yaml $(1)/pnpm-workspace.yaml)
AMPLIFY_NODE := $(call node_modules,.)
APPSYNC_NODE := $(call node_modules,local/appsync)
FRONTEND_NODE := $(call node_modules,frontend)
CASTORE_NODE := $(call node_modules,benchmarks/castore)

TYPED := $(shell date +%s)
RUN := .venv/bin/python
PIP := bin/python -m pip install --quiet --disable-pip-version-check
PNPM_RUN := .tools/pnpm/node_modules/.bin/pnpm
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/sam/bin:$(CURDIR)/.tools/pnpm/node_modules/.bin:$(PATH)

##@ Every day
.PHONY: help dev test trials check fix docs invoke
help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

dev: setup-run ## Run the whole system on this machine (ARGS=--fresh starts anew, ARGS=--no-web without the page)
	@SKAFU_TYPED=$(TYPED) exec $(RUN) -m skafu.cli dev $(ARGS)

test: setup chromium ## Pass every test (ARGS="unit e2e" picks suites)
	@$(RUN) -m scripts.run $(ARGS)

trials: setup chromium ## Follow every guide, put another domain in, and test the tools
	@$(RUN) -m scripts.run guides orders tools

check: $(VENV) $(AMPLIFY_NODE) $(APPSYNC_NODE) $(FRONTEND_NODE) ## Format, lint, types, unit tests, generated files (ARGS="types lint" picks checks)
	@$(RUN) -m scripts.check $(ARGS)

# What is left to mend by hand, `make check` tells.
fix: $(VENV) $(AMPLIFY_NODE) $(APPSYNC_NODE) $(FRONTEND_NODE) ## Format, and mend what the linters can mend safely
	@ruff check --quiet --exit-zero --fix . >/dev/null && ruff format --quiet .
	@$(PNPM_RUN) --silent run lint:fix >/dev/null || [ $$? = 1 ]
	@$(PNPM_RUN) --silent run format >/dev/null

docs: $(VENV) $(AMPLIFY_NODE) ## Generate every generated file again
	@$(RUN) -m scripts.generated --write

invoke: $(VENV) $(SAM) ## Run one function on one sample: make invoke FN=CommandApi EVENT=events/command_api/create_project.json
	@test -n "$(FN)" || { echo "Say which function: make invoke FN=CommandApi EVENT=events/..."; exit 2; }
	@$(RUN) -m skafu.cli invoke $(FN) $(EVENT) $(ARGS)

##@ Longer figures
.PHONY: simulate mutate soak bench screenshots
simulate: $(VENV) ## Simulate faults for as long as you like (ARGS="--schedules 100000 --seed 7")
	@$(RUN) -m skafu.cli simulate $(ARGS)

mutate: $(VENV) ## Change the code and find what no test notices (ARGS="src/edge/caller.py" a part of it)
	@$(RUN) -m scripts.mutate $(ARGS)

soak: setup chromium ## The long tests: races, storms, schedules and mutants in full number
	@$(RUN) -m scripts.run soak $(ARGS)

bench: setup chromium $(CASTORE_NODE) ## Benchmarks; writes results with machine, date and commit (ARGS=units one of them)
	@$(RUN) -m skafu.cli bench $(ARGS)

screenshots: setup chromium ## Pictures of the page for the README, and of each state of it, into test-results/states/
	@$(RUN) -m scripts.run screenshots $(ARGS)

##@ AWS
.PHONY: build deploy conformance
build: $(VENV) $(SAM) $(UV) ## Build what is deployed, into .aws-sam/ (ENV=dev)
	@$(RUN) -m scripts.deploy build $(ENV) $(ARGS)

deploy: $(VENV) $(SAM) $(UV) ## Build, and deploy to AWS (ENV=dev); Amplify first: npx ampx sandbox
	@$(RUN) -m scripts.deploy deploy $(ENV) $(ARGS)
	@$(RUN) -m skafu.cli outputs --environment $(ENV)

conformance: setup chromium ## The end-to-end tests against an AWS account: OUTPUTS=outputs.json describes it
	@test -f "$(OUTPUTS)" || { echo "Describe the environment: make conformance OUTPUTS=... (docs/conformance.md)"; exit 2; }
	@SKAFU_E2E_OUTPUTS=$(abspath $(OUTPUTS)) $(RUN) -m scripts.run e2e $(ARGS)

##@ House
.PHONY: setup setup-run lock clean chromium python node
setup: setup-run $(SAM) $(UV) $(AMPLIFY_NODE) ## Install everything, each thing once
setup-run: $(VENV) $(MINISTACK) $(APPSYNC_NODE) $(FRONTEND_NODE)

chromium: $(VENV) # found, or installed where that is possible
	@$(RUN) -m scripts.chromium

lock: $(UV) ## Resolve every Python lock file again (ARGS=--upgrade takes newer versions)
	@$(COMPILE) $(ARGS) pyproject.toml --output-file src/requirements.txt
	@$(COMPILE) $(ARGS) pyproject.toml --group dev --constraints src/requirements.txt --output-file requirements/dev.txt
	@for tool in ministack sam uv; do \
	  $(COMPILE) $(ARGS) requirements/$$tool.in --output-file requirements/$$tool.txt || exit 1; done

# One lock for Linux and macOS, Python 3.11 and later, and without a word on where packages came from.
COMPILE := .tools/uv/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command "make lock"

clean: ## Remove what was built and installed; the data of `make dev` stays
	rm -rf .venv .tools .aws-sam node_modules local/appsync/node_modules frontend/node_modules frontend/dist benchmarks/castore/node_modules \
	  .check_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results

python:
	@test -n "$(PYTHON)" || { echo "Skafu needs Python 3.11 or later on PATH (https://www.python.org/downloads/)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv."; exit 1; }

node:
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null || \
	  { echo "Skafu needs Node.js 20.19 or later on PATH; found: $$(node --version 2>/dev/null || echo none) (https://nodejs.org)."; exit 1; }
	@command -v npm >/dev/null || { echo "Skafu needs npm, which comes with Node.js (https://nodejs.org)."; exit 1; }

# A lock is complete, so nothing is left to resolve (`--no-deps`; older pips fail at it, too).
# Installed on top of what is there; begun anew when the folder was moved, since a virtual environment knows its path.
define environment
	@echo "Installing $(1) ..."
	@[ "$$(cat $(1)/.folder 2>/dev/null)" = "$(CURDIR)" ] || rm -rf $(1)
	@[ -x $(1)/bin/python ] || $(PYTHON) -m venv $(1)
	@echo "$(CURDIR)" > $(1)/.folder && rm -f $(1)/.made-*
	@$(1)/$(PIP) --no-deps --require-hashes --requirement $(2)
endef

$(VENV): | python
	$(call environment,.venv,requirements/dev.txt)
	@.venv/$(PIP) --no-deps --no-build-isolation --editable . && touch $@

$(MINISTACK): | python
	$(call environment,.tools/ministack,requirements/ministack.txt)
	@touch $@

$(SAM): | python
	$(call environment,.tools/sam,requirements/sam.txt)
	@touch $@

$(UV): | python
	$(call environment,.tools/uv,requirements/uv.txt)
	@touch $@

$(PNPM): | node
	@echo "Installing .tools/pnpm ..."
	@rm -rf .tools/pnpm && mkdir -p .tools/pnpm && cd .tools/pnpm && echo '{"private": true}' > package.json && \
	  npm install --silent --no-audit --no-fund --no-update-notifier pnpm@$(PNPM_VERSION)
	@touch $@

$(AMPLIFY_NODE) $(APPSYNC_NODE) $(FRONTEND_NODE) $(CASTORE_NODE): | $(PNPM)
	@echo "Installing $(dir $@) ..."
	@mkdir -p $(dir $@) && cd $(dir $@).. && CI=true $(CURDIR)/$(PNPM_RUN) install --frozen-lockfile --reporter=silent
	@rm -f $(dir $@).made-* && touch $@
