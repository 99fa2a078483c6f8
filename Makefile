# Everything runs in .venv, which the first target that needs it makes from requirements.lock.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check

# A name on the path may be a stub for a version that is not there, and Debian has ensurepip in a package of its own.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c '$(USABLE)' 2>/dev/null && echo $$name && break; done)

# The compiled bytecode is worth 2 s at every start of the command.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lock schemas release eval train bench chaos soak

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(INSTALLED)  ## replay the five articles of seeds/ through the whole stream and show the alerts
	@$(BIN)/dyadwatch demo

test: $(INSTALLED)  ## run the tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(INSTALLED)  ## lint, check the types, check that what is made of the code is current and breaks no reader of the last release
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m schemas.generate --check
	$(BIN)/python -m agents.contract --check
	$(BIN)/python -m agents.sight --check
	$(BIN)/python -m agents.settings_reference --check

eval: $(INSTALLED)  ## the detector's figures on the labelled articles of tests/corpus/
	@$(BIN)/python -m tests.corpus.evaluate

bench: $(INSTALLED)  ## every performance figure beside its peers, written to docs/performance.md; 25 minutes; needs java and mvn
	@$(BIN)/python -m tests.bench

chaos: $(INSTALLED)  ## kill workers and their broker 100 times while 20,000 articles flow, then measure pauses; needs java and mvn
	$(BIN)/python -m tests.broker.chaos 100 20000
	$(BIN)/python -m tests.broker.pauses 10

soak: $(INSTALLED)  ## a million articles through one worker: its memory and its tables; an hour; needs java and mvn
	$(BIN)/python -m tests.broker.soak 1000000

train: $(INSTALLED)  ## fit the detector's weights to the labelled articles
	$(BIN)/python -m tests.corpus.train_detect
	$(BIN)/python -m tests.corpus.train_events

schemas: $(INSTALLED)  ## write schemas/json/, docs/asyncapi.json, docs/metrics.md and docs/settings.md again from what declares them
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m agents.contract
	$(BIN)/python -m agents.sight
	$(BIN)/python -m agents.settings_reference

# --python-version: from the oldest that we support on; otherwise the lock would begin with the one in .venv.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

lock: $(INSTALLED)  ## pin the newest versions that pyproject.toml allows: requirements.lock, its two parts for the image, and what a release is made with
	$(COMPILE) --all-extras --upgrade pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade --constraint requirements.lock pyproject.toml --output-file deploy/runtime.lock
	$(COMPILE) --upgrade --constraint requirements.lock deploy/build.in --output-file deploy/build.lock
	$(COMPILE) --upgrade --constraint requirements.lock deploy/release.in --output-file deploy/release.lock

# In an environment of its own: what it brings would change how feeds are read beside ours.
$(VENV)/cyclonedx/bin/cyclonedx-py: deploy/release.lock
	@$(BIN)/python -m venv --clear $(VENV)/cyclonedx
	@$(VENV)/cyclonedx/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r deploy/release.lock
	@touch $@

release: $(INSTALLED) $(VENV)/cyclonedx/bin/cyclonedx-py  ## what is released of the last commit, into dist/: wheel, source, bill of materials, sums; the same on every machine
	@deploy/release $(BIN)/python $(VENV)/cyclonedx/bin/cyclonedx-py dist

# --no-deps and --no-build-isolation: nothing is installed that the lock does not hold, not even to build.
$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer with its venv module found; install it (on Debian and Ubuntu: apt install python3-venv)" \
		"or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Installing into $(VENV): once, a minute or two"
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-compile --no-deps --no-build-isolation --quiet --editable .
	@echo "Compiling"
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib agents pipeline schemas || true
	@touch $@
