"""A level that is spread over shards is one level in every list, file and figure of administrators."""

import csv
import io
from dataclasses import replace

import pytest

from inventory.items import SHARD_CHANGES
from tests.support.aws_calls import recorded
from tests.support.http.gateway import Caller
from tests.support.http.levels import ADJUSTMENTS, MUG, mug
from tests.support.shop import Shop

LEVEL = "/admin/level"
SHARDS = "/admin/level/shards"
KEY = {"product_id": "P-1", "warehouse_id": "main"}


@pytest.fixture
def spread(manager: Caller, shop: Shop) -> Shop:
    """A shop with two levels, of which one is spread over four shards with three units each."""
    manager.put(MUG, mug(12))
    shop.stocks("P-2", on_hand=2)
    manager.put(SHARDS, {"shards": 4}, if_match="*", **KEY)
    return shop


# --- the call


def test_a_level_is_spread_and_joined_again(manager: Caller, shop: Shop) -> None:
    created = manager.put(MUG, mug(12)).content

    spread = manager.put(SHARDS, {"shards": 4}, if_match=created["version"], **KEY)

    assert spread.status == 200
    assert {name: spread.content[name] for name in ("on_hand", "shards", "shards_wanted")} == {
        "on_hand": 12,
        "shards": 4,
        "shards_wanted": 4,
    }
    assert [part.available for part in shop.level().parts] == [3, 3, 3, 3]
    assert spread.headers["ETag"] == f'"{spread.content["version"]}"'
    assert manager.get(LEVEL, **KEY).content == spread.content

    joined = manager.put(SHARDS, {"shards": 1}, if_match=spread.content["version"], **KEY)

    assert (joined.content["on_hand"], joined.content["shards"]) == (12, 1)
    shop.adds_up()


def test_a_level_is_1_shard_before_it_is_spread(manager: Caller) -> None:
    created = manager.put(MUG, mug(12)).content

    assert (created["shards"], created["shards_wanted"]) == (1, 1)


def test_a_change_that_waits_for_holds_says_so_and_no_other_one_begins(manager: Caller, spread: Shop) -> None:
    held = [spread.holds(("P-1", 1)) for _ in range(12)]

    begun = manager.put(SHARDS, {"shards": 1}, if_match="*", **KEY)
    refused = manager.put(SHARDS, {"shards": 8}, if_match="*", **KEY)

    assert (begun.status, begun.content["shards"], begun.content["shards_wanted"]) == (200, 4, 1)
    assert (refused.status, refused.code) == (409, "SHARDS_CHANGING")
    for reservation in held:
        spread.cancels(reservation)
    assert manager.put(SHARDS, {"shards": 1}, if_match="*", **KEY).content["shards"] == 1
    spread.adds_up()


@pytest.mark.parametrize("shards", [0, 33, 2.5, "4", True])
def test_a_number_that_is_not_1_to_32_is_refused(manager: Caller, spread: Shop, shards: object) -> None:
    refused = manager.put(SHARDS, {"shards": shards}, if_match="*", **KEY)

    assert (refused.status, refused.invalid_fields) == (400, ["shards"])
    assert spread.level().shards == 4


def test_a_level_that_does_not_exist_is_not_spread(manager: Caller) -> None:
    assert manager.put(SHARDS, {"shards": 4}, if_match="*", **KEY).code == "LEVEL_NOT_FOUND"
    assert manager.put(SHARDS, {"shards": 4}, **KEY).code == "LEVEL_NOT_FOUND"


@pytest.mark.parametrize("version", [99, None])
def test_another_version_is_not_spread(manager: Caller, version: int | None) -> None:
    current = manager.put(MUG, mug(12)).content

    refused = manager.put(SHARDS, {"shards": 4}, if_match=version, **KEY)

    assert (refused.status, refused.code) == (409, "VERSION_CONFLICT")
    assert refused.content["current"] == current


def test_a_version_that_is_none_is_refused(manager: Caller) -> None:
    assert manager.put(SHARDS, {"shards": 4}, if_match="any", **KEY).invalid_fields == ["If-Match"]


def test_a_viewer_sees_shards_and_cannot_change_them(manager: Caller, spread: Shop) -> None:
    viewer = replace(manager, groups="inventory-viewers")

    assert viewer.put(SHARDS, {"shards": 2}, if_match="*", **KEY).status == 403
    assert viewer.get(LEVEL, **KEY).content["shards"] == 4


# --- lists


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": "1"}, {"category": "kitchen"}, {"search": "P-1", "warehouse_id": "main"}),
        *({"sort": "available", "order": "desc"}, {"status": "IN_STOCK"}),
    ],
    ids=str,
)
def test_every_list_shows_one_level_with_the_sums(manager: Caller, spread: Shop, query: dict[str, str]) -> None:
    spread.holds(("P-1", 2))

    listed = pages(manager, "/admin/inventory", query)

    [level] = [level for level in listed if level["product_id"] == "P-1"]
    assert (level["on_hand"], level["reserved"], level["available"], level["shards"]) == (12, 2, 10, 4)
    assert {level["product_id"] for level in listed} <= {"P-1", "P-2"}


