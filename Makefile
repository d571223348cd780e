# make run and make test do all set-up themselves. Override the interpreter with make PYTHON=/path/to/python3.11,
# the number of tests at a time with make WORKERS=4 (0: one after the other, in one process).
BIN := .venv/bin
WORKERS := auto
CODE := plugins dags tests benchmarks
.DEFAULT_GOAL := help
.PHONY: help run test lint lock up down clean

help:
	@echo "make run     the whole pipeline over the synthetic sample county, then where its report is"
	@echo "make test    lint, types and every test"
	@echo "make lint    ruff, mypy and sqlfluff only"
	@echo "make up      PostgreSQL and Airflow, left running; make down stops them"
	@echo "make lock    pin every package anew in requirements.lock and benchmarks/requirements.lock"
	@echo "make clean   stop everything and remove .venv, .anchor-spend and caches; refused while .anchor-spend holds"
	@echo "             reviewed decisions about persons, which are nowhere else"

.venv/.ready: requirements.lock pyproject.toml scripts/set_up.sh
	@PYTHON="$(PYTHON)" scripts/set_up.sh

run: .venv/.ready
	@$(BIN)/anchor-spend run

up: .venv/.ready
	@$(BIN)/anchor-spend up

down: .venv/.ready
	@$(BIN)/anchor-spend down

test: lint
	@echo "== tests"
	@$(BIN)/pytest -n $(WORKERS)
	@echo "Everything passed. Next: make run, then .anchor-spend/reports/latest.html"

lint: .venv/.ready
	@echo "== ruff"
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== sqlfluff"
	@$(BIN)/sqlfluff lint dbt_project

PIN := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --no-annotate --quiet

lock: .venv/.ready
	$(PIN) --all-extras pyproject.toml -o requirements.lock
	$(PIN) -c requirements.lock benchmarks/requirements.txt -o benchmarks/requirements.lock

PERSONS := .anchor-spend/reviewed/persons.csv

clean:
	@if [ -s $(PERSONS) ] && [ "$$(grep -c . $(PERSONS))" != 1 ]; then \
		echo "$(PERSONS) holds reviewed decisions that may be nowhere else, so nothing is removed." >&2; \
		echo "Move it out of .anchor-spend to keep it, or delete it by hand; then make clean again." >&2; \
		exit 1; fi
	@if [ -x $(BIN)/anchor-spend ]; then $(BIN)/anchor-spend down; fi
	rm -rf .venv .anchor-spend .mypy_cache .ruff_cache .pytest_cache .hypothesis build plugins/*.egg-info
