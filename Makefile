# The two commands: `make run` starts the product, `make test` proves it. Everything else is a part of them.
PYTHON ?= python3
PRODUCT := .venv/bin/python
BOT := .venv-bot/bin/python
export HF_HUB_OFFLINE := 1
export RASA_TELEMETRY_ENABLED := false

.PHONY: run test environments prepare lint test-bot test-product evaluate bench bench-growth bench-large

run:
	$(PYTHON) -m api.launch run

environments:
	$(PYTHON) -m api.launch environments --test

prepare: environments
	$(PRODUCT) -m api.launch.prepare

lint: environments
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv-bot/bin/mypy --config-file bot/pyproject.toml

test-bot: prepare
	$(BOT) -m pytest -c bot/pyproject.toml --rootdir . tests/bot tests/actions

test-product: prepare
	$(PRODUCT) -m pytest

test: lint test-bot test-product

evaluate: prepare
	$(PRODUCT) -m knowledge evaluate --policy knowledge/policies/tancloud

bench: prepare
	$(PRODUCT) -m tests.bench

bench-growth: prepare
	$(PRODUCT) -m tests.bench growth

bench-large: prepare
	$(PRODUCT) -m tests.bench large
