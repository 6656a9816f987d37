"""What this machine needs to build the functions."""

import shutil
import subprocess
from collections.abc import Mapping

CHECK_SECONDS = 20


def build_problem(runtime: str, environment: Mapping[str, str], *, use_container: bool) -> str | None:
    """Why `sam build` cannot build for a Lambda runtime like python3.13 on this machine, or None."""
    path = environment.get("PATH", "")
    if use_container:
        if any(shutil.which(program, path=path) for program in ("docker", "finch")):
            return None
        return "--use-container needs Docker or Finch, and the PATH has neither: install one of them and start it."
    if find_python(runtime, environment):
        return None
    version = runtime.removeprefix("python")
    return (
        f"To build for the Runtime {runtime}, sam needs Python {version} with pip, and the PATH has none: install it "
        f"(.venv/bin/uv python install {version}, or pyenv install {version} && export PYENV_VERSION={version}), "
        "or build in a container (make deploy DEPLOY_ARGS=--use-container)."
    )


def find_python(runtime: str, environment: Mapping[str, str]) -> str | None:
    """A Python of this version with pip in the PATH, if there is one. The SAM CLI looks for the same names."""
    version = tuple(map(int, runtime.removeprefix("python").split(".")))
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {version})"
    folders = environment.get("PATH", "").split(":")
    found = (shutil.which(name, path=folder) for name in (runtime, "python", "python3") for folder in folders)
    programs = (program for program in dict.fromkeys(found) if program)
    return next((program for program in programs if _succeeds([program, "-c", check], environment)), None)


def _succeeds(command: list[str], environment: Mapping[str, str]) -> bool:
    try:
        run = subprocess.run(command, check=False, env=environment, capture_output=True, timeout=CHECK_SECONDS)
        return run.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
