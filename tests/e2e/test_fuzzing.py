"""Fuzzing: valid and invalid requests never cause a server error or an undocumented response."""

from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, settings
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.deployed.signing import signature
from tests.support.template.openapi import PATH
from tools.demo.stock_loader import StockLoader
from tools.local import Stack
from tools.local.sign_in import id_token

CASES_OF_EACH_CALL = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

pytestmark = pytest.mark.timeout(300)

schema = schemathesis.openapi.from_path(PATH)


class Credentials(AuthBase):
    """Adds the credentials that each call needs, so that the fuzzer gets past the authentication."""

    def __init__(self, stack: Stack, token: str) -> None:
        self._stack = stack
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = str(request.url)
        is_feed = "/stock/" in url
        if is_feed or ("/reservations" in url and "/admin/" not in url):
            signer = self._stack.stock_feed if is_feed and self._stack.stock_feed else self._stack.checkout
            request.headers.update(signature(self._stack, signer, str(request.method), url, request.body))
        elif "/admin/" in url:
            request.headers["Authorization"] = self._token
        else:
            request.headers["x-api-key"] = str(self._stack.storefront_api_key)
        return request


@pytest.fixture(scope="package")
def credentials(stack: Stack, stock_loader: StockLoader) -> Credentials:
    """The credentials of all callers, in a shop with stock."""
    assert stack.admin
    return Credentials(stack, id_token(stack, stack.admin))


@schema.parametrize()
@settings(
    max_examples=CASES_OF_EACH_CALL,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_response_is_documented(case: "schemathesis.Case[Any]", stack: Stack, credentials: Credentials) -> None:
    answer = case.call(base_url=stack.outputs["ApiUrl"].rstrip("/"), auth=credentials, timeout=60)

    # An HTTP server refuses a request line or headers that are too long.
    assume(answer.status_code not in (HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
    case.validate_response(answer, checks=CHECKS)
