"""Authorization: every operation of the API called by every kind of caller."""

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

# The audience that each kind of caller belongs to; a viewer may only read.
AUDIENCE = {
    "storefront": "storefront",
    "checkout": "checkout",
    "machine": "stockFeed",
    "viewer": "admin",
    "manager": "admin",
}
CALLERS = ("no credentials", "bad key", "bad signature", "bad token", "expired token", *AUDIENCE)
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
UNKNOWN_IDS = {
    "product_id": "NO-1",
    "warehouse_id": "main",
    "reservation_id": "no-1",
    "import_id": "0" * 32,
    "export_id": "0" * 32,
}


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
    """A token whose claims say that it expired an hour ago; only the user pool can sign a token that really did."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    ended = json.dumps(claims | {"exp": int(time.time()) - 3600}).encode()
    return ".".join((header, base64.urlsafe_b64encode(ended).decode().rstrip("="), signature))


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("operation", operations(), ids=str)
def test_each_caller_may_call_the_operations_of_its_audience_and_no_others(
    operation: Operation, caller: str, stack: Stack, tokens: Mapping[str, str]
) -> None:
    is_allowed = AUDIENCE.get(caller) == operation.audience and (caller != "viewer" or _reads(operation))

    status = _status(operation, caller, stack, tokens)

    assert (status not in REFUSALS) == is_allowed, f"the status for {caller} is {status}"
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR


def _reads(operation: Operation) -> bool:
    """Whether an operation changes nothing: an export is the list as a file."""
    return operation.method == "get" or operation.path == "/admin/exports"


def _status(operation: Operation, caller: str, stack: Stack, tokens: Mapping[str, str]) -> int:
    """The status of a call with ids that do not exist and without a body."""
    url = stack.outputs["ApiUrl"].rstrip("/") + operation.path.format(**UNKNOWN_IDS)
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
        case "machine":
            assert stack.stock_feed
            return signature(stack, stack.stock_feed, request.get_method(), request.full_url)
        case "bad signature":
            wrong = Credentials(stack.checkout.access_key_id, "wrong")
            return signature(stack, wrong, request.get_method(), request.full_url)
        case "no credentials":
            return {}
    return {"Authorization": tokens[caller]}
