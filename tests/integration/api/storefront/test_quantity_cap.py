"""A shop may hide how many units it has: no number above the cap is shown."""

import pytest

from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.live.storefront import storefront_of
from tests.support.shop import Shop


@pytest.mark.parametrize(
    ("cap", "on_hand", "shown"),
    [
        (0, 5, {"available": 5}),
        (0, 0, {"available": 0}),
        (1, 5, {"available": 1, "capped": True}),
        (1, 1, {"available": 1}),
        (1, 0, {"available": 0}),
        (5, 5, {"available": 5}),
        (5, 6, {"available": 5, "capped": True}),
    ],
)
def test_available_is_cut_to_the_cap_and_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, cap: int, on_hand: int, shown: dict[str, object]
) -> None:
    shop.stocks("P-1", on_hand=on_hand)

    stock = storefront_of(shop, monkeypatch, cap=cap).get("/inventory/P-1").content

    assert {name: stock[name] for name in ("available", "capped") if name in stock} == shown
    assert [warehouse["available"] for warehouse in stock["warehouses"]] == [shown["available"]]


@pytest.mark.parametrize("sourcing", Sourcing)
def test_each_warehouse_is_cut_too_and_every_status_is_that_of_the_real_number(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, sourcing: Sourcing
) -> None:
    shop.sourcing = SourcingPolicy(("main", "north", "south"), sourcing)
    shop.stocks("P-1", on_hand=100, low_stock_threshold=20)
    shop.stocks("P-1", on_hand=12, low_stock_threshold=20, warehouse_id="north")
    shop.stocks("P-1", on_hand=0, warehouse_id="south")

    stock = storefront_of(shop, monkeypatch, cap=10).get("/inventory/P-1").content

    assert (stock["available"], stock["capped"], stock["status"]) == (10, True, "IN_STOCK")
    assert stock["warehouses"] == [
        {"warehouse_id": "main", "available": 10, "status": "IN_STOCK"},
        {"warehouse_id": "north", "available": 10, "status": "LOW_STOCK"},
        {"warehouse_id": "south", "available": 0, "status": "OUT_OF_STOCK"},
    ]


def test_a_list_and_a_lookup_are_cut_alike(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.stocks("P-2", on_hand=2)
    storefront = storefront_of(shop, monkeypatch, cap=3)

    listed = storefront.get("/inventory", product_ids="P-1,P-2").content
    looked_up = storefront.post("/inventory/lookup", {"product_ids": ["P-1", "P-2"]}).content

    assert [(stock["available"], stock.get("capped")) for stock in listed["items"]] == [(3, True), (2, None)]
    assert looked_up == listed
