#!/bin/sh
# The long forms of the tests of the record and of a stop, with their figures: sh packaging/torture.sh [P1 P1-bits P2 P3 P4 P5 P6 P8 P9 P11 P12 P16]
# All of them take about an hour and a half on two cores; each prints what it tried, how long it took, and every fault it found.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test git curl openssl ca-certificates
PYTHONPATH="$PWD/core:$PWD" exec .venv/bin/python packaging/torture/__main__.py "$@"
