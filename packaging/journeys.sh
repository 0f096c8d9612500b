#!/bin/sh
# Walks the long journeys through the real window, by clicks and by keyboard alone: sh packaging/journeys.sh [PYTEST-ARGUMENT...]
# They take some three minutes, so they are no part of `packaging/test.sh`.
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test xvfb openbox xdotool dbus at-spi2-core python3-gi gir1.2-atspi-2.0 \
  libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 \
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
exec .venv/bin/python -m pytest tests/journeys/long_*.py "$@"
