"""The commands of other tools that a deployment runs. Their output goes to the terminal."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.deploy.errors import DeployError

PROJECT = Path(__file__).parent.parent.parent


def environment() -> dict[str, str]:
    """The environment of the commands. sam also finds the Python of this project, at the end of the PATH."""
    found = dict(os.environ)
    found["PATH"] = os.pathsep.join(filter(None, (found.get("PATH"), str(Path(sys.executable).parent))))
    found.setdefault("SAM_CLI_TELEMETRY", "0")
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # of the `make deploy` that runs this
        found.pop(name, None)
    return found


def sam(arguments: Sequence[str]) -> int:
    """Run the SAM CLI, and return its exit code."""
    return _run([sys.executable, "-m", "samcli", *arguments])


def build_page() -> int:
    """Build the admin page, and return the exit code."""
    return _run(["make", "--no-print-directory", "admin-ui"])


def _run(command: Sequence[str]) -> int:
    try:
        return subprocess.run(command, check=False, cwd=PROJECT, env=environment()).returncode
    except FileNotFoundError:
        raise DeployError(f"The PATH has no {command[0]}: install it.") from None
