#!/bin/sh
# Measures the rows of docs/benchmarks.md that exist so far and writes that page anew: sh packaging/bench.sh [ROW...]
# Peers (MLflow, trackio) get an environment of their own in the user's cache folder, made once. About half an hour.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test
peers=${XDG_CACHE_HOME:-$HOME/.cache}/surefoot-bench-peers
if [ ! -f "$peers/ready" ]; then
  say "Installing the peers to measure against (once)."
  .venv/bin/python -m venv "$peers"
  "$peers/bin/python" -m pip install --quiet --disable-pip-version-check 'mlflow==3.17.2' 'trackio==0.43.0'
  : > "$peers/ready"
fi
exec .venv/bin/python packaging/bench/__main__.py --peer "$peers/bin/python" "$@"
