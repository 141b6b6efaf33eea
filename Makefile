# Everything runs in the environment of VENV, which `make` itself creates from constraints.txt.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKSPACE ?= glassllava-demo
PYTEST_ARGS ?=
# Test files run side by side in so many processes, in their order: those of few long tests do not come last. A file's
# tests stay together, for they share what is made once.
PYTEST_WORKERS ?= 2

.PHONY: demo base test lint bench docs clean

# torch first and alone: asked for by name it comes as the CPU build where one is at hand.
$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Making the environment $(VENV): two minutes or so, 2.3 GB."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	@echo "Installing torch."
	$(BIN)/pip install --quiet -c constraints.txt torch==2.13.0
	@echo "Installing GlassLLaVA and its other libraries."
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# The whole workflow on synthetic papers whose truth is known, to a report in WORKSPACE.
demo: $(VENV)/installed
	$(BIN)/glassllava demo $(WORKSPACE)

# The embedded base model, anew from the virtual SEM alone (about half an hour on two cores).
base: $(VENV)/installed
	$(BIN)/glassllava synthetic base src/glassllava/models/bases/tiny-base

test: lint
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

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
