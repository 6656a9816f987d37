"""Lists over HTTP: every entry once, in pages; filters; cursors that nobody can break anything with."""

import base64
import csv
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from inventory.admin import lists as listing
from inventory.admin import pagination as paging
from inventory.admin.sorting import LevelSort
from inventory.aws.dynamodb import to_attributes
from inventory.items import level_item
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

LISTS = ["/admin/inventory", "/admin/reservations", "/admin/inventory/P-1/movements"]


def pages(caller: Caller, path: str, **query: str) -> Iterator[list[dict[str, Any]]]:
    """Page after page until the list ends."""
    for _ in range(100):
        answer = caller.get(path, **query)
        assert answer.status == 200, answer
        yield answer.content["items"]
        if answer.content["cursor"] is None:
            return
        query["cursor"] = answer.content["cursor"]
    raise AssertionError("the list does not end")


def product_ids(caller: Caller, **query: str) -> list[str]:
    """The products that a list names, each as often as it does, in their order."""
    found = [level["product_id"] for page in pages(caller, "/admin/inventory", **query) for level in page]
    return sorted(found)


def stock_of(shop: Shop, number: int) -> list[str]:
    """So many products in two categories: P-00 in the kitchen, P-01 in the garden, and so on."""
    names = [f"P-{index:02}" for index in range(number)]
    with ThreadPoolExecutor(8) as managers:
        list(managers.map(lambda name: shop.stocks(name, category=("kitchen", "garden")[int(name[2:]) % 2]), names))
    return names


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
def test_a_call_that_finds_little_stops_and_the_next_goes_on_where_it_stopped(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch, category: dict[str, str]
) -> None:
    monkeypatch.setattr(listing, "LEVELS_A_READ", 2)
    monkeypatch.setattr(paging, "READS_MAX", 2)
    stock_of(shop, 22)
    shop.stocks("P-00", name="Needle", category="kitchen")

    found = list(pages(manager, "/admin/inventory", search="needle", **category))

    assert sorted(len(page) for page in found) == [0] * (len(found) - 1) + [1]
    assert len(found) > 2


