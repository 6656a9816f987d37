"""Runs the JavaScript client in Node.js, for tests of the deployed API."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent
BINARIES = DIRECTORY.parent.parent.parent / ".venv" / "bin"  # of Node.js, if the machine has none
ANSWERS_WITHIN_SECONDS = 120


def run_checkouts(**settings: str) -> dict[str, Any]:
    """Run the checkouts of checkouts.mjs against an API, and return what each step answered."""
    node = shutil.which("node", path=f"{BINARIES}{os.pathsep}{os.environ['PATH']}")
    if node is None:
        raise FileNotFoundError("The JavaScript client needs Node.js. Install it: make install")
    process = subprocess.run(
        [node, str(DIRECTORY / "checkouts.mjs")],
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN_SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    answers: dict[str, Any] = json.loads(process.stdout)
    return answers
