# Two commands on a fresh machine: "make run" and "make test". They need Python >= 3.11 with pip, and make.
# Everything is installed into .venv; VENV=/elsewhere puts it elsewhere, PYTHON=... chooses what it is made from.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python /usr/bin/python3; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $$p && break; done)
RECIPE ?= recipes/wavegan.toml
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test coverage lint format types contracts docs dist wheel-check bench check clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# A stamp for each set of extras, so that pip runs only where pyproject.toml has changed.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: Python >= 3.11 with venv and pip is needed; none was found (PYTHON=/path/to/python chooses one)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@echo "installing gansuite[$*] into $(VENV): minutes the first time, for torch is large"
	$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[$*]'
	@touch $@

run: $(VENV)/.installed-all ## Train recipes/wavegan.toml to its report (RECIPE=..., ARGS="--set train.steps=100")
	$(BIN)/gansuite run $(RECIPE) $(ARGS)

test: $(VENV)/.installed-test ## Run the test suite, a process for each core (ARGS="-k resume -x")
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

coverage: $(VENV)/.installed-test ## Run the test suite and show the lines that no test runs, subprocesses included
	$(BIN)/python -m pytest --cov --cov-report=term $(ARGS)

lint: $(VENV)/.installed-dev ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev ## Mend style and format where that is safe
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev ## Check types
	$(BIN)/pyright --pythonpath $(BIN)/python

contracts: $(VENV)/.installed-dev ## Check who may import whom
	$(BIN)/lint-imports

docs: $(VENV)/.installed-dev ## Build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

dist: $(VENV)/.installed-dev ## Build the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist .

wheel-check: dist ## Build the wheel and use it, with foreign plugins, in an environment of its own
	bash .ci/wheel-check dist/gansuite-*.whl $(PYTHON)

bench: $(VENV)/.installed-all ## Compare our training step with hand-written loops
	$(BIN)/python benchmarks/wavegan_step.py $(ARGS)
	$(BIN)/python benchmarks/loop_overhead.py $(ARGS)

check: lint types contracts docs test ## All that CI checks in the checkout itself

clean: ## Remove what was built, but neither runs nor the environment
	rm -rf dist build docs/_build .coverage .coverage.* .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find core plugins tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} +