def test_a_level_that_has_moved_to_another_category_is_listed_there(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", category="kitchen")
    shop.stocks("P-1", category="garden")

    assert product_ids(manager, category="garden") == ["P-1"]
    assert product_ids(manager, category="kitchen") == []


def test_a_row_that_another_tool_wrote_wrongly_does_not_stand_in_the_way(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", category="kitchen")
    wrong = {"product_id": {"S": "P-2"}, "warehouse_id": {"S": "main"}, "category": {"S": "kitchen"}}
    shop.client.put_item(TableName=shop.tables.inventory, Item=wrong)

    assert product_ids(manager, limit="1") == ["P-1"]
    assert product_ids(manager, limit="1", category="kitchen") == ["P-1"]


# --- levels in an order


def in_order(caller: Caller, column: str, **query: str) -> list[Any]:
    """What stands in a column of a list, page after page."""
    return [level[column] for page in pages(caller, "/admin/inventory", **query) for level in page]


@pytest.mark.parametrize("limit", ["1", "2", "100"])
@pytest.mark.parametrize("column", list(LevelSort))
def test_levels_are_listed_in_the_order_of_any_column_and_backwards(
    manager: Caller, shop: Shop, column: str, limit: str
) -> None:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=10, name="cup", category="Kitchen")
    shop.stocks("P-2", on_hand=10, low_stock_threshold=9, name="Bowl", category="attic", warehouse_id="outlet")
    shop.stocks("P-3", on_hand=100, low_stock_threshold=9, name="Ümlaut", category="kitchen")
    shop.stocks("P-3", on_hand=8, low_stock_threshold=100, name="apron", category="Attic", warehouse_id="a")
    shop.holds(("P-3", 99))

    ascending = in_order(manager, column, sort=column, limit=limit)
    descending = in_order(manager, column, sort=column, order="desc", limit=limit)

    def compared(value: Any) -> Any:
        return value.casefold() if column in ("name", "category") else value

    assert len(ascending) == 4
    assert list(map(compared, ascending)) == sorted(map(compared, ascending))
    assert ascending != descending
    assert list(map(compared, descending)) == list(map(compared, ascending))[::-1]
    assert in_order(manager, column, sort=column, order="asc", limit=limit) == ascending


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_levels_that_are_equal_in_the_column_are_listed_once_each(manager: Caller, shop: Shop, order: str) -> None:
    names = stock_of(shop, 12)

    listed = in_order(manager, "product_id", sort="on_hand", order=order, limit="5")

    assert listed == (names if order == "asc" else names[::-1])


def test_a_list_in_an_order_takes_the_filters(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 6)
    shop.stocks("P-01", on_hand=99, category="garden")
    shop.stocks("P-03", on_hand=98, category="garden", warehouse_id="outlet")

    assert in_order(manager, "product_id", sort="on_hand", order="desc", category="garden", warehouse_id="main") == [
        *("P-01", "P-05", "P-03")
    ]
    assert in_order(manager, "on_hand", sort="on_hand", search="p-03") == [10, 98]


def test_a_list_in_an_order_goes_on_where_it_was_when_levels_change_meanwhile(manager: Caller, shop: Shop) -> None:
    for product_id, on_hand in (("P-1", 1), ("P-2", 2), ("P-3", 3), ("P-4", 4), ("P-5", 5)):
        shop.stocks(product_id, on_hand=on_hand)
    first = manager.get("/admin/inventory", sort="on_hand", limit="2").content
    shop.stocks("P-2", on_hand=20)  # seen, and seen again where it is now
    shop.stocks("P-4", on_hand=1)  # where the list was already
    shop.stocks("P-0", on_hand=3)  # new, ahead

    second = manager.get("/admin/inventory", sort="on_hand", limit="9", cursor=first["cursor"]).content

    assert [level["product_id"] for level in first["items"]] == ["P-1", "P-2"]
    assert [level["product_id"] for level in second["items"]] == ["P-0", "P-3", "P-5", "P-2"]
    assert second["cursor"] is None


@pytest.mark.parametrize(
    "other", [{}, {"sort": "reserved"}, {"sort": "on_hand", "order": "desc"}, {"sort": "name"}], ids=str
)
def test_a_cursor_of_another_order_is_refused(manager: Caller, shop: Shop, other: dict[str, str]) -> None:
    stock_of(shop, 3)
    cursor = manager.get("/admin/inventory", sort="on_hand", limit="1").content["cursor"]
    of_the_table = manager.get("/admin/inventory", limit="1").content["cursor"]

    assert manager.get("/admin/inventory", sort="on_hand", cursor=cursor).status == 200
    assert manager.get("/admin/inventory", cursor=cursor, **other).wrong_fields == ["cursor"]
    assert manager.get("/admin/inventory", sort="on_hand", cursor=of_the_table).wrong_fields == ["cursor"]


@pytest.mark.parametrize("value", ["", "many", "1.0", "１", "9" * 21, "-"])
def test_a_cursor_whose_units_are_none_is_named(manager: Caller, value: str) -> None:
    made_up = encoded([f"on_hand asc {value}", "P-1", "main"])

    assert manager.get("/admin/inventory", sort="on_hand", cursor=made_up).wrong_fields == ["cursor"]


def test_a_very_long_name_that_another_tool_wrote_does_not_break_the_cursor(manager: Caller, shop: Shop) -> None:
    for product_id in ("P-1", "P-2", "P-3"):
        level = shop.has_by_hand(product_id)
        row = to_attributes(level_item(replace(level, name="ΐ" * 5_000)))
        shop.client.put_item(TableName=shop.tables.inventory, Item=row)

    assert in_order(manager, "product_id", sort="name", limit="1") == ["P-1", "P-2", "P-3"]


def test_more_levels_than_can_be_sorted_are_refused(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LEVELS_SORTED_MAX", 5)
    stock_of(shop, 6)

    assert manager.get("/admin/inventory", sort="name").wrong_fields == ["sort"]
    assert manager.get("/admin/inventory", sort="name", category="garden").status == 200


# --- reservations


def reservation_ids(caller: Caller, **query: str) -> list[str]:
    """The reservations that a list names, in its order."""
    return [found["reservation_id"] for page in pages(caller, "/admin/reservations", **query) for found in page]


@pytest.mark.parametrize("limit", ["1", "2", "50"])
def test_reservations_are_listed_active_ones_first_and_the_latest_of_each_first(
    manager: Caller, shop: Shop, limit: str
) -> None:
    shop.stocks("P-1", on_hand=10)
    committed = shop.holds(("P-1", 1), reservation_id="committed")
    cancelled = shop.holds(("P-1", 1), reservation_id="cancelled")
    shop.holds(("P-1", 1), reservation_id="held", hold_seconds=100)
    paid = shop.holds(("P-1", 1), reservation_id="paid", hold_seconds=200)
    shop.reserves(("P-1", 11), reservation_id="rejected")
    shop.pays(paid)
    shop.pays(committed)
    shop.commits(committed)
    shop.cancels(cancelled)

    assert reservation_ids(manager, limit=limit) == ["paid", "held", "cancelled", "committed", "rejected"]
    assert reservation_ids(manager, limit=limit, status="HELD") == ["held"]
    assert reservation_ids(manager, limit=limit, status="PAID") == ["paid"]
    assert reservation_ids(manager, limit=limit, status="RELEASED") == ["cancelled"]
    assert reservation_ids(manager, limit=limit, status="UNFULFILLED") == []


@pytest.mark.parametrize("status", [{}, {"status": "REJECTED"}], ids=["all", "one status"])
def test_reservations_of_one_moment_are_listed_once_each(manager: Caller, shop: Shop, status: dict[str, str]) -> None:
    shop.stocks("P-1", on_hand=0)
    moment = shop.now()
    shop.now = lambda: moment
    names = {shop.reserves(("P-1", 1)).reservation_id for _ in range(7)}

    listed = reservation_ids(manager, limit="2", **status)

    assert len(listed) == 7
    assert set(listed) == names


def test_a_reservation_is_found_by_its_id_and_by_its_orders(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 1), reservation_id="R-1", order_id="1001")
    shop.cancels(shop.holds(("P-1", 1), reservation_id="R-2", order_id="1001"))
    shop.holds(("P-1", 1), reservation_id="R-3", order_id="R-1")
    shop.holds(("P-1", 1), reservation_id="R-4")

    assert sorted(reservation_ids(manager, search="1001")) == ["R-1", "R-2"]
    assert reservation_ids(manager, search="1001", status="RELEASED") == ["R-2"]
    assert reservation_ids(manager, search="R-1") == ["R-1", "R-3"]
    assert reservation_ids(manager, search="R-4") == ["R-4"]
    assert reservation_ids(manager, search="r-4") == []
    assert reservation_ids(manager, search="100") == []
    assert reservation_ids(manager, search="an order of 1 #&") == []


@pytest.mark.parametrize("limit", ["1", "2", "3", "50"])
def test_every_reservation_of_an_order_is_found_once(manager: Caller, shop: Shop, limit: str) -> None:
    shop.stocks("P-1", on_hand=10)
    names = [f"R-{number}" for number in range(5)]
    for name in (*names, "X-1"):
        shop.holds(("P-1", 1), reservation_id=name, order_id="X-1")

    found = reservation_ids(manager, search="X-1", limit=limit)

    assert found[0] == "X-1"
    assert sorted(found[1:]) == names


@pytest.mark.parametrize("limit", ["1", "50"])
def test_reservations_are_found_by_a_product_of_theirs(manager: Caller, shop: Shop, limit: str) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.cancels(shop.holds(("P-2", 1), reservation_id="cancelled", order_id="1001"))
    shop.holds(("P-1", 1), ("P-2", 1), reservation_id="both", order_id="1001")
    for _ in range(3):
        shop.holds(("P-1", 1))

    assert reservation_ids(manager, limit=limit, product_id="P-2") == ["both", "cancelled"]
    assert reservation_ids(manager, limit=limit, product_id="P-2", status="RELEASED") == ["cancelled"]
    assert reservation_ids(manager, limit=limit, product_id="P-1", search="1001") == ["both"]
    assert reservation_ids(manager, limit=limit, product_id="P-9") == []


def test_a_search_for_a_rare_product_stops_and_the_next_call_goes_on_where_it_stopped(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "RESERVATIONS_A_READ", 2)
    monkeypatch.setattr(paging, "READS_MAX", 2)
    shop.stocks("P-1", on_hand=20)
    shop.stocks("P-2", on_hand=1)
    shop.holds(("P-2", 1), reservation_id="needle", hold_seconds=1)
    for _ in range(12):
        shop.holds(("P-1", 1))

    found = list(pages(manager, "/admin/reservations", product_id="P-2"))

    assert len(found) > 2
    assert [entry["reservation_id"] for page in found for entry in page] == ["needle"]


# --- what is no list


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "ten", " 5", "1_0", "99999999999999999999"])
def test_a_limit_that_is_none_is_named(manager: Caller, path: str, limit: str) -> None:
    assert manager.get(path, limit=limit).wrong_fields == ["limit"]


