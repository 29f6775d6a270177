#!/bin/sh
# A Chromium for the browser tests: $CHROMIUM, one on this machine, apt's (as root), or the one in the npm registry.
set -eu
for candidate in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome .cache/chromium/chromium; do
    [ -n "$candidate" ] && [ -x "$candidate" ] && { echo "browser: $candidate"; exit 0; }
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && { echo "browser: /usr/bin/chromium"; exit 0; }
fi
command -v npm >/dev/null || { echo "No browser: install chromium, or set CHROMIUM=/path/to/chromium"; exit 1; }
mkdir -p .cache/chromium && cd .cache/chromium
npm install --silent --no-package-lock --no-save @sparticuz/chromium@147 >/dev/null
node --input-type=module -e 'import c from "@sparticuz/chromium"; import fs from "node:fs"; fs.copyFileSync(await c.executablePath(), "chromium"); fs.chmodSync("chromium", 0o755)'
echo "browser: .cache/chromium/chromium"
