"""Runs a command as in a new shell: with PATH and HOME, and what the Makefile exports. Nothing of the tests is lent to it."""

import os
import subprocess
import sys
from collections.abc import Mapping

from tools.local.settings import PROJECT

ENDS_WITHIN_SECONDS = 120
FROM_THE_MAKEFILE = {"PYTHONPATH": "functions:clients/python:."}


def run_in_clean_shell(
    *arguments: str, module: bool = True, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module of ours, or with `module=False` a program text, and wait for its end."""
    shell = {name: os.environ[name] for name in ("PATH", "HOME")}
    return subprocess.run(
        [sys.executable, "-m" if module else "-c", *arguments],
        cwd=PROJECT,
        env={**shell, **(variables or {}), **FROM_THE_MAKEFILE},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_SECONDS,
        check=False,
    )
