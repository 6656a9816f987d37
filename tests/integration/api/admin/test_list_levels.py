"""Levels are listed once each, in pages, by filter and in the order of any column."""

from dataclasses import replace
from typing import Any

import pytest

from inventory.admin import level_list
from inventory.aws.changes import to_attributes
from inventory.items import level_item
from inventory.read_model.levels.order import LevelSort
from tests.support.http.gateway import Caller
from tests.support.http.lists import pages, stock_of
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop


def product_ids(caller: Caller, **query: str) -> list[str]:
    """The product ids of a list, sorted, with duplicates."""
    found = [level["product_id"] for page in pages(caller, "/admin/inventory", **query) for level in page]
    return sorted(found)


# --- levels


@pytest.mark.parametrize("limit", ["1", "4", "12", "100"])
def test_every_level_is_listed_once(manager: Caller, shop: Shop, limit: str) -> None:
    names = stock_of(shop, 12)

    assert product_ids(manager, limit=limit) == names
    assert product_ids(manager, limit=limit, category="garden") == names[1::2]


def test_a_page_is_never_longer_than_its_limit(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 12)

    for query in ({}, {"category": "garden"}, {"search": "p-"}, {"category": "garden", "status": "IN_STOCK"}):
        assert max(len(page) for page in pages(manager, "/admin/inventory", limit="5", **query)) == 5


def test_levels_are_found_by_category_status_and_search(manager: Caller, shop: Shop) -> None:
    shop.stocks("MUG-1", on_hand=10, name="Blue mug", category="kitchen")
    shop.stocks("MUG-2", on_hand=2, low_stock_threshold=2, name="Red Mug", category="kitchen")
    shop.stocks("POT-1", on_hand=0, name="Smug pot", category="garden")
    shop.stocks("POT-2", on_hand=1, name="Ümlaut", category="garden")
    shop.holds(("POT-2", 1))

    assert product_ids(manager, status="IN_STOCK") == ["MUG-1"]
    assert product_ids(manager, status="LOW_STOCK") == ["MUG-2"]
    assert product_ids(manager, status="OUT_OF_STOCK") == ["POT-1", "POT-2"]
    assert product_ids(manager, search="mug") == ["MUG-1", "MUG-2", "POT-1"]
    assert product_ids(manager, search="pot-") == ["POT-1", "POT-2"]
    assert product_ids(manager, search="ümlaut") == ["POT-2"]
    assert product_ids(manager, search="mug", category="garden") == ["POT-1"]
    assert product_ids(manager, search="mug", category="kitchen", status="LOW_STOCK") == ["MUG-2"]
    assert product_ids(manager, category="cellar") == []


