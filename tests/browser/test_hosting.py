"""How the page is served: by whom it may be framed, what it may load, what is kept for how long, and what is private."""

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
from tools.demo.shelves import Shelves
from tools.local import Stack
from tools.local.sign_in import id_token

EVERY_KIND = ["/", "/config.json", "/no-such-file", "/admin/inventory"]
COGNITO = "https://cognito-idp.us-east-1.amazonaws.com"
MAY_LOAD = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": f"'self' {COGNITO}",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """The body's content."""
        return json.loads(self.body)


@pytest.fixture(scope="package")
def token(stack: Stack) -> str:
    """The manager's id token."""
    assert stack.admin
    return id_token(stack, stack.admin)


def ask(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
) -> Answer:
    """Send one request, and follow no redirect."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, dict(headers or {}), method=method)
    if data:
        request.add_header("Content-Type", "application/json")
    try:
        with _opener.open(request, timeout=30) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, refusal.headers, refusal.read())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_answer_says_what_a_page_may_load(path: str, stack: Stack) -> None:
    policy = ask(stack.outputs["AdminUiUrl"] + path).headers["Content-Security-Policy"]

    assert dict(part.strip().split(" ", 1) for part in policy.split(";")) == MAY_LOAD


@pytest.mark.parametrize("path", EVERY_KIND)
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
def test_every_answer_is_guarded(path: str, header: str, value: str, stack: Stack) -> None:
    assert ask(stack.outputs["AdminUiUrl"] + path).headers.get_all(header) == [value]


def test_the_page_asks_for_no_device(stack: Stack) -> None:
    permissions = ask(stack.outputs["AdminUiUrl"]).headers["Permissions-Policy"]

    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(permissions.split(", "))


def test_the_files_that_keep_their_names_are_asked_for_each_time(stack: Stack) -> None:
    for path in ("/", "/index.html", "/config.json"):
        assert ask(stack.outputs["AdminUiUrl"] + path).headers["Cache-Control"] == "no-cache"


def test_what_the_page_names_is_there_and_kept_for_ever(stack: Stack) -> None:
    url = stack.outputs["AdminUiUrl"]
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', ask(url).body.decode())

    assert assets
    for asset in assets:
        answer = ask(url + asset)
        assert answer.status == HTTPStatus.OK
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers.get_content_type() == {"js": "text/javascript", "css": "text/css"}[asset.split(".")[-1]]


def test_one_build_learns_its_stack_from_its_config(stack: Stack) -> None:
    url = stack.outputs["AdminUiUrl"]

    assert ask(f"{url}/config.json").json() == {
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
def test_what_is_not_there_is_refused(path: str, stack: Stack) -> None:
    answer = ask(stack.outputs["AdminUiUrl"] + path)

    assert answer.status == HTTPStatus.FORBIDDEN
    assert b"<script" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nobody_writes_to_the_page(method: str, stack: Stack) -> None:
    assert ask(f"{stack.outputs['AdminUiUrl']}/index.html", method, body={}).status == HTTPStatus.FORBIDDEN
    assert ask(f"{stack.outputs['AdminUiUrl']}/index.html").status == HTTPStatus.OK


@pytest.mark.parametrize("key", ["", "index.html", "config.json"])
def test_the_bucket_is_read_through_the_distribution_only(key: str, stack: Stack) -> None:
    assert ask(f"{stack.endpoint_url}/{stack.outputs['AdminUiBucketName']}/{key}").status == HTTPStatus.FORBIDDEN


def test_plain_http_is_led_to_tls(stack: Stack) -> None:
    cloudfront = stack.client("cloudfront")
    [distribution] = cloudfront.list_distributions()["DistributionList"]["Items"]
    by_its_name = {"Host": distribution["DomainName"]}

    answer = ask(f"{stack.endpoint_url}/index.html", headers=by_its_name)

    assert answer.status == HTTPStatus.MOVED_PERMANENTLY
    assert answer.headers["Location"] == f"https://{distribution['DomainName']}/index.html"
    assert ask(f"{stack.endpoint_url}/admin/inventory", headers=by_its_name).status == HTTPStatus.FORBIDDEN


def test_the_api_answers_at_the_pages_origin(stack: Stack, shelves: Shelves, token: str) -> None:
    url = f"{stack.outputs['AdminUiUrl']}/admin/inventory"

    assert ask(url).status == HTTPStatus.UNAUTHORIZED
    levels = ask(f"{url}?category=kitchen&limit=2", headers={"Authorization": token})
    assert levels.status == HTTPStatus.OK
    assert {level["category"] for level in levels.json()["items"]} == {"kitchen"}


def test_the_api_gets_what_a_change_needs(stack: Stack, token: str) -> None:
    url = f"{stack.outputs['AdminUiUrl']}/admin/inventory/HOSTED-1/main"
    level = {"on_hand": 3, "name": "Hosted", "category": "kitchen", "low_stock_threshold": 1, "reason": "count"}
    signed = {"Authorization": token}

    assert ask(url, "PUT", signed, level).status == HTTPStatus.CREATED
    assert ask(url, "PUT", {**signed, "If-Match": "999"}, level).status == HTTPStatus.CONFLICT
    adjusted = ask(
        f"{url}/adjustments", "POST", {**signed, "Idempotency-Key": "hosted-1"}, {"delta": 2, "reason": "found"}
    )
    assert (adjusted.status, adjusted.json()["on_hand"]) == (HTTPStatus.OK, 5)


def test_the_apis_errors_are_its_own(stack: Stack, token: str) -> None:
    answer = ask(f"{stack.outputs['AdminUiUrl']}/admin/inventory/NO-SUCH-PRODUCT", headers={"Authorization": token})

    assert answer.status == HTTPStatus.NOT_FOUND
    assert answer.headers.get_content_type() == "application/problem+json"
    assert answer.json()["code"] == "PRODUCT_NOT_FOUND"


def test_an_inline_script_does_not_run(as_nobody: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("Content Security Policy")
    page = as_nobody()

    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.intruder = true';"
        "document.body.append(script)"
    )

    assert page.evaluate("window.intruder") is None
    assert any("Content Security Policy" in error for error in browsing.errors)


def test_the_page_runs_under_its_policy(as_manager: OpenPage) -> None:
    expect(as_manager().get_by_role("main")).to_be_visible()
