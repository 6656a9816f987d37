"""Terraform on this machine: its version, its platform, and the environment in which the test runs it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.local.processes.environment import Reader, clean_environment
from tools.local.settings import REGION, LocalSettings
from tools.terraform.errors import NotInstalled, TerraformError
from tools.terraform.provider_mirror import configuration_file

OLDEST = (1, 10)  # the first with a lock file in S3
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Terraform:
    """An installed Terraform. The platform is the operating system and the architecture, like linux_amd64."""

    path: str
    platform: str


def installed_terraform() -> Terraform:
    """The Terraform on the PATH.

    Raises:
        NotInstalled: there is none.
        TerraformError: it is too old, or does not answer.
    """
    oldest = ".".join(map(str, OLDEST))
    path = shutil.which("terraform")
    if path is None:
        raise NotInstalled(oldest)
    try:
        answer = subprocess.run(
            [path, "version", "-json"], capture_output=True, check=True, timeout=ANSWER_SECONDS, env=_own(os.environ)
        )
        content = json.loads(answer.stdout)
        version, platform = str(content["terraform_version"]), str(content["platform"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise TerraformError(f"{path} does not say its version: put a working Terraform on the PATH.") from error
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise TerraformError(f"{path} is Terraform {version}: put Terraform {oldest} or newer on the PATH.")
    return Terraform(path, platform)


def terraform_environment(terraform: Terraform, settings: LocalSettings, directory: Path) -> dict[str, str]:
    """The environment variables with which Terraform and the SAM CLI work on a local AWS, and ask no questions."""
    project = settings.project
    configuration = configuration_file(os.environ, terraform.platform, directory)
    local_aws = {
        "AWS_ENDPOINT_URL": settings.endpoint_url,
        "AWS_REGION": REGION,
        "PYTHONPATH": os.pathsep.join(map(str, (project / "functions", project / "clients" / "python", project))),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_CHECK_VERSION": "0",
    }
    terraform_itself = {"TF_INPUT": "0", "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    if configuration:
        terraform_itself["TF_CLI_CONFIG_FILE"] = str(configuration)
    return _own(clean_environment(local_aws, Reader.DOWNLOADS)) | terraform_itself


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of Terraform, which could change what a command does."""
    return {name: value for name, value in environment.items() if not name.startswith("TF_")}
