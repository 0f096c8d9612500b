#!/bin/sh
# From a fresh clone to a served, signed, explained model: sh packaging/run.sh
# Sets up what is missing, then runs the sample journey (options of `surefoot sample run` may follow).
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup run
exec .venv/bin/surefoot sample run "$@"
