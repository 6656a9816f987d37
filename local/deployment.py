"""Builds the project with AWS SAM and deploys its unchanged template to a local AWS."""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from local.errors import CommandFailed
from local.settings import LocalSettings, architecture, clean_environment, runtime

STAGE = "local"  # in samconfig.toml
BUILDS_KEPT = 3
POLL_SECONDS = "0.2"  # between SAM's looks at the stack; it would take 5 seconds
TIMEOUT_SECONDS = 300
ERROR_LINES = 15


def build(settings: LocalSettings) -> Path:
    """The built template; built anew only when what goes into it has changed."""
    builds = settings.project / ".local" / "build"
    finished = builds / _fingerprint(settings.project)
    if not finished.exists():
        builds.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=builds))  # beside the finished ones: the template has relative paths
        _sam(settings, "build", "--build-dir", str(unfinished), "--parameter-overrides", *_parameters())
        _keep_newest(builds)
        unfinished.rename(finished)
    return finished / "template.yaml"


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


def _fingerprint(project: Path) -> str:
    """A hash of everything a build depends on: its sources and where it runs."""
    digest = hashlib.sha256(f"{runtime()} {architecture()} {project}".encode())
    sources = [project / "template.yaml", project / "samconfig.toml", *sorted((project / "functions").rglob("*"))]
    for path in sources:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(project)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _keep_newest(builds: Path) -> None:
    """Forget old builds, and what interrupted ones left."""
    newest_last = sorted(builds.iterdir(), key=lambda build: build.stat().st_mtime)
    for build in newest_last[:-BUILDS_KEPT]:
        shutil.rmtree(build, ignore_errors=True)


def _stage(project: Path) -> dict[str, Any]:
    """The local stage in samconfig.toml."""
    stage: dict[str, Any] = tomllib.loads((project / "samconfig.toml").read_text())[STAGE]
    return stage


def _parameters() -> list[str]:
    """The parameters that this machine decides."""
    return [f"Runtime={runtime()}", f"Architecture={architecture()}"]


def _sam(settings: LocalSettings, command: str, *arguments: str) -> None:
    """Run one command of the SAM CLI; its output goes to a log, and the end of it into the error."""
    log = settings.directory / f"sam-{command}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "samcli", command, *arguments],
            cwd=settings.project,
            env=_sam_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        failed = process.wait(TIMEOUT_SECONDS) != 0
    except subprocess.TimeoutExpired:
        failed = True
    finally:
        process.kill()
    if failed:
        raise CommandFailed(f"sam {command} failed:\n{_last_lines(log)}\n(all of it: {log})")


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


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-ERROR_LINES:])
