#!/usr/bin/env bash
# pip install with one line of progress: the package it is at, on a terminal; errors and warnings pass by.
# Usage: scripts/pip.sh PYTHON WHAT [pip's arguments]
set -euo pipefail

python=$1 what=$2
shift 2

show_progress() {
  if [ -t 1 ]; then
    awk '/^Collecting |^  Downloading |^Installing collected/ { sub(/^ +/, ""); printf "\r\033[K  %.70s", $0; fflush() }
         END { printf "\r\033[K" }'
  else
    cat > /dev/null
  fi
}

echo "Installing $what"
"$python" -m pip --disable-pip-version-check install --progress-bar off -c requirements.lock "$@" | show_progress
