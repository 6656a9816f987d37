"""The stack whose page is published: from the command line or from a stage of samconfig.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.publish.errors import PublishError


@dataclass(frozen=True)
class PublishSettings:
    """A stack's name and region. None is the region of the current credentials."""

    stack_name: str
    region: str | None = None

    @classmethod
    def of_stage(cls, samconfig: Path, stage: str) -> "PublishSettings":
        """The stack that `sam deploy --config-env <stage>` deploys.

        Raises:
            PublishError: samconfig.toml has no such stage.
        """
        commands: dict[str, Any] = tomllib.loads(samconfig.read_text()).get(stage, {})
        parameters = {
            name: value
            for command in ("global", "deploy")  # the command's own section overrides the global one
            for name, value in commands.get(command, {}).get("parameters", {}).items()
        }
        if "stack_name" not in parameters:
            raise PublishError(f"{samconfig.name} has no stack_name for the stage {stage}.")
        return cls(parameters["stack_name"], parameters.get("region"))
