"""The stages of samconfig.toml, with the parameters that `sam build` and `sam deploy` read for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samcli.commands.build.command import cli as build_command
from samcli.commands.deploy.command import cli as deploy_command
from samcli.lib.config.samconfig import SamConfig
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

from tests.support.template.source import ROOT

COMMANDS = {"build": build_command, "deploy": deploy_command}


@dataclass(frozen=True)
class Stage:
    """One stage, for example `prod`."""

    name: str
    stack_name: str
    build: Mapping[str, str]  # the parameters that `sam build` reads, by name
    deploy: Mapping[str, str]  # the parameters that `sam deploy` passes to CloudFormation, by name


@dataclass(frozen=True)
class Built:
    """What decides which packages a function contains."""

    runtime: str
    architectures: tuple[str, ...]


@cache
def stages(directory: Path = ROOT) -> tuple[Stage, ...]:
    """Every stage of the samconfig.toml in a directory, as SAM's own commands read it."""
    names = SamConfig(directory).get_stage_configuration_names()
    return tuple(_stage(name, directory) for name in names)


def _stage(name: str, directory: Path) -> Stage:
    build, deploy = (_options(command, name, directory) for command in ("build", "deploy"))
    return Stage(name, deploy["stack_name"], build["parameter_overrides"] or {}, deploy["parameter_overrides"] or {})


def _options(command: str, stage: str, directory: Path) -> dict[str, Any]:
    """The options of a SAM command, after it has read the configuration file. The command does not run."""
    arguments = ["--config-env", stage, "--config-file", str(directory / "samconfig.toml")]
    with COMMANDS[command].make_context(command, arguments) as context:
        options: dict[str, Any] = context.params
        return options


def built_functions(parameters: Mapping[str, str]) -> dict[str, Built]:
    """Runtime and architectures of every function by its logical id, as `sam build` resolves them."""
    stacks, _ = SamLocalStackProvider.get_stacks(
        str(ROOT / "template.yaml"), parameter_overrides=dict(parameters), use_sam_transform=False
    )
    return {
        function.function_id: Built(function.runtime, tuple(function.architectures))
        for function in SamFunctionProvider(stacks).get_all()
    }
