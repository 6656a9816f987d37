"""Builds the project with AWS SAM and deploys its unchanged template to a local AWS."""

import platform
import sys
import tomllib
from pathlib import Path
from typing import Any

from tools.deploy.bytecode import finish_packages
from tools.local.deployment.build_cache import cached_build, fingerprint
from tools.local.processes.command import run_command
from tools.local.processes.environment import Reader, clean_environment
from tools.local.settings import LocalSettings

STAGE = "local"  # in samconfig.toml
POLL_SECONDS = "0.2"  # how often SAM reads the stack's status; its default is 5 seconds


def build(settings: LocalSettings) -> Path:
    """The built template. It is built again only when its inputs have changed."""
    project = settings.project
    sources = [*project.glob("*template.yaml"), project / "samconfig.toml", *(project / "functions").rglob("*")]
    sources.append(project / "tools" / "deploy" / "bytecode.py")
    inputs = fingerprint(f"{_runtime()} {_architecture()} {project}", project, sources)
    target = project / ".local" / "build" / inputs
    return cached_build(target, lambda directory: _build(settings, directory)) / "template.yaml"


def deploy(settings: LocalSettings, built_template: Path) -> None:
    """Deploy the built template with SAM, in the same way as to an AWS account."""
    _sam(
        settings,
        "deploy",
        *("--template-file", str(built_template)),
        *("--config-file", str(settings.project / "samconfig.toml")),
        *("--config-env", STAGE),
        "--no-progressbar",
        *("--parameter-overrides", *_parameters(settings.project)),
    )


def stack_name(project: Path) -> str:
    """The name of the local stage's stack in samconfig.toml."""
    name: str = _stage(project)["stack_name"]
    return name


def _build(settings: LocalSettings, directory: Path) -> None:
    # The directory must be next to the finished builds: the built template contains relative paths.
    _sam(settings, "build", "--build-dir", str(directory), "--parameter-overrides", *_parameters(settings.project))
    finish_packages(directory, sys.executable)


def _stage(project: Path) -> dict[str, Any]:
    """The settings of the local stage for all commands, in samconfig.toml."""
    stage: dict[str, Any] = tomllib.loads((project / "samconfig.toml").read_text())[STAGE]["global"]["parameters"]
    return stage


def _parameters(project: Path) -> list[str]:
    """The template parameters of the stage, and those that depend on this machine."""
    of_machine = [f"{name}={value}" for name, value in machine_parameters().items()]
    return [*_stage(project)["parameter_overrides"].split(), *of_machine]


def machine_parameters() -> dict[str, str]:
    """The template parameters that depend on this machine."""
    return {"Runtime": _runtime(), "Architecture": _architecture()}


def _runtime() -> str:
    """The name of the Lambda runtime for this Python version; the functions run in this interpreter."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _architecture() -> str:
    """Lambda's name for this machine's architecture."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def _sam(settings: LocalSettings, command: str, *arguments: str) -> None:
    """Run one command of the SAM CLI."""
    run_command(
        f"sam {command}",
        [sys.executable, "-m", "samcli", command, *arguments],
        log=settings.directory / f"sam-{command}.log",
        directory=settings.project,
        environment=clean_environment(
            {
                "AWS_ENDPOINT_URL": settings.endpoint_url,
                "SAM_CLI_POLL_DELAY": POLL_SECONDS,
                "SAM_CLI_TELEMETRY": "0",
                "SAM_CLI_CHECK_VERSION": "0",
                "__SAM_CLI_APP_DIR": str(settings.project / ".local" / "sam"),  # instead of ~/.aws-sam
                "COLUMNS": "200",
            },
            Reader.DOWNLOADS if command == "build" else Reader.LOCAL,
        ),
    )
