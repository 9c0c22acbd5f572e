#!/bin/sh
# Build workflow_server/feel/feelin.bundle.js from the locked npm packages of scripts/feel.
# Usage: scripts/build-feel-bundle.sh [target folder]. Needs Node >= 20.12 and the npm registry.
set -eu
cd "$(dirname "$0")/feel"
npm ci --no-audit --no-fund --ignore-scripts
if [ $# -gt 0 ]; then
    node build.mjs "$1"
else
    node build.mjs
fi
