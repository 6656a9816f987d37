"""What to deploy: a stage of samconfig.toml, and what the command line changes of it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.deploy.errors import DeployError
from tools.deploy.parameters import Declared, override_arguments, parse_overrides
from tools.deploy.stack import DeployedStack
from tools.samconfig import LOCAL_STAGE, SamconfigError, aws_stages, command_settings

PROTECTION = "DeletionProtection"


@dataclass(frozen=True)
class DeploySettings:
    """A deployment of one stage."""

    stage: str
    stack_name: str
    region: str | None  # None: that of the credentials
    profile: str | None
    overrides: Mapping[str, str]  # the stage's parameters, overridden by those of the command line
    sam_arguments: Sequence[str] = ()  # other arguments of `sam deploy`
    use_container: bool = False
    has_page: bool = True

    @classmethod
    def of(cls, samconfig: Path, arguments: argparse.Namespace, sam_arguments: Sequence[str]) -> "DeploySettings":
        """The settings of a stage and a command line.

        Raises:
            DeployError: there is no such stage, it is not for AWS, or the parameter overrides cannot be read.
        """
        try:
            stage = command_settings(samconfig, arguments.stage, "deploy")
            if arguments.stage == LOCAL_STAGE:
                others = ", ".join(aws_stages(samconfig))
                raise DeployError(
                    f"The stage {LOCAL_STAGE} is the local AWS of make up. For AWS, choose one of {others}."
                )
        except SamconfigError as error:
            raise DeployError(str(error)) from error
        if {"--guided", "-g"} & set(sam_arguments):
            raise DeployError("make deploy has no guided mode. Run instead: sam build && sam deploy --guided")
        stack_name = arguments.stack_name or stage.get("stack_name")
        if not stack_name:
            raise DeployError(f"{samconfig.name} has no stack_name for the stage {arguments.stage}: add one.")
        given = parse_overrides(arguments.parameter_overrides or "")
        return cls(
            stage=arguments.stage,
            stack_name=stack_name,
            region=arguments.region or stage.get("region"),
            profile=arguments.profile or stage.get("profile"),
            overrides=parse_overrides(stage.get("parameter_overrides", "")) | given,
            sam_arguments=tuple(sam_arguments),
            use_container=arguments.use_container,
            has_page=not arguments.no_page,
        )

    def value(self, name: str, declared: Declared, stack: DeployedStack | None) -> str:
        """The value that a parameter will have.

        `sam deploy` keeps the value of a deployed stack if the parameter is not overridden.
        """
        default = str(declared.get(name, {}).get("Default", ""))
        deployed = stack.parameters.get(name, default) if stack else default
        return self.overrides.get(name, deployed)

    def build_arguments(self, runtime: str, architecture: str) -> list[str]:
        """The arguments of `sam build`, for the runtime and architecture that will be deployed."""
        overrides = {**self.overrides, "Runtime": runtime, "Architecture": architecture}
        container = ["--use-container"] if self.use_container else []
        return ["build", "--config-env", self.stage, *container, *override_arguments(overrides)]

    def deploy_arguments(self, region: str, *extra: str, protection: str) -> list[str]:
        """The arguments of `sam deploy`, with a value of DeletionProtection."""
        where = ["--stack-name", self.stack_name, "--region", region]
        where += ["--profile", self.profile] if self.profile else []
        overrides = override_arguments({**self.overrides, PROTECTION: protection})
        return ["deploy", "--config-env", self.stage, *where, *self.sam_arguments, *extra, *overrides]
