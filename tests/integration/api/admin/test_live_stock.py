"""The page of a product learns where its changes are pushed; without a key it gets an answer and no failure."""

from datetime import UTC, datetime

import pytest

from inventory import dependencies
from inventory.live.api_keys import ApiKey
from inventory.live.channel import channel_of
from tests.support.http.gateway import Caller
from tests.support.live.storefront import LIVE_STOCK, FakeKey

KEY = ApiKey("da2-live", datetime(2026, 5, 30, 12, tzinfo=UTC))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> FakeKey:
    """The key of live stock."""
    key = FakeKey(KEY)
    monkeypatch.setattr(dependencies, "live_stock_settings", lambda: LIVE_STOCK)
    monkeypatch.setattr(dependencies, "live_stock_key", lambda: key)
    return key


def test_a_page_gets_what_storefronts_get_and_the_channel_of_the_product(manager: Caller) -> None:
    answer = manager.get("/admin/live-stock", product_id="KIT-0001")

    assert answer.status == 200
    assert answer.content == {
        "realtime_url": LIVE_STOCK.live_stock_realtime_url,
        "http_host": LIVE_STOCK.live_stock_http_host,
        "api_key": "da2-live",
        "expires_at": "2026-05-30T12:00:00.000Z",
        "channel": channel_of("KIT-0001"),
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_key_the_page_is_answered_by_a_code(manager: Caller, key: FakeKey) -> None:
    key.key = None

    answer = manager.get("/admin/live-stock", product_id="KIT-0001")

    assert (answer.status, answer.code) == (404, "LIVE_STOCK_UNAVAILABLE")


def test_the_product_is_named_in_the_query(manager: Caller) -> None:
    answer = manager.get("/admin/live-stock")

    assert (answer.status, answer.code) == (400, "VALIDATION_FAILED")
