#!/bin/sh
# Writes the lock files anew from pyproject.toml (a maintainer's command; needs uv).
#   sh packaging/lock.sh
# run.txt: what `packaging/run.sh` installs. test.txt: the same versions plus everything the tests use.
set -eu
cd "$(dirname "$0")/.."
lock() { # FILE EXTRA...
  out=packaging/locks/$1; shift
  echo 'hatchling>=1.27' | uv pip compile pyproject.toml - --universal --python-version 3.11 --generate-hashes --no-header \
    --no-annotate --no-emit-index-url --no-emit-find-links --quiet "$@" --output-file "$out"
}
lock test.txt --extra training --extra app --extra checks --extra sweeps --extra dev
lock run.txt --extra training --extra checks --constraint packaging/locks/test.txt
