# Everything runs in the environment of VENV, which `make` itself creates from constraints.txt.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PAPERS ?= ../shared/data/papers
WORKSPACE ?= demo-workspace
PYTEST_ARGS ?=

.PHONY: demo test lint bench docs clean

# torch first and alone: asked for by name it comes as the CPU build where one is at hand.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -c constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# The main job on a folder of papers (PAPERS=...), to a report in WORKSPACE.
demo: $(VENV)/installed
	$(BIN)/glassllava run $(PAPERS) -w $(WORKSPACE)

test: lint
	$(BIN)/pytest --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

lint: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

# The documents' commands and links are checked by tests; this runs only those.
docs: $(VENV)/installed
	$(BIN)/pytest tests/docs

clean:
	rm -rf $(VENV) $(WORKSPACE)
