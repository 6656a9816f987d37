"""How the page is hosted: security headers, caching, and private files."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import Browsing
from tools.demo.stock_loader import StockLoader
from tools.local import Stack
from tools.local.sign_in import id_token

EVERY_KIND_OF_PATH = ["/", "/config.json", "/no-such-file", "/admin/inventory"]
REFERENCE = "/reference/"
COGNITO = "https://cognito-idp.us-east-1.amazonaws.com"
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": f"'self' {COGNITO} http://127.0.0.1:PORT ws://LIVE-STOCK",  # the third one is the bucket of imports
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY_OF_REFERENCE = CONTENT_SECURITY_POLICY | {
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "blob:",
}


@dataclass(frozen=True)
class Response:
    """A server's response."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)


def content_security_policy(url: str) -> dict[str, str]:
    """The sources of each kind that the response's policy allows."""
    policy: str = send(url).headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.fixture(scope="package")
def token(stack: Stack) -> str:
    """The manager's id token."""
    assert stack.admin
    return id_token(stack, stack.admin)


def send(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
) -> Response:
    """Send one request without following redirects."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, dict(headers or {}), method=method)
    if data:
        request.add_header("Content-Type", "application/json")
    try:
        with _opener.open(request, timeout=30) as response:
            return Response(response.status, response.headers, response.read())
    except urllib.error.HTTPError as refusal:
        return Response(refusal.code, refusal.headers, refusal.read())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


@pytest.mark.parametrize("path", EVERY_KIND_OF_PATH)
def test_every_response_has_the_content_security_policy(path: str, stack: Stack) -> None:
    live_stock = stack.outputs["LiveStockRealtimeUrl"].removesuffix("/event/realtime")

    policy = content_security_policy(stack.outputs["AdminUiUrl"] + path)

    policy["connect-src"] = (
        policy["connect-src"]
        .replace(stack.endpoint_url, "http://127.0.0.1:PORT")
        .replace(live_stock, "ws://LIVE-STOCK")
    )
    assert policy == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", [REFERENCE, f"{REFERENCE}openapi.json"])
def test_the_reference_has_a_content_security_policy_of_its_own(path: str, stack: Stack) -> None:
    assert content_security_policy(stack.outputs["AdminUiUrl"] + path) == CONTENT_SECURITY_POLICY_OF_REFERENCE


@pytest.mark.parametrize("path", [*EVERY_KIND_OF_PATH, REFERENCE])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_every_response_has_the_security_headers(path: str, header: str, value: str, stack: Stack) -> None:
    assert send(stack.outputs["AdminUiUrl"] + path).headers.get_all(header) == [value]


def test_the_page_uses_no_devices(stack: Stack) -> None:
    permissions = send(stack.outputs["AdminUiUrl"]).headers["Permissions-Policy"]

    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(permissions.split(", "))


def test_files_with_fixed_names_are_not_cached(stack: Stack) -> None:
    for path in ("/", "/index.html", "/config.json", REFERENCE, f"{REFERENCE}openapi.json"):
        assert send(stack.outputs["AdminUiUrl"] + path).headers["Cache-Control"] == "no-cache"


def test_assets_are_cached_for_ever(stack: Stack) -> None:
    url = stack.outputs["AdminUiUrl"]
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', send(url).body.decode())

    assert assets
    for asset in assets:
        response = send(url + asset)
        assert response.status == HTTPStatus.OK
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers.get_content_type() == {"js": "text/javascript", "css": "text/css"}[asset.split(".")[-1]]


def test_the_config_file_describes_the_stack(stack: Stack) -> None:
    url = stack.outputs["AdminUiUrl"]

    assert send(f"{url}/config.json").json() == {
        "region": stack.region,
        "user_pool_id": stack.outputs["UserPoolId"],
        "user_pool_client_id": stack.outputs["UserPoolClientId"],
        "api_url": "",
        "cognito_endpoint_url": f"{url}/cognito-idp",
        "console": False,
    }


@pytest.mark.parametrize(
    "path", ["/no-such-file", "/assets/no-such-file.js", "/stock", "/index.html/", "/.vite/manifest.json"]
)
def test_an_unknown_file_is_forbidden(path: str, stack: Stack) -> None:
    response = send(stack.outputs["AdminUiUrl"] + path)

    assert response.status == HTTPStatus.FORBIDDEN
    assert b"<script" not in response.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_page_is_read_only(method: str, stack: Stack) -> None:
    assert send(f"{stack.outputs['AdminUiUrl']}/index.html", method, body={}).status == HTTPStatus.FORBIDDEN
    assert send(f"{stack.outputs['AdminUiUrl']}/index.html").status == HTTPStatus.OK


@pytest.mark.parametrize("key", ["", "index.html", "config.json"])
def test_the_bucket_can_be_read_through_the_distribution_only(key: str, stack: Stack) -> None:
    assert send(f"{stack.endpoint_url}/{stack.outputs['AdminUiBucketName']}/{key}").status == HTTPStatus.FORBIDDEN


def test_plain_http_is_redirected_to_https(stack: Stack) -> None:
    cloudfront = stack.client("cloudfront")
    [distribution] = cloudfront.list_distributions()["DistributionList"]["Items"]
    host_header = {"Host": distribution["DomainName"]}

    response = send(f"{stack.endpoint_url}/index.html", headers=host_header)

    assert response.status == HTTPStatus.MOVED_PERMANENTLY
    assert response.headers["Location"] == f"https://{distribution['DomainName']}/index.html"
    assert send(f"{stack.endpoint_url}/admin/inventory", headers=host_header).status == HTTPStatus.FORBIDDEN


def test_the_api_has_the_origin_of_the_page(stack: Stack, stock_loader: StockLoader, token: str) -> None:
    url = f"{stack.outputs['AdminUiUrl']}/admin/inventory"

    assert send(url).status == HTTPStatus.UNAUTHORIZED
    levels = send(f"{url}?category=kitchen&limit=2", headers={"Authorization": token})
    assert levels.status == HTTPStatus.OK
    assert {level["category"] for level in levels.json()["items"]} == {"kitchen"}


def test_headers_of_a_change_reach_the_api(stack: Stack, token: str) -> None:
    url = f"{stack.outputs['AdminUiUrl']}/admin/inventory/HOSTED-1/main"
    level = {"on_hand": 3, "name": "Hosted", "category": "kitchen", "low_stock_threshold": 1, "reason": "count"}
    authorized = {"Authorization": token}

    assert send(url, "PUT", authorized, level).status == HTTPStatus.CREATED
    assert send(url, "PUT", {**authorized, "If-Match": "999"}, level).status == HTTPStatus.CONFLICT
    adjusted = send(
        f"{url}/adjustments", "POST", {**authorized, "Idempotency-Key": "hosted-1"}, {"delta": 2, "reason": "found"}
    )
    assert (adjusted.status, adjusted.json()["on_hand"]) == (HTTPStatus.OK, 5)


def test_errors_of_the_api_are_not_replaced(stack: Stack, token: str) -> None:
    response = send(f"{stack.outputs['AdminUiUrl']}/admin/inventory/NO-SUCH-PRODUCT", headers={"Authorization": token})

    assert response.status == HTTPStatus.NOT_FOUND
    assert response.headers.get_content_type() == "application/problem+json"
    assert response.json()["code"] == "PRODUCT_NOT_FOUND"


def test_an_inline_script_is_blocked(as_nobody: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("Content Security Policy")
    page = as_nobody()

    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.intruder = true';"
        "document.body.append(script)"
    )

    assert page.evaluate("window.intruder") is None
    assert any("Content Security Policy" in error for error in browsing.errors)


def test_the_page_works_under_its_content_security_policy(as_manager: OpenPage) -> None:
    expect(as_manager().get_by_role("main")).to_be_visible()
