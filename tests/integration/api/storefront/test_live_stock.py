"""A page learns where changes of stock are pushed; without a key it gets an answer and no failure."""

import json
from datetime import UTC, datetime

import pytest

from inventory import dependencies
from inventory.live.api_keys import ApiKey
from tests.support.http.gateway import Caller
from tests.support.live.storefront import LIVE_STOCK, FakeKey

ENDS_AT = datetime(2026, 5, 30, 12, tzinfo=UTC)


def has_key(monkeypatch: pytest.MonkeyPatch, key: ApiKey | None) -> None:
    monkeypatch.setattr(dependencies, "live_stock_key", lambda: FakeKey(key))


def test_a_page_gets_what_it_needs_to_connect_and_nothing_else(
    storefront: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch, ApiKey("da2-live", ENDS_AT))

    answer = storefront.get("/live-stock")

    assert answer.status == 200
    assert answer.content == {
        "realtime_url": LIVE_STOCK.live_stock_realtime_url,
        "http_host": LIVE_STOCK.live_stock_http_host,
        "api_key": "da2-live",
        "expires_at": "2026-05-30T12:00:00.000Z",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_without_a_key_a_page_is_answered_by_a_code_that_no_cache_keeps(
    storefront: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch, None)

    answer = storefront.get("/live-stock")

    assert (answer.status, answer.code) == (404, "LIVE_STOCK_UNAVAILABLE")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "da2" not in json.dumps(answer.content)
