"""Finds a directory with Terraform's AWS provider on this machine, so that `terraform init` needs no network.

A mirror has the provider unpacked, as HOST/hashicorp/aws/VERSION/PLATFORM/, or as archives in HOST/hashicorp/aws/.
https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.terraform import hcl
from tools.terraform.errors import TerraformError

VARIABLE = "TERRAFORM_PROVIDER_MIRROR"
PROVIDER = "hashicorp/aws"

# Where programs are installed, the most likely first; the home directory is added. https://refspecs.linuxfoundation.org/fhs.shtml
INSTALLED = ("/opt", "/usr/local/share", "/usr/local/lib", "/usr/share", "/usr/lib", "/var/lib", "/srv")
FOLDERS_BETWEEN = 2  # at most, from such a directory to a mirror


def configuration_file(environment: Mapping[str, str], platform: str, directory: Path) -> Path | None:
    """The configuration of Terraform that names the mirror; None if Terraform finds the provider by itself.

    Terraform finds it in a mirror of its own, and otherwise downloads it.

    Args:
        environment: the environment variables.
        platform: the operating system and the architecture, like linux_amd64.
        directory: where a configuration is written.

    Raises:
        TerraformError: the directory in TERRAFORM_PROVIDER_MIRROR is not a mirror for this platform.
    """
    if chosen := environment.get(VARIABLE):
        if not is_mirror(Path(chosen), platform):
            raise TerraformError(
                f"{VARIABLE} is {chosen}, which has no AWS provider for {platform}: name a directory with one."
            )
        return _write(Path(chosen), directory)
    own = own_configuration(environment)
    if own and "provider_installation" in own.read_text(errors="replace"):
        return own
    if any(is_mirror(mirror, platform) for mirror in own_mirrors(environment)):
        return own
    found = next(installed_mirrors(environment, platform), None)
    return _write(found, directory) if found else own


def own_configuration(environment: Mapping[str, str]) -> Path | None:
    """The user's configuration of Terraform, if there is one."""
    named = environment.get("TF_CLI_CONFIG_FILE")
    path = Path(named) if named else _home(environment) / ".terraformrc"
    return path if path.is_file() else None


def own_mirrors(environment: Mapping[str, str]) -> list[Path]:
    """The directories in which Terraform itself looks for providers.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    home = _home(environment)
    shared = (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    data = [environment.get("XDG_DATA_HOME") or str(home / ".local" / "share"), *shared]
    macos = [home / "Library/Application Support/io.terraform", Path("/Library/Application Support/io.terraform")]
    return [
        home / ".terraform.d" / "plugins",
        *(Path(folder) / "terraform" / "plugins" for folder in data),
        *(folder / "plugins" for folder in macos),
    ]


def installed_mirrors(environment: Mapping[str, str], platform: str) -> Iterator[Path]:
    """The mirrors for this platform in the directories of installed programs, and Terraform's cache of downloads."""
    home = _home(environment)
    roots = [environment.get("TF_PLUGIN_CACHE_DIR") or home / ".terraform.d" / "plugin-cache", *INSTALLED, home]
    for root in map(Path, roots):
        for depth in range(FOLDERS_BETWEEN + 1):
            for mirror in root.glob("/".join(["*"] * depth)) if depth else [root]:
                if is_mirror(mirror, platform):
                    yield mirror


def is_mirror(directory: Path, platform: str) -> bool:
    """Whether a directory has the provider for a platform."""
    unpacked = directory.glob(f"*/{PROVIDER}/*/{platform}/terraform-provider-aws*")
    packed = directory.glob(f"*/{PROVIDER}/terraform-provider-aws_*_{platform}.zip")
    return any(unpacked) or any(packed)


def _write(mirror: Path, directory: Path) -> Path:
    path = directory / "terraform.rc"
    source = hcl.text(str(mirror.absolute()))
    path.write_text(f"provider_installation {{\n  filesystem_mirror {{\n    path = {source}\n  }}\n}}\n")
    return path


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or os.path.expanduser("~"))
