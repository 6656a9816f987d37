"""Runs a script in Node.js, which gets and answers JSON."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

BINARIES = Path(__file__).parent.parent.parent.parent / ".venv" / "bin"  # of Node.js, if the machine has none
ANSWERS_WITHIN_SECONDS = 120


def run_script(script: Path, given: Any) -> Any:
    """What a script prints when it is given this; AssertionError with its message if it fails."""
    node = shutil.which("node", path=f"{BINARIES}{os.pathsep}{os.environ['PATH']}")
    if node is None:
        raise FileNotFoundError(f"{script.name} needs Node.js. Install it: make install")
    process = subprocess.run(
        [node, str(script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN_SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
