"""Builds the project with AWS SAM and deploys its unchanged template to a local AWS."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from local.errors import CommandFailed
from local.settings import LocalSettings, architecture, clean_environment, runtime

STACK_NAME = "inventory"
POLL_SECONDS = "0.2"  # between SAM's looks at the stack; it would take 5 seconds
TIMEOUT_SECONDS = 300
ERROR_LINES = 15


def build(settings: LocalSettings) -> Path:
    """The built template; built anew only when what goes into it has changed."""
    fingerprint = _fingerprint(settings.project)
    builds = settings.project / ".local" / "build"
    finished = builds / fingerprint
    if not finished.exists():
        builds.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=builds) as unfinished:
            _sam(settings, "build", "--build-dir", unfinished, "--parameter-overrides", *_parameters(settings))
            _forget_all_but_newest(builds, keep=3, besides=Path(unfinished))
            shutil.copytree(unfinished, finished, symlinks=True, dirs_exist_ok=True)
    return finished / "template.yaml"


def deploy(settings: LocalSettings, built_template: Path) -> None:
    """Deploy the built template with SAM, as to any AWS account."""
    _sam(
        settings,
        "deploy",
        "--template-file",
        str(built_template),
        *("--stack-name", STACK_NAME),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
        "--resolve-s3",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--no-progressbar",
        "--parameter-overrides",
        *_parameters(settings),
    )


def _fingerprint(project: Path) -> str:
    """A hash of everything a build depends on: its sources and where it runs."""
    digest = hashlib.sha256(f"{runtime()} {architecture()} {project}".encode())
    sources = [project / "template.yaml", project / "samconfig.toml", *sorted((project / "functions").rglob("*"))]
    for path in sources:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(project)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _forget_all_but_newest(builds: Path, keep: int, besides: Path) -> None:
    finished = sorted((path for path in builds.iterdir() if path != besides), key=lambda path: path.stat().st_mtime)
    for path in finished[:-keep]:
        shutil.rmtree(path, ignore_errors=True)


def _parameters(settings: LocalSettings) -> Iterable[str]:
    """The local stage's parameters, with the runtime and architecture that this machine has."""
    overrides = [f"Runtime={runtime()}", f"Architecture={architecture()}"]
    config = settings.project / "samconfig.toml"
    if config.exists():
        stage = tomllib.loads(config.read_text()).get("local", {})
        configured = stage.get("deploy", {}).get("parameters", {}).get("parameter_overrides", [])
        overrides = [*(configured.split() if isinstance(configured, str) else configured), *overrides]
    return overrides


def _sam(settings: LocalSettings, command: str, *arguments: str) -> None:
    """Run one command of the SAM CLI; its output goes to a log, and the end of it into the error."""
    log = settings.directory / f"sam-{command}.log"
    with log.open("wb") as output:
        finished = subprocess.run(
            [sys.executable, "-m", "samcli", command, *arguments],
            cwd=settings.project,
            env=_sam_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    if finished.returncode:
        raise CommandFailed(f"sam {command} failed:\n{_last_lines(log)}\n(all of it: {log})")


def _sam_environment(settings: LocalSettings) -> dict[str, str]:
    return clean_environment(
        {
            "AWS_ENDPOINT_URL": settings.endpoint_url,
            "SAM_CLI_POLL_DELAY": POLL_SECONDS,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_CHECK_VERSION": "0",
            "COLUMNS": "200",
            **({"HOME": os.environ["HOME"]} if "HOME" in os.environ else {}),
        }
    )


def _last_lines(log: Path) -> str:
    lines: Sequence[str] = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-ERROR_LINES:])
