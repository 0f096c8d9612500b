#!/bin/sh
# From a fresh clone to a served, signed, explained model: sh packaging/run.sh
# Sets up what is missing. Where there is a screen it opens the desktop, on the project that was open last; a first start
# greets with the sample. Without a screen, or with options (those of `surefoot sample run`), it runs the sample journey.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
if [ $# = 0 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  setup run libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 libxcb-cursor0 libxcb-icccm4 \
    libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
  exec .venv/bin/surefoot-app
fi
setup run
exec .venv/bin/surefoot sample run "$@"
