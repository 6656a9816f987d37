"""A page of a storefront, behind the deployed gateway: known answers, preflights, and the key of live stock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from tools.demo.stock_loader import StockLoader
from tools.local import Stack

ORIGIN = "https://shop.example"
PATHS = ["/inventory/KIT-0003", "/inventory?product_id=KIT-0003", "/inventory?product_ids=KIT-0003,NO-1"]


@dataclass(frozen=True)
class Page:
    """A page that sends the storefront's key."""

    stack: Stack

    def asks(self, path: str, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
        key = {"x-api-key": str(self.stack.storefront_api_key)} if method == "GET" else {}
        url = self.stack.outputs["ApiUrl"].rstrip("/") + path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return urllib3.request(method, url, headers={"Origin": ORIGIN, **key, **sent}, timeout=60)


@pytest.fixture
def page(stack: Stack, stock_loader: StockLoader) -> Page:
    """A page of the shop with the sample catalogue."""
    return Page(stack)


@pytest.mark.parametrize("path", PATHS)
def test_a_known_stock_is_answered_through_the_gateway_without_a_body_and_with_its_headers(
    page: Page, path: str
) -> None:
    whole = page.asks(path)

    known = page.asks(path, If_None_Match=f'"another", {whole.headers["ETag"]}')

    assert (whole.status, known.status, known.data) == (200, 304, b"")
    same = ("ETag", "Cache-Control", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
    assert {name: known.headers[name] for name in same} == {name: whole.headers[name] for name in same}
    assert "ETag" in known.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/octet-stream", "text/csv, application/json"])
def test_a_stock_is_text_whatever_a_page_accepts(page: Page, accept: str) -> None:
    answer = page.asks(PATHS[0], Accept=accept)

    assert answer.json()["product_id"] == "KIT-0003"
    assert page.asks(PATHS[0], Accept=accept, If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/inventory", {"if-none-match", "x-api-key"}),
        ("/inventory/KIT-0003", {"if-none-match", "x-api-key"}),
        ("/inventory/lookup", {"if-none-match", "x-api-key", "content-type"}),
        ("/live-stock", {"x-api-key"}),
    ],
)
def test_a_page_may_send_these_headers(page: Page, path: str, headers: set[str]) -> None:
    answer = page.asks(
        path, "OPTIONS", Access_Control_Request_Method="GET", Access_Control_Request_Headers=",".join(sorted(headers))
    )

    assert answer.status == 200
    assert set(answer.headers["Access-Control-Allow-Headers"].split(",")) == headers
    assert "GET" in answer.headers["Access-Control-Allow-Methods"].split(",")
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)


def test_a_page_learns_where_changes_are_pushed_and_gets_a_key_that_will_not_end_soon(page: Page, stack: Stack) -> None:
    answer = page.asks("/live-stock")

    connection = answer.json()
    left = datetime.fromisoformat(connection["expires_at"]) - datetime.now(UTC)
    assert set(connection) == {"realtime_url", "http_host", "api_key", "expires_at"}
    assert connection["realtime_url"] == stack.outputs["LiveStockRealtimeUrl"]
    assert connection["api_key"] != stack.storefront_api_key
    assert left > timedelta(days=1)  # a new stack's key has a week, until the daily job moves its end
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)


def test_a_refusal_of_the_gateway_can_be_read_by_a_page(page: Page) -> None:
    answer = page.asks("/live-stock", x_api_key="wrong")

    assert (answer.status, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
