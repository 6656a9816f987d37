"""Every call of the API by every kind of caller: the whole table of who gets in."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus

import pytest

from tests.support.deployed.signing import signature
from tests.support.template.openapi import Operation, operations
from tools.local import Credentials, Stack
from tools.local.sign_in import id_token

# Who each caller is let in by; a viewer only looks.
AUDIENCE = {"storefront": "storefront", "checkout": "checkout", "viewer": "admin", "manager": "admin"}
CALLERS = ("nobody", "bad key", "bad signature", "bad token", "expired token", *AUDIENCE)
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
NOBODY_HAS = {"product_id": "NO-1", "warehouse_id": "main", "reservation_id": "no-1", "import_id": "0" * 32}


@pytest.fixture(scope="package")
def tokens(stack: Stack) -> Mapping[str, str]:
    """The id tokens of the two users."""
    assert stack.admin
    assert stack.viewer
    manager = id_token(stack, stack.admin)
    return {
        "manager": manager,
        "viewer": id_token(stack, stack.viewer),
        "bad token": "e30.e30.e30",
        "expired token": expired(manager),
    }


def expired(token: str) -> str:
    """A token that says it ended an hour ago; nobody but the user pool could sign one that really did."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    ended = json.dumps(claims | {"exp": int(time.time()) - 3600}).encode()
    return ".".join((header, base64.urlsafe_b64encode(ended).decode().rstrip("="), signature))


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("operation", operations(), ids=str)
def test_each_caller_gets_in_where_they_may_and_nowhere_else(
    operation: Operation, caller: str, stack: Stack, tokens: Mapping[str, str]
) -> None:
    may = AUDIENCE.get(caller) == operation.audience and (caller != "viewer" or operation.method == "get")

    status = _status(operation, caller, stack, tokens)

    assert (status not in REFUSALS) == may, f"{caller} is answered {status}"
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR


def _status(operation: Operation, caller: str, stack: Stack, tokens: Mapping[str, str]) -> int:
    """What a call is answered that names nothing which exists, and asks for nothing."""
    url = stack.outputs["ApiUrl"].rstrip("/") + operation.path.format(**NOBODY_HAS)
    request = urllib.request.Request(url, method=operation.method.upper())
    for name, value in _credentials(caller, request, stack, tokens).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _credentials(
    caller: str, request: urllib.request.Request, stack: Stack, tokens: Mapping[str, str]
) -> Mapping[str, str]:
    match caller:
        case "storefront":
            return {"x-api-key": str(stack.storefront_api_key)}
        case "bad key":
            return {"x-api-key": "wrong"}
        case "checkout":
            return signature(stack, stack.checkout, request.get_method(), request.full_url)
        case "bad signature":
            wrong = Credentials(stack.checkout.access_key_id, "wrong")
            return signature(stack, wrong, request.get_method(), request.full_url)
        case "nobody":
            return {}
    return {"Authorization": tokens[caller]}
