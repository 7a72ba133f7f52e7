#!/usr/bin/env bash
# Sees to it that tests find programs that no Python package brings; on Debian and as root it installs them.
# Usage: scripts/debian.sh browser|java|strace|nginx
set -euo pipefail

java_is_new_enough() {
  command -v java > /dev/null && [ "$(java -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')" -ge 17 ]
}

packages=()
case $1 in
  browser)
    what="browser tests"
    command -v chromium > /dev/null || packages+=(chromium)
    fc-list :lang=zh 2> /dev/null | grep -q . || packages+=(fonts-noto-cjk fontconfig)
    ;;
  java)
    what="tests on Apache Spark"
    java_is_new_enough || packages+=(openjdk-17-jre-headless)
    ;;
  strace)
    what="power failures of gridmap torture"
    command -v strace > /dev/null || packages+=(strace)
    ;;
  nginx)
    what="tests of the reverse proxy"
    PATH=$PATH:/usr/sbin command -v nginx > /dev/null || packages+=(nginx)
    ;;
esac
[ ${#packages[@]} -eq 0 ] && exit 0

if ! command -v apt-get > /dev/null; then
  echo "The $what need ${packages[*]}: install them with this system's own tools." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "The $what need ${packages[*]}. Install them once: sudo apt-get install ${packages[*]}" >&2
  exit 1
fi

echo "Installing ${packages[*]} for the $what (once)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends "${packages[@]}"; } > "$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install ${packages[*]}; its last lines are above." >&2
  exit 1
fi
# The tests start nginx themselves; Debian would let it listen on port 80 from now on.
if [ "$1" = nginx ] && [ -d /run/systemd/system ]; then
  systemctl disable --now --quiet nginx
fi