def encoded(position: object) -> str:
    """A cursor that says whatever it is told to."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "=",
        "ümlaut",
        "e30",
        encoded(None),
        encoded([]),
        encoded({"product_id": "P-1"}),
        encoded([1] * 2),
        encoded([""] * 2),
        encoded(["P-1"] * 3),
        encoded(["x" * 1025] * 2),
        encoded(["\ud800"] * 2),
        base64.urlsafe_b64encode(b"[" * 2000).decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
        "A" * 100_000,
    ],
)
def test_a_cursor_that_is_none_is_named(manager: Caller, path: str, cursor: str) -> None:
    assert manager.get(path, cursor=cursor).wrong_fields == ["cursor"]


def test_a_cursor_of_another_place_in_the_list_does_no_harm(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    made_up = {"/admin/inventory": 2, "/admin/reservations": 10, "/admin/inventory/P-1/movements": 1}

    for path, parts in made_up.items():
        assert manager.get(path, cursor=encoded(["elsewhere"] * parts)).status == 200


def test_a_cursor_tells_nothing_of_the_tables(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 3)

    cursor = manager.get("/admin/inventory", limit="1").content["cursor"]

    assert json.loads(base64.urlsafe_b64decode(cursor + "==")) == [
        manager.get("/admin/inventory", limit="1").content["items"][0][key] for key in ("product_id", "warehouse_id")
    ]


@pytest.mark.parametrize(
    ("path", "query", "fields"),
    [
        ("/admin/inventory", {"status": "GONE", "categroy": "kitchen"}, ["status", "categroy"]),
        ("/admin/inventory", {"search": "x" * 201}, ["search"]),
        ("/admin/inventory", {"warehouse_id": "no warehouse"}, ["warehouse_id"]),
        ("/admin/inventory", {"sort": "version", "order": "up"}, ["sort", "order"]),
        ("/admin/inventory", {"order": "asc"}, ["order"]),
        ("/admin/reservations", {"status": "held"}, ["status"]),
        ("/admin/reservations", {"search": "x" * 129, "product_id": "-"}, ["product_id", "search"]),
        ("/admin/inventory/P-1/movements", {"kind": "SOLD"}, ["kind"]),
        ("/admin/export", {"limit": "5", "sort": "name"}, ["limit", "sort"]),
    ],
)
def test_whatever_is_wrong_with_a_query_is_named(
    manager: Caller, path: str, query: dict[str, str], fields: list[str]
) -> None:
    assert manager.get(path, **query).wrong_fields == fields


# --- exports


def test_an_export_has_every_level_and_the_columns_of_an_import(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LEVELS_A_READ", 5)
    stock_of(shop, 12)
    shop.stocks("P-99", on_hand=7, low_stock_threshold=3, name='Mug, "blue"', category="Küche")

    export = manager.get("/admin/export")

    rows = list(csv.DictReader(export.content.splitlines()))
    assert export.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == 13
    assert next(row for row in rows if row["product_id"] == "P-99") == {
        "product_id": "P-99",
        "warehouse_id": "main",
        "name": 'Mug, "blue"',
        "category": "Küche",
        "on_hand": "7",
        "low_stock_threshold": "3",
    }


def test_an_export_takes_the_filters_of_the_list(manager: Caller, shop: Shop) -> None:
    names = stock_of(shop, 6)
    shop.stocks("P-00", on_hand=0, category="kitchen")

    def exported(**query: str) -> list[str]:
        rows = csv.DictReader(manager.get("/admin/export", **query).content.splitlines())
        return sorted(row["product_id"] for row in rows)

    assert exported(category="garden") == names[1::2]
    assert exported(status="OUT_OF_STOCK") == ["P-00"]
    assert exported(search="p-03") == ["P-03"]
    assert exported(warehouse_id="main") == names
    assert exported(warehouse_id="outlet") == []
    assert exported(category="cellar") == []


def test_an_export_that_does_not_fit_into_an_answer_says_so(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "EXPORT_BYTES_MAX", 200)
    stock_of(shop, 12)

    refused = manager.get("/admin/export")

    assert (refused.status, refused.code) == (413, "EXPORT_TOO_LARGE")
