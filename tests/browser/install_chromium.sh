#!/usr/bin/env bash
# Installs Chromium for the browser tests where there is none: the system's package, or else Playwright's own download.
set -euo pipefail

for name in chromium chromium-browser google-chrome-stable google-chrome; do
  if command -v "$name" >/dev/null; then exit; fi
done

echo "Installing Chromium for the browser tests …"
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo --non-interactive); fi
if command -v apt-get >/dev/null && "${as_root[@]}" apt-get update -qq 2>/dev/null &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
  exit
fi
if .venv/bin/playwright install chromium; then exit; fi
echo "The browser tests need Chromium, and it could not be installed. Install it, for example: apt-get install chromium" >&2
exit 1
