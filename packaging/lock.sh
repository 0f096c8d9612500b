#!/bin/sh
# Writes the lock files anew from pyproject.toml (a maintainer's command; needs uv).
#   sh packaging/lock.sh
# run.txt: what `packaging/run.sh` installs. test.txt: the same versions plus everything the tests use.
# resources/locks/service.txt: what a service runs in, so that a release can name the archives it was made with.
set -eu
cd "$(dirname "$0")/.."
compile() { # what it is made from comes on standard input
  uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --no-emit-find-links --quiet "$@"
}
lock() { # FILE EXTRA...
  out=packaging/locks/$1; shift
  echo 'hatchling>=1.27' | compile pyproject.toml "$@" --output-file "$out"
}
lock test.txt --extra training --extra app --extra checks --extra sweeps --extra dev
lock run.txt --extra training --extra app --extra checks --constraint packaging/locks/test.txt
.venv/bin/python -c 'from surefoot.releases.lock import WRAPPER; print("\n".join(WRAPPER))' |
  sed '$a uvloop; sys_platform != "win32"' |
  compile --constraint packaging/locks/test.txt --output-file resources/locks/service.txt
