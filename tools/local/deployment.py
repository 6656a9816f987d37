"""Builds the project with AWS SAM and deploys its unchanged template to a local AWS."""

import sys
import tomllib
from pathlib import Path
from typing import Any

from tools.local.build_cache import built_once, fingerprint
from tools.local.command import run
from tools.local.settings import LocalSettings, architecture, clean_environment, runtime

STAGE = "local"  # in samconfig.toml
POLL_SECONDS = "0.2"  # between SAM's looks at the stack; it would take 5 seconds


def build(settings: LocalSettings) -> Path:
    """The built template; built anew only when what goes into it has changed."""
    builds = settings.project / ".local" / "build"
    project = settings.project
    sources = [*project.glob("*template.yaml"), project / "samconfig.toml", *(project / "functions").rglob("*")]
    finished = builds / fingerprint(f"{runtime()} {architecture()} {project}", project, sources)
    return built_once(finished, lambda directory: _build(settings, directory)) / "template.yaml"


def deploy(settings: LocalSettings, built_template: Path) -> None:
    """Deploy the built template with SAM, as to any AWS account."""
    overrides = [*_stage(settings.project)["deploy"]["parameters"]["parameter_overrides"].split(), *_parameters()]
    _sam(
        settings,
        "deploy",
        *("--template-file", str(built_template)),
        *("--config-file", str(settings.project / "samconfig.toml")),
        *("--config-env", STAGE),
        "--no-progressbar",
        *("--parameter-overrides", *overrides),
    )


def stack_name(project: Path) -> str:
    """What samconfig.toml calls the local stage's stack."""
    name: str = _stage(project)["global"]["parameters"]["stack_name"]
    return name


def _build(settings: LocalSettings, directory: Path) -> None:
    # Beside the finished ones: the built template has relative paths.
    _sam(settings, "build", "--build-dir", str(directory), "--parameter-overrides", *_parameters())


def _stage(project: Path) -> dict[str, Any]:
    """The local stage in samconfig.toml."""
    stage: dict[str, Any] = tomllib.loads((project / "samconfig.toml").read_text())[STAGE]
    return stage


def _parameters() -> list[str]:
    """The parameters that this machine decides."""
    return [f"Runtime={runtime()}", f"Architecture={architecture()}"]


def _sam(settings: LocalSettings, command: str, *arguments: str) -> None:
    """Run one command of the SAM CLI."""
    run(
        f"sam {command}",
        [sys.executable, "-m", "samcli", command, *arguments],
        log=settings.directory / f"sam-{command}.log",
        directory=settings.project,
        environment=_sam_environment(settings),
    )


def _sam_environment(settings: LocalSettings) -> dict[str, str]:
    return clean_environment(
        {
            "AWS_ENDPOINT_URL": settings.endpoint_url,
            "SAM_CLI_POLL_DELAY": POLL_SECONDS,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_CHECK_VERSION": "0",
            "COLUMNS": "200",
        }
    )
