"""Where a local AWS lives: its ports and its directory."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools.local.errors import LocalAwsError

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT_ID = "000000000000"
DEFAULT_PORT = 4566
USABLE_PORTS = range(1024, 65001)

# Not resolved: a checkout that borrows this folder through a link is its own project.
PROJECT = Path(__file__).absolute().parent.parent.parent


@dataclass(frozen=True)
class LocalSettings:
    """One local AWS. Two with different ports and directories run side by side."""

    port: int = DEFAULT_PORT
    directory: Path = PROJECT / ".local"
    project: Path = PROJECT

    @classmethod
    def from_env(cls) -> "LocalSettings":
        """The settings that LOCAL_PORT asks for."""
        text = os.environ.get("LOCAL_PORT") or str(DEFAULT_PORT)
        if not text.isdecimal() or int(text) not in USABLE_PORTS:
            raise LocalAwsError(f"LOCAL_PORT must be {USABLE_PORTS[0]} to {USABLE_PORTS[-1]}, not {text!r}.")
        return cls(port=int(text))

    def at(self, directory: Path) -> "LocalSettings":
        """The same local AWS in another directory."""
        return replace(self, directory=directory)

    def at_port(self, port: int) -> "LocalSettings":
        """The same local AWS at another port."""
        return replace(self, port=port)

    @property
    def engine_port(self) -> int:
        """Where the engine that runs the executions listens."""
        return self.port + 1

    @property
    def page_port(self) -> int:
        """Where the admin page is served."""
        return self.port + 2

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port of this local AWS."""
        return (self.port, self.engine_port, self.page_port)

    @property
    def endpoint_url(self) -> str:
        """The one address of all AWS services."""
        return f"http://{HOST}:{self.port}"

    @property
    def engine_url(self) -> str:
        """The engine's own address; callers reach it through `endpoint_url`, which checks who they are."""
        return f"http://{HOST}:{self.engine_port}"

    @property
    def page_url(self) -> str:
        """Where the admin page is, in the place of its distribution."""
        return f"http://{HOST}:{self.page_port}"


def runtime() -> str:
    """The Lambda runtime that this interpreter is: functions run in it locally."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture() -> str:
    """This machine's architecture in Lambda's words."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


# The emulator takes this pair for its root, and the engine signs with it.
ROOT_ACCESS_KEY_ID = "ak"
ROOT_SECRET_ACCESS_KEY = "sk"


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without anything that could reach a real AWS account, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "MOTO_"))}
    return {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(PROJECT),
        "NO_PROXY": ",".join(filter(None, [kept.get("NO_PROXY"), HOST, "localhost"])),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
        **extra,
    }
