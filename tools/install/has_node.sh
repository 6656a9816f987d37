#!/usr/bin/env bash
# Succeeds if this machine has npm and a recent Node.js.
set -euo pipefail
oldest=22.22.2

command -v npm >/dev/null
found=$(node --version 2>/dev/null)
first=$(printf '%s\n' "$oldest" "${found#v}" | sort -V)
[ "${first%%$'\n'*}" = "$oldest" ]
