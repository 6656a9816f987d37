"""The storefront's function over a shop's tables, and what the publisher has counted there."""

from datetime import datetime
from typing import Any

import pytest

import storefront_api
from inventory import dependencies
from inventory.aws.changes import to_attributes
from inventory.errors import LiveStockUnavailable
from inventory.live.api_keys import ApiKey
from inventory.live.published_store import PublishedStore, product_key
from inventory.settings import BrowserSettings, LiveStockSettings, StorefrontSettings
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

LIVE_STOCK = LiveStockSettings("api-1", "wss://api-1.realtime.example/event/realtime", "api-1.http.example")


def storefront_of(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, *, cache_control: str = "no-store", origin: str = "*", cap: int = 0
) -> Caller:
    """A page of the shop's storefront."""
    connections: dict[str, Any] = {
        "stock_store": shop.stock_store,
        "published_store": PublishedStore(shop.client, shop.tables),
        "storefront_settings": StorefrontSettings(cache_control, cap),
        "live_stock_settings": LIVE_STOCK,
        "browser_settings": BrowserSettings(origin),
    }
    for name, connection in connections.items():
        monkeypatch.setattr(dependencies, name, lambda connection=connection: connection)
    monkeypatch.setattr(dependencies, "sourcing_policy", lambda: shop.sourcing)
    return Caller(storefront_api.handler)


def has_published(shop: Shop, product_id: str, **attributes: Any) -> None:
    """The publisher's row of a product, as it or another tool wrote it."""
    row = product_key(product_id) | attributes
    shop.client.put_item(TableName=shop.tables.published, Item=to_attributes(row))


class FakeKey:
    """The key of live stock, or none."""

    def __init__(self, key: ApiKey | None) -> None:
        self.key = key

    def at(self, now: datetime) -> ApiKey:
        if self.key is None:
            raise LiveStockUnavailable("there is no key")
        return self.key
