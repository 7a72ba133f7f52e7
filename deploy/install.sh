#!/bin/sh
# Installs gridmap out of this bundle into an environment of its own; asks no registry and no network.
# Usage: sh install.sh [FOLDER]      (default /opt/gridmap; PYTHON=/path/to/python3.11 names another Python)
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
folder=${1:-/opt/gridmap}
python=${PYTHON:-python3.11}
wanted=$(cat "$here/PYTHON")

command -v "$python" > /dev/null || { echo "There is no $python. Name one: PYTHON=/path/to/python$wanted" >&2; exit 1; }
found=$("$python" -c 'import sys, platform; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))')
[ "$found" = "$wanted" ] || { echo "This bundle is for Python $wanted; $python is $found." >&2; exit 1; }

(cd "$here" && sha256sum --check --quiet SHA256SUMS) \
  || { echo "The bundle is damaged: carry it over again." >&2; exit 1; }
"$python" -m venv "$folder"
env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 \
  "$folder/bin/python" -m pip --disable-pip-version-check install --quiet --no-index \
  --find-links "$here/wheels" --constraint "$here/requirements.lock" gridmap
"$folder/bin/gridmap" --version
echo "Installed in $folder. Next: $here/operations.md"
