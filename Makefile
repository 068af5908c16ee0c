# Each target sets up what it needs. `make demo` and `make check` are the README's two make commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

.DELETE_ON_ERROR:
.PHONY: demo test check lint types docs requirements clean

# pip verifies every hash; installing the project itself leaves the verified packages untouched.
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
endef

$(VENV)/runtime: requirements/runtime.txt pyproject.toml
	$(call install,requirements/runtime.txt)

$(VENV)/development: requirements/development.txt pyproject.toml
	$(call install,requirements/development.txt)
	touch $(VENV)/runtime

demo: $(VENV)/runtime
	$(BIN)/shotscale draw $(DEMO)/demo.mkv
	$(BIN)/authorship classify $(DEMO)/demo.mkv --save $(DEMO)/demo

# Two processes share the cores; OpenMP threads spin while they wait for each other and would take up half of the cores.
test: $(VENV)/development
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2

lint: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/development
	$(BIN)/mypy

check: lint types test

# Builds the site in site/; benchmarks/pages.py updates the output that the pages show.
docs: $(VENV)/development
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# Needs uv; writes the pinned, hash-checked requirement files from pyproject.toml.
UV_COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" --quiet
requirements:
	$(UV_COMPILE) --extra development --output-file requirements/development.txt
	$(UV_COMPILE) --constraint requirements/development.txt --extra build --output-file requirements/runtime.txt

clean:
	rm -rf $(VENV) $(DEMO) build site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
