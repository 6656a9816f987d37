"""Authentication at the API, and the responses that API Gateway gives without a function."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import pytest

from tests.support.deployed.signing import signature
from tools.local import Credentials, Stack
from tools.local.sign_in import id_token

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: Message
    body: Any


@dataclass(frozen=True)
class Caller:
    """A caller with the URL of the API, who sends these headers with every call."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def asks(self, method: str, path: str, *, body: str | None = None, **headers: str) -> Answer:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=body.encode() if body else None,
            headers={"Content-Type": "application/json", **self.headers, **more},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, json.loads(error.read()))


@pytest.fixture
def caller(stack: Stack) -> Caller:
    """A caller without credentials."""
    return Caller(stack.outputs["ApiUrl"])


@pytest.fixture(scope="package")
def tokens(stack: Stack) -> Mapping[str, str]:
    """The id tokens of the two users, signed in like the page."""
    assert stack.admin
    assert stack.viewer
    return {"admin": id_token(stack, stack.admin), "viewer": id_token(stack, stack.viewer)}


def signed(stack: Stack, credentials: Credentials, method: str, path: str) -> dict[str, str]:
    """The headers of a call that is signed with these credentials."""
    return signature(stack, credentials, method, stack.outputs["ApiUrl"] + path)


def is_problem(answer: Answer, status: int, code: str) -> bool:
    """Whether a response is this problem, complete and with the headers of every response."""
    assert (answer.status, answer.body["status"], answer.body["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == PROBLEM_JSON
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return {"title", "detail"} <= set(answer.body)


@pytest.mark.parametrize("path", ["/inventory/KIT-0001", "/reservations/r-1", "/admin/inventory"])
def test_a_call_without_credentials_is_refused(caller: Caller, path: str) -> None:
    assert is_problem(caller.asks("GET", path), 401, "UNAUTHORIZED")


def test_a_wrong_api_key_is_refused(caller: Caller) -> None:
    assert is_problem(caller.asks("GET", "/inventory/KIT-0001", x_api_key="wrong"), 401, "UNAUTHORIZED")


def test_an_api_key_allows_only_the_calls_of_the_storefront(stack: Stack, caller: Caller) -> None:
    assert stack.storefront_api_key

    found = caller.asks("GET", "/inventory?product_ids=NOWHERE-1", x_api_key=stack.storefront_api_key)
    assert (found.status, json.loads(found.body)) == (200, {"items": [], "not_found": ["NOWHERE-1"]})
    for path in ("/admin/inventory", "/reservations/r-1"):
        assert caller.asks("GET", path, x_api_key=stack.storefront_api_key).status == 401


def test_a_signature_allows_the_calls_of_the_checkout_with_the_policy(stack: Stack, caller: Caller) -> None:
    path = "/reservations/never-made"

    answer = caller.asks("GET", path, **signed(stack, stack.checkout, "GET", path))
    assert (answer.status, answer.body["code"]) == (404, "RESERVATION_NOT_FOUND")
    wrong = Credentials(stack.checkout.access_key_id, "wrong")
    assert is_problem(caller.asks("GET", path, **signed(stack, wrong, "GET", path)), 401, "UNAUTHORIZED")


def test_a_user_without_the_policy_is_refused(stack: Stack, caller: Caller) -> None:
    iam = stack.client("iam")
    iam.create_user(UserName="somebody")
    key = iam.create_access_key(UserName="somebody")["AccessKey"]
    somebody = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    path = "/reservations/r-1"

    # The local AWS has a body of its own for this one; the document of the API defines the gateway response.
    assert caller.asks("GET", path, **signed(stack, somebody, "GET", path)).status == 403


def test_a_viewer_may_read_but_not_change(caller: Caller, tokens: Mapping[str, str]) -> None:
    level = {"on_hand": 1, "name": "Lamp", "category": "Home", "low_stock_threshold": 0, "reason": "counted"}
    path = "/admin/inventory/ACCESS-1/main"

    assert caller.asks("GET", "/admin/inventory?limit=1", Authorization=tokens["viewer"]).status == 200
    refused = caller.asks("PUT", path, body=json.dumps(level), Authorization=tokens["viewer"])
    assert (refused.status, refused.body["code"]) == (403, "FORBIDDEN")
    assert caller.asks("PUT", path, body=json.dumps(level), Authorization=tokens["admin"]).status == 201


def test_a_password_is_accepted_by_srp_only(stack: Stack) -> None:
    assert stack.admin
    cognito = stack.client("cognito-idp")

    with pytest.raises(cognito.exceptions.InvalidParameterException):
        cognito.initiate_auth(
            ClientId=stack.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": stack.admin.username, "PASSWORD": stack.admin.password},
        )


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("PATCH", "/inventory"), ("GET", "/admin/nowhere")])
def test_an_unknown_route_is_not_found(caller: Caller, method: str, path: str) -> None:
    assert is_problem(caller.asks(method, path), 404, "ROUTE_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "origin", "headers"),
    [("/inventory", "*", "x-api-key"), ("/admin/inventory", "http://localhost:5173", "authorization")],
)
def test_a_preflight_request_names_the_allowed_origin_and_headers(
    caller: Caller, path: str, origin: str, headers: str
) -> None:
    answer = caller.asks("OPTIONS", path, Origin="https://elsewhere.example")

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert headers in answer.headers["Access-Control-Allow-Headers"].split(",")
