# tongbao: every task has one name. `make help` lists them.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo run peers test simulate fresh planted soak long check coverage bench lock clean

help: ## List the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## Create .venv with the locked dependencies and tongbao itself

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Replay the Optus outage of 2023 from alarm to report, on the sandbox
	$(BIN)/tongbao demo

run: setup ## Start everything in one process (web, clocks, delivery) on the sandbox
	$(BIN)/tongbao run

peers: setup ## Install the programs of others that the tests run against (Alertmanager, Chromium, emulators)
	@tests/peers_tests/install.sh

test: setup peers ## Run the tests
	$(BIN)/python -m pytest

simulate: setup ## The simulation: SEED=17 runs one and tells it, SEEDS=10000 runs many (100) on all cores
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),100) --jobs $$(nproc)) $(if $(PLANT),--plant "$(PLANT)")

fresh: setup ## 240 s of seeds that each commit gives anew
	$(BIN)/python -m tests.simulation --fresh --seconds 240

planted: setup ## Every planted bug with the seed that finds it
	$(BIN)/python -m tests.simulation --planted

soak: setup ## Fresh seeds and planted bugs side by side
	$(MAKE) -j2 fresh planted

long: setup ## A process of the clocks stands still for ten real minutes over a due instant
	STOPPED_SECONDS=600 $(BIN)/python -m pytest -n 0 -o faulthandler_timeout=900 tests/kill_tests/test_clocks.py -k stopped_clock

check: setup ## Lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: setup ## Print the handbook's demands with the tests that keep them
	$(BIN)/python -m tests.coverage

bench: setup ## Measure the figures that the README quotes
	$(BIN)/python -m benchmarks

lock: ## Resolve the dependencies again (needs uv)
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q pyproject.toml -o requirements.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q pyproject.toml --group dev -o requirements-dev.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q --group peers -c requirements-dev.lock -o requirements-peers.lock
	cd tests/peers_tests && npm install --package-lock-only

clean: ## Remove the environment and the local home
	rm -rf $(VENV) .peers tongbao-home
