#!/usr/bin/env bash
# Rebuilds gnlc_apply/static and templates/macros/land_path.svg. Needs node 20 and npm; the output is committed.
# "assets/build.sh --lock" also renews package-lock.json, without addresses in it.
set -euo pipefail
cd "$(dirname "$0")"

if [[ "${1:-}" == "--lock" ]]; then
  rm -rf node_modules package-lock.json
  npm install --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund
  node strip-lock.mjs
else
  npm ci --ignore-scripts --no-audit --no-fund --silent
fi
node build.mjs
