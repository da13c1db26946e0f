#!/bin/sh
# `npm run demo`, before there is anything but a checkout: the packages, runt itself, then the demo.
set -eu
cd "$(dirname "$0")/../.."

# Says what is done; says how it went only if it fails.
step() {
  echo "demo: $*" >&2
  "$@" > "$log" 2>&1 && return
  cat "$log" >&2
  exit 1
}

if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
  echo "demo: it makes containers on Linux, as root: sudo npm run demo" >&2
  exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM HUP
[ -d node_modules ] || step npm ci
[ -e dist/runt ] || echo "demo: the first build takes a minute or two: it fetches and compiles the engine" >&2
step npm run build
node_modules/.bin/tsx bin/demo.ts "$@"
