#!/usr/bin/env bash
# Installs a lock file into a virtual environment: packages.sh LOCK [ENVIRONMENT]
# Uses uv, which is several times faster, or pip where uv fails.
set -euo pipefail
lock=$1
python=${2:-.venv}/bin/python

# A lock is complete. Resolving it again would fail: the emulators pin different releases of botocore.
options=(--quiet --no-deps --require-hashes --requirement "$lock")

# uv does not read pip's configuration, so the index that is configured there is passed on.
index=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}}}
if [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi

# Without compiled bytecode the first start of each command would be slow.
.venv/bin/uv pip install --python "$python" --compile-bytecode "${options[@]}" 2>/dev/null ||
  "$python" -m pip install --disable-pip-version-check "${options[@]}"
