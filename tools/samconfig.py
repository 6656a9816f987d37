"""The stages of samconfig.toml, read as the SAM CLI reads them."""

import tomllib
from pathlib import Path
from typing import Any

LOCAL_STAGE = "local"  # the local AWS of `make up`


class SamconfigError(Exception):
    """samconfig.toml cannot be read, or has no such stage. The message says what to do."""


def aws_stages(samconfig: Path) -> list[str]:
    """The stages that can be deployed to AWS, in the order of the file.

    Raises:
        SamconfigError: the file cannot be read.
    """
    stages = [name for name, content in _read(samconfig).items() if isinstance(content, dict)]
    return [name for name in stages if name != LOCAL_STAGE]


def command_settings(samconfig: Path, stage: str, command: str) -> dict[str, Any]:
    """The settings of one command in a stage: those of the section global, overridden by those of the command.

    Raises:
        SamconfigError: the file cannot be read, or has no such stage.
    """
    stages = _read(samconfig)
    if not isinstance(stages.get(stage), dict):
        raise SamconfigError(
            f"{samconfig.name} has no stage {stage!r}. Choose one of {', '.join(aws_stages(samconfig))}, "
            f"or add the section [{stage}.global.parameters] with a stack_name."
        )
    sections = (stages[stage].get(name, {}).get("parameters", {}) for name in ("global", command))
    return {name: value for section in sections for name, value in section.items()}


def _read(samconfig: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(samconfig.read_text())
    except (OSError, ValueError) as error:
        raise SamconfigError(f"{samconfig.name} cannot be read: {error}") from error
