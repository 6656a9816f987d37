"""Runs the commands of the test, each with a log of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.local.errors import CommandFailed
from tools.local.processes.command import background_command, run_command
from tools.terraform.errors import TerraformError

VALIDATE_SECONDS = 60


@dataclass(frozen=True)
class Commands:
    """The commands of one test. `logs` is the folder of their logs, `project` where commands of Python run."""

    terraform: str
    environment: Mapping[str, str]
    logs: Path
    project: Path

    def apply(self, root: Path, *arguments: str) -> None:
        """Apply a root without a question."""
        self.run(root, "apply", "-auto-approve", *arguments)

    def destroy(self, root: Path) -> None:
        """Destroy everything of a root without a question."""
        self.run(root, "destroy", "-auto-approve")

    def run(self, root: Path, *arguments: str) -> None:
        """Run Terraform in a root."""
        run_command(**self._terraform(root, arguments))

    def apply_in_background(self, root: Path) -> AbstractContextManager[Callable[[], None]]:
        """Apply a root during the block, which gets a function that waits for the end."""
        return background_command(**self._terraform(root, ("apply", "-auto-approve")))

    def expect_failure(self, root: Path, *arguments: str, reason: str) -> None:
        """Run Terraform in a root, and check that its exit code is not 0 and that it prints a reason.

        Raises:
            TerraformError: it succeeded, or failed with another reason.
        """
        command = self._terraform(root, arguments)
        try:
            run_command(**command)
        except CommandFailed:
            if reason in command["log"].read_text():
                return
            raise
        raise TerraformError(f"{command['name']} succeeded. Expected: {reason}")

    def validation(self, root: Path) -> dict[str, Any]:
        """What `terraform validate` says to a root, which may be wrong."""
        answer = subprocess.run(
            [self.terraform, "validate", "-json"],
            cwd=root,
            env=dict(self.environment),
            capture_output=True,
            check=False,
            timeout=VALIDATE_SECONDS,
        )
        content: dict[str, Any] = json.loads(answer.stdout)
        return content

    def python(self, module: str, *arguments: str) -> None:
        """Run a command of Python in the project's folder."""
        run_command(
            f"python -m {module}",
            [sys.executable, "-m", module, *arguments],
            log=self.logs / f"{module}.log",
            directory=self.project,
            environment=self.environment,
        )

    def _terraform(self, root: Path, arguments: Sequence[str]) -> dict[str, Any]:
        command, *_ = arguments
        return {
            "name": f"terraform {command} ({root.name})",
            "command": [self.terraform, *arguments, *([] if command == "fmt" else ["-no-color"])],
            "log": self.logs / f"{root.name}-{command}.log",
            "directory": root,
            "environment": self.environment,
        }
