#!/bin/sh
# A hand that does anything on the desktop over a real project, for so long, from that seed: sh packaging/monkey.sh [SECONDS] [SEED]
# A fault ends it: it prints the seed and the last steps. The same seed walks the same way, as long as answers come at the same steps.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
PYTHONPATH="$PWD/app:$PWD/core:$PWD" exec .venv/bin/python packaging/monkey/__main__.py "$@"
