#!/bin/sh
# `npm run demo`, before there is anything but a checkout: the packages, runt itself, then the demo.
set -eu
cd "$(dirname "$0")/../.."
if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
  echo "demo: it makes containers on Linux, as root: sudo npm run demo" >&2
  exit 1
fi
if [ ! -d node_modules ]; then
  echo "demo: npm ci" >&2
  npm ci --loglevel=error >&2
fi
echo "demo: npm run build" >&2
npm run --silent build >&2
exec node_modules/.bin/tsx bin/demo.ts "$@"
