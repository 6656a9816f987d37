"""Limits, cursors and other parameters of lists: an invalid one is named, and a forged cursor does no harm."""

import base64
import json

import pytest

from inventory.admin import pagination
from inventory.admin.phase_list import position_parts
from tests.support.http.gateway import Caller
from tests.support.http.lists import encoded, stock_of
from tests.support.shop import Shop

LISTS = ["/admin/inventory", "/admin/reservations", "/admin/inventory/P-1/movements", "/admin/executions"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "ten", " 5", "1_0", "99999999999999999999"])
def test_an_invalid_limit_is_named(manager: Caller, path: str, limit: str) -> None:
    assert manager.get(path, limit=limit).invalid_fields == ["limit"]


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
def test_an_invalid_cursor_is_named(manager: Caller, path: str, cursor: str) -> None:
    assert manager.get(path, cursor=cursor).invalid_fields == ["cursor"]


def test_a_forged_cursor_does_no_harm(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    all_phases = position_parts(["ACTIVE", "COMMITTED", "RELEASED", "REJECTED", "UNFULFILLED"])
    forged = {"/admin/inventory": 2, "/admin/reservations": all_phases, "/admin/inventory/P-1/movements": 1}

    for path, parts in forged.items():
        assert manager.get(path, cursor=encoded(["elsewhere"] * parts)).status == 200


def test_a_cursor_contains_only_the_ids_of_the_last_level(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 3)

    cursor = manager.get("/admin/inventory", limit="1").content["cursor"]

    assert json.loads(base64.urlsafe_b64decode(cursor + "==")) == [
        manager.get("/admin/inventory", limit="1").content["items"][0][key] for key in ("product_id", "warehouse_id")
    ]


@pytest.mark.parametrize(
    "other", [{}, {"sort": "reserved"}, {"sort": "on_hand", "order": "desc"}, {"sort": "name"}], ids=str
)
def test_a_cursor_from_another_sort_order_is_refused(manager: Caller, shop: Shop, other: dict[str, str]) -> None:
    stock_of(shop, 3)
    cursor = manager.get("/admin/inventory", sort="on_hand", limit="1").content["cursor"]
    unsorted = manager.get("/admin/inventory", limit="1").content["cursor"]

    assert manager.get("/admin/inventory", sort="on_hand", cursor=cursor).status == 200
    assert manager.get("/admin/inventory", cursor=cursor, **other).invalid_fields == ["cursor"]
    assert manager.get("/admin/inventory", sort="on_hand", cursor=unsorted).invalid_fields == ["cursor"]


@pytest.mark.parametrize("value", ["", "many", "1.0", "１", "9" * 21, "-"])
def test_a_cursor_with_invalid_units_is_named(manager: Caller, value: str) -> None:
    forged = encoded([f"on_hand asc {value}", "P-1", "main"])

    assert manager.get("/admin/inventory", sort="on_hand", cursor=forged).invalid_fields == ["cursor"]


@pytest.mark.parametrize(
    ("path", "query", "fields"),
    [
        ("/admin/inventory", {"status": "GONE", "categroy": "kitchen"}, ["status", "categroy"]),
        ("/admin/inventory", {"search": "x" * 201}, ["search"]),
        ("/admin/inventory", {"warehouse_id": " main"}, ["warehouse_id"]),
        ("/admin/inventory", {"sort": "version", "order": "up"}, ["sort", "order"]),
        ("/admin/inventory", {"order": "asc"}, ["order"]),
        ("/admin/reservations", {"status": "held"}, ["status"]),
        ("/admin/reservations", {"search": "x" * 129, "product_id": "P" * 129}, ["product_id", "search"]),
        ("/admin/inventory/P-1/movements", {"kind": "SOLD"}, ["kind"]),
        ("/admin/export", {"limit": "5", "sort": "name"}, ["limit", "sort"]),
    ],
)
def test_every_invalid_parameter_is_named(manager: Caller, path: str, query: dict[str, str], fields: list[str]) -> None:
    assert manager.get(path, **query).invalid_fields == fields


def test_a_page_of_large_reservations_is_shorter_and_the_list_continues(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "PARTS_MAX", 8)  # two lines with a source each are four
    for product in ("P-1", "P-2"):
        shop.stocks(product)
    for number in range(5):
        shop.reserves(("P-1", 1), ("P-2", 1), reservation_id=f"R-{number}")

    pages = [manager.get("/admin/reservations").content]
    while pages[-1]["cursor"]:
        pages.append(manager.get("/admin/reservations", cursor=pages[-1]["cursor"]).content)

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert len({item["reservation_id"] for page in pages for item in page["items"]}) == 5
