#!/bin/sh
# The one gate: format, lint, layers, types, tests. Everything it calls comes from .venv.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH
ruff format --check --quiet .
ruff check --quiet .
lint-imports --no-logo >.import-linter.log 2>&1 || { cat .import-linter.log; exit 1; }
rm -f .import-linter.log
mypy
python -m pytest -n 2 --dist loadfile --quiet "$@"
