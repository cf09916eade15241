# DocFlow: `make help` lists what can be done. Works on Debian and Ubuntu with make and Python 3.11 or newer.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_PACKAGES := tesseract-ocr tesseract-ocr-fra python3-venv
TEST_PACKAGES := $(RUN_PACKAGES) chromium mupdf-tools postgresql poppler-utils qpdf rabbitmq-server slapd softhsm2 tesseract-ocr-ara

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test test-long check audit format bench catalogues clean

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: setup ## Install what is missing, then start the district on http://127.0.0.1:8000 until Ctrl-C.
	@DOCFLOW_DEMO=$${DOCFLOW_DEMO:-1} exec $(BIN)/docflow serve

setup: $(VENV)/.ready ## Install what running needs.

setup-dev: $(VENV)/.ready-dev ## Install what testing needs.

test: setup-dev ## Run the quick part of the suite; every server it needs is started privately.
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --part quick

test-long: setup-dev ## Run what is left of it: in a browser, with faults, and each test on the other database.
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --part long

check: setup-dev ## Format, lint, types, imports, templates, catalogues.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint docflow --lint --quiet
	$(BIN)/python -m docflow.web.catalogues check

# In an environment of its own: what looks for weaknesses is not installed beside what it looks at.
audit: $(VENV)-audit/.ready ## Ask the service of advisories about the pinned libraries; says so when it cannot be reached.
	@out=$$($(VENV)-audit/bin/pip-audit --requirement requirements.txt --require-hashes --disable-pip \
		--vulnerability-service osv --progress-spinner off --timeout 15 2>&1); code=$$?; \
	if [ $$code != 0 ] && ! grep -q '^Name .*ID' <<< "$$out"; then \
		tail -n 1 <<< "$$out"; \
		echo "NOT CHECKED: the service of advisories cannot be reached from here. Run make audit where it can." >&2; \
	else echo "$$out"; exit $$code; fi

format: setup-dev ## Put the code in its form.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogues: setup-dev ## Bring both catalogues in line with the code; new sentences are left to be translated.
	$(BIN)/python -m docflow.web.catalogues update

bench: setup-dev ## Measure reading, search and the whole pipeline.
	@$(BIN)/python -m benchmarks

clean: ## Remove what was installed or built here, never the home.
	rm -rf $(VENV) $(VENV)-audit build docflow/web/static/built docflow.egg-info

# The system's packages are asked for only when one is missing, so that a second start takes no time.
define install_packages
	@missing=$$(for name in $(1); do dpkg-query -W -f='$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || echo $$name; done); \
	if [ -n "$$missing" ]; then \
		command -v apt-get >/dev/null || { echo "These packages are missing, and apt-get is not there to install them: $$missing" >&2; exit 1; }; \
		run=; [ "$$(id -u)" = 0 ] || run=sudo; \
		$$run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$run apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "DocFlow needs Python 3.11 or newer; set PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the virtual environment…"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml Makefile
	$(call install_packages,$(RUN_PACKAGES))
	@$(MAKE) --no-print-directory $(VENV)/bin/python
	@echo "Installing the libraries…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m docflow.web.catalogues compile
	@$(BIN)/docflow assets build >/dev/null
	@touch $@

$(VENV)-audit/.ready: requirements-audit.txt
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	$(call install_packages,$(TEST_PACKAGES))
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
