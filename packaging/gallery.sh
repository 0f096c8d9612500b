#!/bin/sh
# Renders every page of the desktop in every state into build/gallery: sh packaging/gallery.sh [NAME] [--quick]
set -eu
cd "$(dirname "$0")/.."
. packaging/setup.sh
setup test libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
PYTHONPATH="$PWD/app:$PWD/core:$PWD" exec .venv/bin/python packaging/gallery/__main__.py "$@"
