"""Runs JavaScript in Node.js: the client against the deployed API, and handlers as AppSync runs them."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent
BINARIES = DIRECTORY.parent.parent.parent / ".venv" / "bin"  # of Node.js, if the machine has none
ANSWERS_WITHIN_SECONDS = 120


def run_checkouts(**settings: str) -> dict[str, Any]:
    """Run the checkouts of checkouts.mjs against an API, and return what each step answered."""
    answers: dict[str, Any] = _run("checkouts.mjs", settings)
    return answers


def admitted(code: str, channels: Sequence[str]) -> list[str]:
    """The channels to which the handlers of an AppSync namespace admit a subscription."""
    found: list[str] = _run("handlers.mjs", {"code": code, "channels": channels})
    return found


def _run(script: str, given: Any) -> Any:
    node = shutil.which("node", path=f"{BINARIES}{os.pathsep}{os.environ['PATH']}")
    if node is None:
        raise FileNotFoundError("JavaScript needs Node.js. Install it: make install")
    process = subprocess.run(
        [node, str(DIRECTORY / script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN_SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
