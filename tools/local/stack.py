"""The stack on a local AWS and the credentials of its callers: the content of `stack.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tools.local.errors import LocalAwsError, OtherVersion
from tools.local.event_api.addresses import without_tls

PAGE_URL = re.compile(r"https://[a-z0-9]+\.cloudfront\.net")
API_URL = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>.*)")


@dataclass(frozen=True)
class Credentials:
    """An IAM user's access key."""

    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class SignIn:
    """A sign-in for the admin page."""

    username: str
    password: str


@dataclass(frozen=True)
class Stack:
    """The deployed stack: its endpoints, its outputs, and the credentials of its callers."""

    endpoint_url: str
    stepfunctions_endpoint_url: str
    region: str
    outputs: Mapping[str, str]
    operator: Credentials
    checkout: Credentials
    storefront_api_key: str | None = None
    admin: SignIn | None = None
    viewer: SignIn | None = None
    stock_feed: Credentials | None = None

    def client(self, service: str, credentials: Credentials | None = None, config: Config | None = None) -> Any:
        """A boto3 client of the local AWS. Without `credentials` it has those of the operator."""
        signer = credentials or self.operator
        url = self.stepfunctions_endpoint_url if service == "stepfunctions" else self.endpoint_url
        session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=self.region)
        return session.client(service, endpoint_url=url, config=config)  # type: ignore[call-overload]

    @classmethod
    def read(cls, path: Path) -> "Stack":
        """The stack that `stack.json` describes.

        Raises:
            LocalAwsError: the file does not exist yet, or another version of this project wrote it.
        """
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError as error:
            raise LocalAwsError("The local AWS is still starting. Try again when `make up` has finished.") from error
        except ValueError as error:
            raise OtherVersion("its stack.json is not JSON") from error
        try:
            return cls._of(content)
        except TypeError as error:
            raise OtherVersion("its stack.json has other fields") from error

    @classmethod
    def _of(cls, content: dict[str, Any]) -> "Stack":
        for name in ("operator", "checkout", "stock_feed"):
            if name in content:
                content[name] = Credentials(**content[name])
        for name in ("admin", "viewer"):
            if name in content:
                content[name] = SignIn(**content[name])
        return cls(**content)

    def write(self, path: Path) -> None:
        """Save it as `stack.json`, readable only by its owner. Fields without a value are left out."""
        content = {name: value for name, value in asdict(self).items() if value is not None}
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=2) + "\n")
        draft.replace(path)  # atomic: a reader never sees half of the file


def reachable(output: str, endpoint_url: str, page_url: str) -> str:
    """An output of the stack. The URLs of APIs and of the page are replaced by those that work on this machine."""
    return PAGE_URL.sub(page_url, reachable_api(output, endpoint_url))


def reachable_api(output: str, endpoint_url: str) -> str:
    """An output of the stack. The URL of an API is replaced by the URL that works on this machine."""
    return without_tls(API_URL.sub(rf"{endpoint_url}/_aws/execute-api/\g<api>/\g<stage>", output))
