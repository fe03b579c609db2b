# Needs Python 3.11 or newer and make, and nothing else.
#   make demo   every kind of return, played through   (ORDERS=… REQUESTS=… name files of your own)
#   make test   everything that must hold           (two workers; PYTEST_BESIDE= for one)
#   make storm  each step killed at every moment of it, and 20 000 webhooks: `make test` plays a part
#   make faults everything killed in a storm of lost answers; controls that must fail  (faults-long)
#   make up     the local stack, until Ctrl-C          (DEMO=1 shows what the last demo left)
#   make check  what can be said without running the engine
#   make bench  what a return costs, beside a bare workflow; bench-events and others: beside others

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PYTEST_BESIDE := -n 2 --no-loadscope-reorder
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes

.DEFAULT_GOAL := demo
.PHONY: demo test storm faults faults-long up check bench lint

demo: $(VENV)/runtime.installed
	@$(PY) starter.py demo $(if $(ORDERS),--orders $(ORDERS)) $(if $(REQUESTS),--requests $(REQUESTS))

up: $(VENV)/runtime.installed
	@$(if $(DEMO),BACKHAUL_STATE=$(CURDIR)/.state/demo) $(PY) -m deploy.local up

test: lint
	$(PY) -m pytest $(PYTEST_BESIDE) $(PYTEST_ARGS)

storm: $(VENV)/dev.installed
	$(PY) -m pytest -m "storm or not storm" tests/activities/test_kills.py tests/end_to_end/test_webhook_storm.py

faults: $(VENV)/dev.installed
	@$(PY) -m tests.faults

faults-long: $(VENV)/dev.installed
	@$(PY) -m tests.faults long

check: lint
	$(PY) -m pytest tests/architecture

bench: $(VENV)/runtime.installed
	@$(PY) -m bench $(BENCH_ARGS)

bench-%: $(VENV)/bench.installed
	@$(PY) -m bench $* $(BENCH_ARGS)

lint: $(VENV)/dev.installed
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy .

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "backhaul needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true): name one with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime.installed: requirements.lock $(VENV)/made
	@echo "Installing what requirements.lock names into $(VENV) (once) ..."
	@$(PIP_INSTALL) -r $<
	@touch $@

$(VENV)/dev.installed: requirements-dev.lock $(VENV)/made
	@echo "Installing what requirements-dev.lock names into $(VENV) (once) ..."
	@$(PIP_INSTALL) -r $<
	@touch $@ $(VENV)/runtime.installed

$(VENV)/bench.installed: requirements-bench.lock $(VENV)/made
	@echo "Installing what requirements-bench.lock names into $(VENV) (once) ..."
	@$(PIP_INSTALL) -r $<
	@touch $@ $(VENV)/runtime.installed
