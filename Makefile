# Two commands do everything: `make run` and `make test`. `make demo` shows the whole road without a network.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run demo test check format lock docs clean

run: $(VENV)/.installed          ## start the daemon with config.yaml
	$(BIN)/aggregator --config config.yaml run

demo: $(VENV)/.installed         ## sample feeds, polled, merged and served from loopback
	$(BIN)/python -m aggregator.demo

test: check                      ## everything that must hold, tests included

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term:skip-covered

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-test    ## what is made from the code: pages, and the digests of what the samples come to
	$(BIN)/python -m aggregator.config.reference > docs/configuration.md
	$(BIN)/aggregator schema > docs/config.schema.json
	$(BIN)/python -m aggregator.cli.manual > docs/man/aggregator.1
	$(BIN)/python -m tests.e2e.golden > tests/e2e/golden.sha256

lock: $(VENV)/.installed-test    ## pin every dependency by version and hash, for every platform
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --upgrade --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --constraint requirements.lock --extra test --output-file requirements-test.lock pyproject.toml

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "aggregator needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
