"""The stock feed API over the tables of a shop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import stock_feed_api
from inventory import dependencies
from inventory.admin.list_store import ListStore
from inventory.feed.decisions import FeedDecisions
from inventory.feed.run import StockFeed
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop


@dataclass
class Machine:
    """An ERP or a till: it sends lists of changes, and reads what became of each."""

    caller: Caller

    def sends(self, *changes: Any, key: str = "night-1") -> list[dict[str, Any]]:
        """The results of a list."""
        answer = self.posts({"changes": list(changes)}, key=key)
        assert answer.status == 200, answer
        results: list[dict[str, Any]] = answer.content["results"]
        assert [result["index"] for result in results] == list(range(len(changes)))
        return results

    def posts(self, content: Any, key: str | None = "night-1") -> Answer:
        return self.caller.post("/stock/changes", content, key=key)


@pytest.fixture
def machine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose role may send changes, at the time of the shop."""
    decisions = FeedDecisions(shop.client, shop.tables)

    def feed(clock: Callable[[], Any], seconds_left: Callable[[], float]) -> StockFeed:
        return StockFeed(shop.stock_changes, decisions, timedelta(days=365), lambda: shop.now(), seconds_left)

    monkeypatch.setattr(dependencies, "stock_feed", feed)
    monkeypatch.setattr(dependencies, "list_store", lambda: ListStore(shop.client, shop.tables))
    return Machine(Caller(stock_feed_api.handler))


def change(kind: str, product_id: str = "P-1", warehouse_id: str = "main", **more: Any) -> dict[str, Any]:
    """One change of a level."""
    return {"product_id": product_id, "warehouse_id": warehouse_id, "kind": kind} | more
