#!/bin/sh
# From a fresh clone to all tests run: sh packaging/test.sh
# Sets up what is missing, then runs `packaging/check.sh` (arguments go to pytest).
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test git curl openssl ca-certificates systemd \
  libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
exec sh packaging/check.sh "$@"
