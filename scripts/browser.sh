#!/usr/bin/env bash
# Sees to it that the browser tests find Chromium and a Chinese font; on Debian and as root it installs them.
set -euo pipefail

packages=()
command -v chromium > /dev/null || packages+=(chromium)
fc-list :lang=zh 2> /dev/null | grep -q . || packages+=(fonts-noto-cjk fontconfig)
[ ${#packages[@]} -eq 0 ] && exit 0

if ! command -v apt-get > /dev/null; then
  echo "The browser tests need ${packages[*]}: install them with this system's own tools." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "The browser tests need ${packages[*]}. Install them once: sudo apt-get install ${packages[*]}" >&2
  exit 1
fi

echo "Installing ${packages[*]} for the browser tests (once)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends "${packages[@]}"; } > "$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install ${packages[*]}; its last lines are above." >&2
  exit 1
fi
