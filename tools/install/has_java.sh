#!/usr/bin/env bash
# Succeeds if this machine has Java 17 or newer.
set -euo pipefail
oldest=17

[[ $(java -version 2>&1) =~ version\ \"([0-9]+) ]]
((BASH_REMATCH[1] >= oldest))
