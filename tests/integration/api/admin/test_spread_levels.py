"""A level that is spread over shards is one level in every list, file and figure of administrators."""

import pytest

from tests.support.http.gateway import Caller
from tests.support.http.levels import MUG, mug
from tests.support.shop import Shop
from tests.support.spread import has_shards

LEVEL = "/admin/level"
KEY = {"product_id": "P-1", "warehouse_id": "main"}


@pytest.fixture
def spread(manager: Caller, shop: Shop) -> Shop:
    """A shop with two levels, of which one is spread over three shards."""
    manager.put(MUG, mug(10))
    shop.stocks("P-2", on_hand=2)
    has_shards(shop, 4, 0, 6)
    return shop


@pytest.mark.parametrize(
    "query", [{}, {"category": "kitchen"}, {"sort": "available"}, {"search": "P-1"}, {"limit": "1"}]
)
def test_every_list_shows_one_level_with_the_sums(manager: Caller, spread: Shop, query: dict[str, str]) -> None:
    category = {"category": spread.level("P-1").category} if "category" in query else {}
    listed = []
    cursor: dict[str, str] = {}
    while True:
        page = manager.get("/admin/inventory", **(query | category | cursor)).content
        listed += page["items"]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}

    found = {level["product_id"]: (level["on_hand"], level["available"], level["shards"]) for level in listed}
    assert len(listed) == len(found)
    assert found["P-1"] == (10, 10, 3)
    assert all(product_id in ("P-1", "P-2") for product_id in found)
