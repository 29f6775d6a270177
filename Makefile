.DEFAULT_GOAL := help
.PHONY: pictures help install install-dev history browser run test quick lint format lock check clean

PORT ?= 8000
VENV := .venv/bin

help:  ## Show these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/bin/python:
	@python3 -m venv .venv || { echo "python3 -m venv failed. On Debian/Ubuntu: sudo apt install python3-venv"; exit 1; }

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@sh tools/install.sh requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@sh tools/install.sh requirements-dev.lock
	@touch $@ .venv/.run

install: .venv/.run  ## Install what running needs (locked, hashed)

install-dev: .venv/.dev  ## Install what tests and lint need as well

run: install  ## Serve a sample month on http://127.0.0.1:8000
	$(VENV)/asuh serve --demo --port $(PORT)

history: install-dev  ## Serve made-up months since January 2025, to look at monitoring
	PYTHONPATH=. $(VENV)/python tools/history.py --port $(PORT)

browser:  ## Find a browser for the tests, or install one
	@sh tools/browser.sh

lint: install-dev  ## Check style, types and architecture
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache

test: install-dev browser  ## Run every test (PostgreSQL and a browser included)
	$(VENV)/pytest -n auto --dist worksteal

quick: install-dev  ## Run the tests that take less than a second each
	$(VENV)/pytest -m "not slow and not browser" -x

check: lint test  ## What CI runs

format: install-dev  ## Format and fix what can be fixed
	$(VENV)/ruff format
	$(VENV)/ruff check --fix

pictures: install-dev browser  ## Take the pictures of README and docs anew
	$(VENV)/python tools/pictures.py
	PYTHONPATH=. $(VENV)/python tools/phone_pictures.py

lock: install-dev  ## Resolve the locked environments anew (a deliberate commit)
	$(VENV)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --extra build --extra fast -q -o requirements.lock
	$(VENV)/uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean:  ## Remove the environment and the sample database
	rm -rf .venv var
