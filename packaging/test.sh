#!/bin/sh
# From a fresh clone to all tests run: sh packaging/test.sh
# Sets up what is missing, then runs `packaging/check.sh` (arguments go to pytest).
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test git curl openssl ca-certificates systemd \
  libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 \
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 \
  xvfb openbox xdotool dbus at-spi2-core python3-gi gir1.2-atspi-2.0
exec sh packaging/check.sh "$@"
