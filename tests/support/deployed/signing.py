"""Signatures (SigV4) for calls that the client cannot make: with invalid credentials, or to any path."""

from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from tools.local import Credentials, Stack


def signature(stack: Stack, credentials: Credentials, method: str, url: str, body: Any = None) -> dict[str, str]:
    """The headers that sign a call with these credentials."""
    request = AWSRequest(method, url, data=body)
    signer = Signer(credentials.access_key_id, credentials.secret_access_key)
    SigV4Auth(signer, "execute-api", stack.region).add_auth(request)
    return dict(request.headers.items())