def test_levels_are_found_by_warehouse(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", warehouse_id="main")
    shop.stocks("P-1", warehouse_id="outlet")
    shop.stocks("P-2", warehouse_id="outlet", category="garden")

    assert product_ids(manager, warehouse_id="outlet", limit="1") == ["P-1", "P-2"]
    assert product_ids(manager, warehouse_id="outlet", category="garden") == ["P-2"]
    assert product_ids(manager, warehouse_id="cellar") == []


def test_an_empty_parameter_counts_as_not_given(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")

    assert product_ids(manager, category="", warehouse_id="", status="", search="", cursor="", limit="") == ["P-1"]
    assert product_ids(manager, sort="", order="") == ["P-1"]


@pytest.mark.parametrize("category", [{}, {"category": "kitchen"}], ids=["all", "a category"])
def test_a_call_that_finds_little_stops_early_and_the_next_call_continues(
    manager: Caller,
    shop: Shop,
    read_model: FakeReadModel,
    monkeypatch: pytest.MonkeyPatch,
    category: dict[str, str],
) -> None:
    monkeypatch.setattr(level_list, "ROWS_A_READ", 2)
    monkeypatch.setattr(level_list, "ROWS_OF_CATEGORY_A_READ", 4)
    monkeypatch.setattr(level_list, "READS_MAX", 2)
    read_model.is_lost()
    stock_of(shop, 22)
    shop.stocks("P-00", on_hand=0, category="kitchen")

    found = list(pages(manager, "/admin/inventory", status="OUT_OF_STOCK", **category))

    assert sorted(len(page) for page in found) == [0] * (len(found) - 1) + [1]
    assert len(found) > 2


def test_a_level_is_listed_in_its_new_category(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", category="kitchen")
    shop.stocks("P-1", category="garden")

    assert product_ids(manager, category="garden") == ["P-1"]
    assert product_ids(manager, category="kitchen") == []


def test_an_invalid_row_does_not_break_the_list(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", category="kitchen")
    invalid = {"product_id": {"S": "P-2"}, "warehouse_id": {"S": "main"}, "category": {"S": "kitchen"}}
    shop.client.put_item(TableName=shop.tables.inventory, Item=invalid)

    assert product_ids(manager, limit="1") == ["P-1"]
    assert product_ids(manager, limit="1", category="kitchen") == ["P-1"]


# --- sorted levels


def column_of(caller: Caller, column: str, **query: str) -> list[Any]:
    """The values of one column of a list, over all pages."""
    return [level[column] for page in pages(caller, "/admin/inventory", **query) for level in page]


@pytest.mark.parametrize("limit", ["1", "2", "100"])
@pytest.mark.parametrize("column", list(LevelSort))
def test_levels_can_be_sorted_by_any_column_in_both_directions(
    manager: Caller, shop: Shop, column: str, limit: str
) -> None:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=10, name="cup", category="Kitchen")
    shop.stocks("P-2", on_hand=10, low_stock_threshold=9, name="Bowl", category="attic", warehouse_id="outlet")
    shop.stocks("P-3", on_hand=100, low_stock_threshold=9, name="Ümlaut", category="kitchen")
    shop.stocks("P-3", on_hand=8, low_stock_threshold=100, name="apron", category="Attic", warehouse_id="a")
    shop.holds(("P-3", 99))

    ascending = column_of(manager, column, sort=column, limit=limit)
    descending = column_of(manager, column, sort=column, order="desc", limit=limit)

    def compared(value: Any) -> Any:
        return value.casefold() if column in ("name", "category") else value

    assert len(ascending) == 4
    assert list(map(compared, ascending)) == sorted(map(compared, ascending))
    assert ascending != descending
    assert list(map(compared, descending)) == list(map(compared, ascending))[::-1]
    assert column_of(manager, column, sort=column, order="asc", limit=limit) == ascending


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_levels_with_equal_values_are_listed_once_each(manager: Caller, shop: Shop, order: str) -> None:
    names = stock_of(shop, 12)

    listed = column_of(manager, "product_id", sort="on_hand", order=order, limit="5")

    assert listed == (names if order == "asc" else names[::-1])


def test_a_sorted_list_can_be_filtered(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 6)
    shop.stocks("P-01", on_hand=99, category="garden")
    shop.stocks("P-03", on_hand=98, category="garden", warehouse_id="outlet")

    assert column_of(manager, "product_id", sort="on_hand", order="desc", category="garden", warehouse_id="main") == [
        *("P-01", "P-05", "P-03")
    ]
    assert column_of(manager, "on_hand", sort="on_hand", search="p-03") == [10, 98]


def test_a_sorted_list_continues_at_its_position_when_levels_have_changed(manager: Caller, shop: Shop) -> None:
    for product_id, on_hand in (("P-1", 1), ("P-2", 2), ("P-3", 3), ("P-4", 4), ("P-5", 5)):
        shop.stocks(product_id, on_hand=on_hand)
    first = manager.get("/admin/inventory", sort="on_hand", limit="2").content
    shop.stocks("P-2", on_hand=20)  # listed before, and again at its new position
    shop.stocks("P-4", on_hand=1)  # moved behind the position of the list
    shop.stocks("P-0", on_hand=3)  # new, and before the rest of the list

    second = manager.get("/admin/inventory", sort="on_hand", limit="9", cursor=first["cursor"]).content

    assert [level["product_id"] for level in first["items"]] == ["P-1", "P-2"]
    assert [level["product_id"] for level in second["items"]] == ["P-0", "P-3", "P-5", "P-2"]
    assert second["cursor"] is None


def test_a_very_long_name_does_not_break_the_cursor(manager: Caller, shop: Shop) -> None:
    for product_id in ("P-1", "P-2", "P-3"):
        level = shop.has_by_hand(product_id)
        row = to_attributes(level_item(replace(level, name="ΐ" * 5_000)))
        shop.client.put_item(TableName=shop.tables.inventory, Item=row)

    assert column_of(manager, "product_id", sort="name", limit="1") == ["P-1", "P-2", "P-3"]
