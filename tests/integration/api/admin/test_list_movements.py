"""The ledger over HTTP: the movements of a product, the newest first."""

from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.model import MovementKind
from tests.support.http.gateway import Caller
from tests.support.http.levels import ADJUSTMENTS, MUG, mug
from tests.support.http.lists import pages
from tests.support.shop import Shop
from tests.support.shop.spread import changes_shard, has_shards


def test_the_ledger_lists_who_changed_what_and_why_newest_first(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10, reason="delivery"))
    sold = shop.holds(("P-1", 1))
    shop.pays(sold)
    shop.commits(sold)
    manager.post(ADJUSTMENTS, {"delta": -4, "reason": "broken", "reference": "RMA 7"}, key="K-1")
    manager.put(MUG, mug(6, reason="count"), if_match=3)
    manager.put(MUG, mug(6, name="Cup", reason="renamed by its maker"), if_match=4)

    ledger = manager.get("/admin/inventory/P-1/movements").content

    listed = [
        (entry["kind"], entry["delta"], entry["actor"], entry["reason"], entry["reference"])
        for entry in ledger["items"]
    ]
    assert listed == [
        ("EDITED", 0, "ada", "renamed by its maker", None),
        ("COUNTED", 1, "ada", "count", None),
        ("ADJUSTED", -4, "ada", "broken", "RMA 7"),
        ("SOLD", -1, "checkout", "sold", sold.reservation_id),
        ("RECEIVED", 10, "ada", "delivery", None),
    ]
    assert ledger["cursor"] is None
    assert set(ledger["items"][0]) == {
        *("product_id", "warehouse_id", "movement_id", "moved_at", "kind", "delta", "actor", "reason", "reference")
    }


def test_the_ledger_is_read_page_by_page(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    for _ in range(6):
        shop.adjusts(+1)

    first = manager.get("/admin/inventory/P-1/movements", limit="3").content
    second = manager.get("/admin/inventory/P-1/movements", limit="3", cursor=first["cursor"]).content
    third = manager.get("/admin/inventory/P-1/movements", limit="3", cursor=second["cursor"]).content

    pages = [first["items"], second["items"], third["items"]]
    moments = [entry["movement_id"] for page in pages for entry in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert moments == sorted(set(moments), reverse=True)
    assert third["cursor"] is None


MISSING = "(missing)"


@pytest.mark.parametrize("invalid", [{"kind": "GIVEN_AWAY"}, {"delta": "many"}, {"reason": MISSING}], ids=str)
def test_an_invalid_movement_does_not_break_the_list(manager: Caller, shop: Shop, invalid: dict[str, Any]) -> None:
    shop.stocks("P-1", on_hand=10)
    [row] = shop.rows(shop.tables.movements)
    for moment in ("2026-01-01", "2099-01-01"):
        written = row | {"movement_id": f"{moment}#tool"} | invalid
        item = to_attributes({name: value for name, value in written.items() if value is not MISSING})
        shop.client.put_item(TableName=shop.tables.movements, Item=item)

    first = manager.get("/admin/inventory/P-1/movements", limit="2").content
    second = manager.get("/admin/inventory/P-1/movements", limit="2", cursor=first["cursor"] or "").content

    assert [entry["kind"] for entry in first["items"]] == ["RECEIVED"]
    assert second["cursor"] is None or first["cursor"] is None


def test_a_product_without_movements_has_an_empty_ledger(manager: Caller) -> None:
    assert manager.get("/admin/inventory/P-9/movements").content == {"items": [], "cursor": None}


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_the_ledgers_of_all_shards_are_one_list_page_by_page(manager: Caller, shop: Shop, limit: str) -> None:
    shop.stocks("P-1", on_hand=10)
    has_shards(shop, 100, 100, 100)
    for number in range(40):
        changes_shard(shop, number % 2, -1, MovementKind.SOLD)  # the third one sells nothing

    listed = [entry for page in pages(manager, "/admin/movements", product_id="P-1", limit=limit) for entry in page]

    assert [entry["kind"] for entry in listed].count("SOLD") == 40
    moments = [entry["movement_id"] for entry in listed]
    assert moments == sorted(set(moments), reverse=True)
