"""The stack whose page is published: from the command line or from a stage of samconfig.toml."""

from dataclasses import dataclass
from pathlib import Path

from tools.publish.errors import PublishError
from tools.samconfig import SamconfigError, command_settings


@dataclass(frozen=True)
class PublishSettings:
    """A stack's name and region. None is the region of the current credentials."""

    stack_name: str
    region: str | None = None

    @classmethod
    def of_stage(cls, samconfig: Path, stage: str) -> "PublishSettings":
        """The stack that `sam deploy --config-env <stage>` deploys.

        Raises:
            PublishError: samconfig.toml has no such stage, or no stack_name for it.
        """
        try:
            settings = command_settings(samconfig, stage, "deploy")
        except SamconfigError as error:
            raise PublishError(str(error)) from error
        if "stack_name" not in settings:
            raise PublishError(f"{samconfig.name} has no stack_name for the stage {stage}.")
        return cls(settings["stack_name"], settings.get("region"))
