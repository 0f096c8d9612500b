# Sourced by run.sh, test.sh and bench.sh, in the checkout's root: makes .venv from a lock file, once.
#   . packaging/setup.sh; setup run|test [DEBIAN-PACKAGE...]
# A start that finds everything in place costs a few milliseconds: the stamp names the lock, and the note beside it the
# interpreter and the place that .venv was made for. Scripts in it hold that place; moved, it is made anew.

say() { printf '%s\n' "$*" >&2; }

as_root() { # runs a command with the rights of root, or fails without asking for a password
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_debian() { # PACKAGE... : installs what is missing, or prints the one line to run
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  line="apt-get update && apt-get install --yes --no-install-recommends$missing"
  if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    say "Installing system packages:$missing"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive sh -c "$line" >/dev/null && return 0
  fi
  say "Surefoot needs these system packages, and may not install them itself. Please run, then start again:"
  say "  sudo sh -c '$line'"
  exit 1
}

find_python() { # sets $python to the first interpreter that is 3.11, 3.12 or 3.13
  for python in python3.12 python3.13 python3.11 python3; do
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && return 0
  done
  if command -v apt-get >/dev/null; then
    install_debian python3
    python=python3
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && return 0
  fi
  say "Surefoot needs Python 3.11, 3.12 or 3.13 and found none. Please install one, then start again."
  exit 1
}

interpreter() { # prints the version and the place of .venv's Python, or fails where it does not start
  .venv/bin/python -c 'import os, sys; print(sys.version, os.path.realpath(".venv"))' 2>/dev/null
}

setup() { # run|test [DEBIAN-PACKAGE...]
  lock=$1; shift
  wanted=$(cat "packaging/locks/$lock.txt" pyproject.toml | sha256sum | cut -c1-64)
  if [ -x .venv/bin/surefoot ] && found=$(interpreter) && [ "$found" = "$(cat .venv/surefoot-python 2>/dev/null)" ]; then
    for stamp in ".venv/surefoot-$lock" .venv/surefoot-test; do
      [ -f "$stamp" ] || continue
      case "$stamp" in
        *-test) same=$(cat packaging/locks/test.txt pyproject.toml | sha256sum | cut -c1-64) ;;
        *) same=$wanted ;;
      esac
      [ "$(cat "$stamp")" = "$same" ] && { [ $# = 0 ] || install_debian "$@"; return 0; }
    done
  fi
  find_python
  "$python" -c 'import ensurepip, venv' 2>/dev/null || install_debian python3-venv "$@"
  [ $# = 0 ] || install_debian "$@"
  say "Setting up Surefoot in .venv (once; about a minute)."
  found=$(interpreter) && [ "$found" = "$(cat .venv/surefoot-python 2>/dev/null || echo "$found")" ] ||
    { rm -rf .venv; "$python" -m venv .venv; }
  # Two calls, since pip will not mix packages that have hashes with this checkout, which has none. The lock is whole:
  # with its dependencies looked up again, a newer release of one (coverage[toml]) would stop the installation.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r "packaging/locks/$lock.txt"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
  interpreter > .venv/surefoot-python
  printf '%s' "$wanted" > ".venv/surefoot-$lock"
}
