#!/bin/sh
# Measures the rows of docs/benchmarks.md and writes them there: sh packaging/bench.sh [--quick] [ROW...]
# Peers get an environment of their own each in the user's cache folder, made once; one that cannot be had is passed
# over, and the page says so. All rows take about an hour; one alone leaves the others on the page as they are.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test wrk util-linux
peers=${XDG_CACHE_HOME:-$HOME/.cache}/surefoot-bench-peers

peer() { # NAME VERSION [MORE...] : makes the environment $peers/NAME, with more packages where it needs them
  name=$1 version=$2
  shift 2
  wanted="$version${*:+ $*}"
  [ "$(cat "$peers/$name/ready" 2>/dev/null)" = "$wanted" ] && return 0
  say "Installing $name $version to measure against (once)."
  rm -rf "${peers:?}/$name"
  if .venv/bin/python -m venv "$peers/$name" &&
    "$peers/$name/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "$name==$version" "$@"; then
    printf '%s' "$wanted" >"$peers/$name/ready"
  else
    say "$name could not be installed; it is not compared."
  fi
}

peer mlflow 3.17.2 onnx==1.23.2 onnxruntime==1.32.0
peer fastapi 0.165.0 'uvicorn[standard]==0.54.0' onnxruntime==1.32.0 msgspec==0.22.0
peer wandb 0.31.0
peer aim 3.29.1
peer trackio 0.43.0
exec .venv/bin/python packaging/bench/__main__.py --peers "$peers" "$@"
