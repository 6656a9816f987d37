"""The settings of one local AWS: its ports, its directory, and how long transactions take."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from tools.local.errors import LocalAwsError

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT_ID = "000000000000"
DEFAULT_PORT = 4566
USABLE_PORTS = range(1024, 65001)
TRANSACTION_VARIABLE = "LOCAL_TRANSACTION_MILLISECONDS"
TRANSACTION_MILLISECONDS_MAX = 10_000

# Symbolic links are not resolved: a checkout that links to this folder is a project of its own.
PROJECT = Path(__file__).absolute().parent.parent.parent


@dataclass(frozen=True)
class LocalSettings:
    """One local AWS. Two of them with different ports and directories can run at the same time.

    A DynamoDB transaction holds its items for `transaction_milliseconds`, and conflicts with others meanwhile. With 0,
    transactions never conflict.
    """

    port: int = DEFAULT_PORT
    directory: Path = PROJECT / ".local"
    project: Path = PROJECT
    transaction_milliseconds: int = 0

    @classmethod
    def from_env(cls) -> "LocalSettings":
        """The settings for the environment variables LOCAL_PORT and LOCAL_TRANSACTION_MILLISECONDS.

        Raises:
            LocalAwsError: LOCAL_PORT is not a usable port, or the milliseconds are not a number in their range.
        """
        text = os.environ.get("LOCAL_PORT") or str(DEFAULT_PORT)
        if not text.isdecimal() or int(text) not in USABLE_PORTS:
            raise LocalAwsError(
                f"LOCAL_PORT must be a port from {USABLE_PORTS[0]} to {USABLE_PORTS[-1]}, not {text!r}."
            )
        return cls(port=int(text), transaction_milliseconds=transaction_milliseconds())

    def in_directory(self, directory: Path) -> "LocalSettings":
        """The same settings with another directory."""
        return replace(self, directory=directory)

    def at_port(self, port: int) -> "LocalSettings":
        """The same settings with another first port."""
        return replace(self, port=port)

    @property
    def engine_port(self) -> int:
        """The port of the Step Functions engine."""
        return self.port + 1

    @property
    def page_port(self) -> int:
        """The port of the admin page."""
        return self.port + 2

    @property
    def ports(self) -> tuple[int, ...]:
        """All ports of this local AWS."""
        return (self.port, self.engine_port, self.page_port)

    @property
    def endpoint_url(self) -> str:
        """The endpoint of all AWS services."""
        return f"http://{HOST}:{self.port}"

    @property
    def engine_url(self) -> str:
        """The engine's own endpoint. Callers use `endpoint_url`, which checks their permissions first."""
        return f"http://{HOST}:{self.engine_port}"

    @property
    def page_url(self) -> str:
        """The URL of the admin page; it replaces the URL of the CloudFront distribution."""
        return f"http://{HOST}:{self.page_port}"


def transaction_milliseconds() -> int:
    """The value of the environment variable LOCAL_TRANSACTION_MILLISECONDS; 0 without it.

    Raises:
        LocalAwsError: the value is not a number in its range.
    """
    text = os.environ.get(TRANSACTION_VARIABLE) or "0"
    if not text.isdecimal() or int(text) > TRANSACTION_MILLISECONDS_MAX:
        raise LocalAwsError(
            f"{TRANSACTION_VARIABLE} must be a number from 0 to {TRANSACTION_MILLISECONDS_MAX}, not {text!r}."
        )
    return int(text)
