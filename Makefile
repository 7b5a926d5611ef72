# SocketSpeak. `make` alone says what can be made. Needed: make, and Python 3.11 or newer with its venv module.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
ARGS ?=
# Tests wait for much: one process more than there are processors keeps these busy.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN := $(VENV)/bin
LOCALE := socketspeak/language/locale
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11

# A virtual environment holds the path that it was made at: one that was copied or moved along, or whose Python
# is gone, is made anew.
ifneq ($(shell test -x $(VENV)/bin/python && cat $(VENV)/made-at 2>/dev/null),$(CURDIR))
$(VENV)/made-at: anew
endif

.PHONY: help serve test check pytest format messages bench soak fuzz clean anew
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:
	@echo 'make serve   run the daemon on 127.0.0.1, port 8082, until Ctrl-C; options: make serve ARGS="--grace 5"'
	@echo 'make test    run every check: format, lint, spelling, types, arrows between rooms, tests'
	@echo 'make pytest  the tests alone; some of them: make pytest ARGS="tests/language -k watch"'
	@echo 'make format  format the code, and mend what the linter can mend'
	@echo 'make messages  bring the catalogs of the languages up to date, and compile them'
	@echo 'make bench   measure the performance that the README claims'
	@echo 'make soak    ten minutes of mixed load, after which nothing may be left behind'
	@echo 'make fuzz    look for input that breaks something; one target: make fuzz ARGS="--target telnet --seconds 60"'
	@echo 'make clean   remove what was built, the virtual environment $(VENV) included'
	@echo
	@echo 'Another Python than the first fit one on the path: make serve PYTHON=python3.13'

serve: $(VENV)/ready
	@exec $(BIN)/twistd --nodaemon --pidfile= socketspeak $(ARGS)

test: check pytest

check: $(VENV)/ready-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Last of `make test`, so that its closing line is the last that is printed.
pytest: $(VENV)/ready-to-test
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

format: $(VENV)/ready-to-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What is new in a catalog is left empty for a translator, never guessed: a test says what is missing.
messages: $(VENV)/ready
	$(BIN)/pybabel -q extract --no-default-keywords --keywords='N_ Verb:2' --no-location --no-wrap \
	    --project=SocketSpeak --copyright-holder='the SocketSpeak authors' \
	    --output=$(LOCALE)/socketspeak.pot socketspeak/language/messages.py socketspeak/language/verbs.py
	$(BIN)/pybabel -q update --domain=socketspeak --input-file=$(LOCALE)/socketspeak.pot --output-dir=$(LOCALE) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel -q compile --domain=socketspeak --directory=$(LOCALE) --statistics

bench: $(VENV)/ready-to-test
	$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/ready-to-test
	$(BIN)/python -m benchmarks.soak $(ARGS)

fuzz: $(VENV)/ready-to-test
	$(BIN)/python -m tests.fuzz $(ARGS)

clean:
	rm -rf $(VENV) .venv-* build dist benchmarks/.build *.egg-info _trial_temp* twisted/plugins/dropin.cache
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find . -name .git -prune -o -name __pycache__ -prune -exec rm -rf {} +

# --- The virtual environment ------------------------------------------------------------------------------------

$(VENV)/ready: $(VENV)/made-at setup.cfg pyproject.toml
	@echo 'Installing SocketSpeak and what it needs into $(VENV); the first time, this takes about half a minute.'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready
	@echo 'Installing what the tests need into $(VENV).'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Debian splits venv's ensurepip off into a package: where it is missing, a pip of the system's does as well.
$(VENV)/made-at:
	@for python in $(or $(PYTHON),$(PYTHONS)); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
	    echo 'SocketSpeak needs Python 3.11 or newer; looked for: $(or $(PYTHON),$(PYTHONS)). Name one by: make PYTHON=…' >&2; \
	    exit 1; \
	fi; \
	echo "Making the virtual environment $(VENV) with $$("$$python" --version)."; \
	rm -rf '$(VENV)'; \
	if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    "$$python" -m venv '$(VENV)'; \
	elif "$$python" -m pip --version >/dev/null 2>&1; then \
	    "$$python" -m venv --without-pip '$(VENV)' && "$$python" -m pip --python '$(BIN)/python' install -qq pip; \
	else \
	    echo "$$python lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	    exit 1; \
	fi
	@printf '%s' '$(CURDIR)' > $@
