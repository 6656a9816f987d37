"""The client of storefronts learns where changes of stock are pushed."""

import pytest
from inventory_client import LiveStock, LiveStockUnavailable, NotFound, StorefrontClient

from tests.unit.client.fake_api import fake_api

LIVE_STOCK = {
    "realtime_url": "wss://api-1.realtime.example/event/realtime",
    "http_host": "api-1.http.example",
    "api_key": "da2-live",
    "expires_at": "2026-05-30T12:00:00.000Z",
}


def test_a_page_gets_what_it_needs_to_subscribe() -> None:
    with fake_api([(200, LIVE_STOCK | {"new": 1})]) as api:
        found = StorefrontClient(f"{api.url}/v1", api_key="key").get_live_stock()

    [request] = api.requests
    assert found == LiveStock(**LIVE_STOCK)
    assert (request.method, request.path, request.headers["x-api-key"]) == ("GET", "/v1/live-stock", "key")


def test_a_missing_key_is_an_error_of_its_own_and_is_not_asked_for_again() -> None:
    problem = {"status": 404, "code": "LIVE_STOCK_UNAVAILABLE", "detail": "there is no key"}

    with fake_api([(404, problem)]) as api, pytest.raises(LiveStockUnavailable) as error:
        StorefrontClient(api.url, api_key="key").get_live_stock()

    assert len(api.requests) == 1
    assert isinstance(error.value, NotFound)