def pages(manager: Caller, path: str, query: dict[str, str]) -> list[dict[str, object]]:
    """All entries of a list."""
    found = []
    cursor: dict[str, str] = {}
    while True:
        page = manager.get(path, **(query | cursor)).content
        found += page["items"]
        if page["cursor"] is None:
            return found
        cursor = {"cursor": page["cursor"]}


def test_a_filter_by_status_compares_the_sum(manager: Caller, spread: Shop) -> None:
    """Each shard alone has as few units as a level that is low."""
    manager.put(MUG, mug(12, low_stock_threshold=5), if_match=spread.level().version)

    assert pages(manager, "/admin/inventory", {"status": "LOW_STOCK"}) == []


def test_the_product_and_the_level_show_the_sums(manager: Caller, spread: Shop) -> None:
    [level] = manager.get("/admin/levels", product_id="P-1").content["items"]

    assert (level["on_hand"], level["shards"]) == (12, 4)
    assert level == manager.get(LEVEL, **KEY).content


def test_the_overview_counts_one_level(manager: Caller, spread: Shop, caplog: pytest.LogCaptureFixture) -> None:
    spread.holds(("P-1", 2))
    held = [spread.holds(("P-2", 1)), spread.holds(("P-1", 10))]
    manager.put(SHARDS, {"shards": 1}, if_match="*", **KEY)  # waits: a row of its own lists the change

    overview = manager.get("/admin/overview").content

    assert any(row["product_id"] == SHARD_CHANGES for row in spread.rows(spread.tables.inventory))
    assert overview["stock"] == {"levels": 2, "in_stock": 1, "low_stock": 0, "out_of_stock": 1}
    assert overview["holds"]["units"] == 2 + sum(line.quantity for hold in held for line in hold.lines)
    assert (overview["categories"], overview["warehouses"]) == (["kitchen"], ["main"])
    assert [line for line in caplog.records if "cannot be read" in line.getMessage()] == []


@pytest.mark.parametrize("query", [{}, {"category": "kitchen"}], ids=str)
def test_a_file_has_one_row_with_the_sum(manager: Caller, spread: Shop, query: dict[str, str]) -> None:
    text = manager.get("/admin/export", **query).content

    rows = {row["product_id"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}
    assert len(rows) == len(text.splitlines()) - 1 == 2
    assert rows["P-1"]["on_hand"] == rows["P-1"]["on_hand_was"] == "12"


# --- the ledger


def test_the_ledger_of_a_spread_level_is_one(manager: Caller, spread: Shop) -> None:
    sold = spread.sold(("P-1", 11))  # from all shards
    manager.post(ADJUSTMENTS, {"delta": 5, "reason": "delivery"}, key="K-1")
    spread.sold(("P-1", 1))

    ledger = manager.get("/admin/movements", product_id="P-1").content["items"]

    assert [(entry["kind"], entry["delta"]) for entry in ledger] == [
        *(("SOLD", -1), ("ADJUSTED", 5), ("SOLD", -11), ("RECEIVED", 12)),
    ]
    assert ledger[2]["reference"] == sold.reservation_id
    assert {entry["product_id"] for entry in ledger} == {"P-1"}
    assert len({entry["movement_id"] for entry in ledger}) == 4
    assert all("shard" not in entry for entry in ledger)


def test_the_ledger_is_read_page_by_page_across_the_shards(manager: Caller, spread: Shop) -> None:
    for _ in range(7):
        spread.sold(("P-1", 1))
    spread.sold(("P-1", 5))

    whole = manager.get("/admin/movements", product_id="P-1").content["items"]
    paged = pages(manager, "/admin/movements", {"product_id": "P-1", "limit": "2"})

    assert paged == whole
    assert sum(entry["delta"] for entry in whole) == 0


def test_the_ledger_keeps_what_a_shard_sold_that_is_gone(manager: Caller, spread: Shop) -> None:
    spread.sold(("P-1", 11))
    manager.put(SHARDS, {"shards": 1}, if_match="*", **KEY)

    ledger = manager.get("/admin/movements", product_id="P-1").content["items"]

    assert spread.level().shards == 1
    assert [(entry["kind"], entry["delta"]) for entry in ledger] == [("SOLD", -11), ("RECEIVED", 12)]


# --- what does not change


def test_a_level_that_is_not_spread_is_listed_by_the_same_calls(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(12))

    with recorded(shop.client) as calls:
        manager.get("/admin/inventory")
        manager.get("/admin/inventory", category="kitchen")

    assert [call.operation for call in calls] == ["Scan", "BatchGetItem", "Scan", "BatchGetItem"]
