"""Which stack's page is published: said on the command line, or by a stage of samconfig.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.publish.errors import PublishError


@dataclass(frozen=True)
class PublishSettings:
    """A stack, and where it is; a region of None is the one of the current credentials."""

    stack_name: str
    region: str | None = None

    @classmethod
    def of_stage(cls, samconfig: Path, stage: str) -> "PublishSettings":
        """The stack that `sam deploy --config-env <stage>` deploys; raises PublishError for an unknown stage."""
        commands: dict[str, Any] = tomllib.loads(samconfig.read_text()).get(stage, {})
        parameters = {
            name: value
            for command in ("global", "deploy")  # what a command says wins over what is said for all
            for name, value in commands.get(command, {}).get("parameters", {}).items()
        }
        if "stack_name" not in parameters:
            raise PublishError(f"{samconfig.name} names no stack for the stage {stage}.")
        return cls(parameters["stack_name"], parameters.get("region"))
