#!/bin/sh
# Measures the rows of docs/benchmarks.md and writes them there: sh packaging/bench.sh [ROW...]
# Peers get an environment of their own each in the user's cache folder, made once; one that cannot be had is passed
# over, and the page says so. All rows take about an hour; one alone leaves the others on the page as they are.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test
peers=${XDG_CACHE_HOME:-$HOME/.cache}/surefoot-bench-peers

peer() { # NAME VERSION : makes the environment $peers/NAME
  [ "$(cat "$peers/$1/ready" 2>/dev/null)" = "$2" ] && return 0
  say "Installing $1 $2 to measure against (once)."
  rm -rf "${peers:?}/$1"
  if .venv/bin/python -m venv "$peers/$1" &&
    "$peers/$1/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "$1==$2"; then
    printf '%s' "$2" >"$peers/$1/ready"
  else
    say "$1 could not be installed; it is not compared."
  fi
}

peer mlflow 3.17.2
peer wandb 0.31.0
peer aim 3.29.1
peer trackio 0.43.0
exec .venv/bin/python packaging/bench/__main__.py --peers "$peers" "$@"
