#!/usr/bin/env bash
# Sees to it that tests find programs that no Python package brings; on Debian and as root it installs them.
# Usage: scripts/debian.sh browser|java|strace|nginx ...
set -euo pipefail

java_is_new_enough() {
  command -v java > /dev/null && [ "$(java -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')" -ge 17 ]
}

packages=() needed=()
# Notes packages that are missing, and what misses them.
lack() {
  needed+=("$1")
  packages+=("${@:2}")
}
for program in "$@"; do
  case $program in
    browser)
      command -v chromium > /dev/null || lack "browser tests" chromium
      fc-list :lang=zh 2> /dev/null | grep -q . || lack "pictures of the tests" fonts-noto-cjk fontconfig
      ;;
    java)
      java_is_new_enough || lack "tests on Apache Spark" openjdk-17-jre-headless
      ;;
    strace)
      command -v strace > /dev/null || lack "power failures of gridmap torture" strace
      ;;
    nginx)
      PATH=$PATH:/usr/sbin command -v nginx > /dev/null || lack "tests of the reverse proxy" nginx
      ;;
  esac
done
[ ${#packages[@]} -eq 0 ] && exit 0
what=$(printf ", %s" "${needed[@]}")
what=${what:2}

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
if [[ " ${packages[*]} " == *" nginx "* ]] && [ -d /run/systemd/system ]; then
  systemctl disable --now --quiet nginx
fi
