"""Limits, cursors and other parameters of lists: an invalid one is named, and a forged cursor does no harm."""

import base64
import json

import pytest

from inventory.admin import pagination
from inventory.admin.pagination import fingerprint
from inventory.admin.phase_list import position_parts
from inventory.reconciliation.failed_executions import read_event
from tests.support.http.gateway import Caller
from tests.support.http.lists import encoded, stock_of
from tests.support.shop import Shop
from tests.support.shop.cases import ended

LISTS = ["/admin/inventory", "/admin/reservations", "/admin/inventory/P-1/movements", "/admin/executions"]
# The other lists whose pages have cursors.
MORE_LISTS: list[tuple[str, dict[str, str]]] = [
    ("/admin/search", {"query": "mug"}),
    ("/admin/reservations", {"search": "1001"}),
    ("/admin/timeline", {"order_id": "1001"}),
    ("/admin/timeline", {"customer_id": "C-1"}),
    ("/admin/attention", {}),
]


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


@pytest.mark.parametrize(("path", "query"), MORE_LISTS, ids=str)
@pytest.mark.parametrize("parts", range(13))
def test_a_cursor_that_no_such_list_has_given_out_is_named(
    manager: Caller, path: str, query: dict[str, str], parts: int
) -> None:
    assert manager.get(path, cursor=encoded(["elsewhere"] * parts), **query).invalid_fields == ["cursor"]


def test_a_forged_cursor_does_no_harm(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    all_phases = position_parts(["ACTIVE", "COMMITTED", "RELEASED", "REJECTED", "UNFULFILLED"])
    forged = {
        "/admin/reservations": (fingerprint("latest", None, None), all_phases),
        "/admin/inventory/P-1/movements": (fingerprint("movements", "P-1"), 1),
    }

    for path, (mark, parts) in forged.items():
        assert manager.get(path, cursor=encoded([mark, *["elsewhere"] * parts])).status == 200
    assert manager.get("/admin/inventory", cursor=encoded(["elsewhere"] * 4)).invalid_fields == ["cursor"]


@pytest.mark.parametrize(
    ("path", "query", "other"),
    [
        ("/admin/reservations", {"status": "RELEASED"}, {"status": "REJECTED"}),
        ("/admin/reservations", {"status": "HELD"}, {"status": "PAID"}),
        ("/admin/reservations", {}, {"product_id": "P-2"}),
        ("/admin/movements", {"product_id": "P-1"}, {"product_id": "P-2"}),
        ("/admin/executions", {}, {"order_id": "O-1"}),
        ("/admin/executions", {"status": "FAILED"}, {"status": "ABORTED"}),
        ("/admin/refunds", {"status": "OPEN"}, {"status": "RETURNED"}),
    ],
    ids=str,
)
def test_a_cursor_of_another_filter_is_named(
    manager: Caller, shop: Shop, path: str, query: dict[str, str], other: dict[str, str]
) -> None:
    """The other list would begin in its middle, and nobody would notice what is left out."""
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    for number in range(2):
        shop.adjusts(+1)
        shop.holds(("P-1", 1))
        shop.reserves(("P-1", 99))
        late = shop.holds(("P-1", 1))
        shop.cancels(late)
        shop.pays(late)
        shop.cancels(shop.holds(("P-1", 1)))
        event = ended(name=f"F-{number}", input=json.dumps({"order_id": "O-1"}))
        shop.failed_execution_store.add(read_event(event["detail"]))

    cursor = manager.get(path, limit="1", **query).content["cursor"]

    assert manager.get(path, cursor=cursor, **query).status == 200
    assert manager.get(path, cursor=cursor, **other).invalid_fields == ["cursor"]


def test_a_cursor_contains_only_its_list_and_the_place_of_the_last_level(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 3)

    page = manager.get("/admin/inventory", limit="1").content

    _, *place = json.loads(base64.urlsafe_b64decode(page["cursor"] + "=="))
    assert place == ["=P-00", *(page["items"][0][key] for key in ("product_id", "warehouse_id"))]


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


@pytest.mark.parametrize("value", ["", "many", "1.0", "１", "9" * 41, "-"])
def test_a_cursor_with_invalid_units_is_named(manager: Caller, shop: Shop, value: str) -> None:
    stock_of(shop, 2)
    cursor = manager.get("/admin/inventory", sort="on_hand", limit="1").content["cursor"]
    list_id, _, *key = json.loads(base64.urlsafe_b64decode(cursor + "=="))

    forged = encoded([list_id, f"={value}", *key])

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
        ("/admin/inventory", {"search": "x"}, ["search"]),
        ("/admin/inventory", {"search": " x "}, ["search"]),
        ("/admin/inventory", {"search": "x" * 10_000}, ["search"]),
        ("/admin/inventory", {"search": "x\ny"}, ["search"]),
        ("/admin/reservations", {"search": "x" * 201, "product_id": "P" * 129}, ["product_id", "search"]),
        ("/admin/reservations", {"search": "x"}, ["search"]),
        ("/admin/reservations", {"search": "x" * 10_000}, ["search"]),
        ("/admin/search", {}, ["query"]),
        ("/admin/search", {"query": "x"}, ["query"]),
        ("/admin/search", {"query": " x "}, ["query"]),
        ("/admin/search", {"query": "x" * 10_000, "limit": "51"}, ["query", "limit"]),
        ("/admin/search", {"query": "xy", "limit": "0", "kind": "level"}, ["limit", "kind"]),
        ("/admin/timeline", {}, ["order_id"]),
        ("/admin/timeline", {"order_id": "1001", "customer_id": "C-1"}, ["customer_id"]),
        ("/admin/timeline", {"order_id": " 1001", "limit": "5"}, ["order_id", "limit"]),
        ("/admin/attention", {"limit": "101", "status": "LOW_STOCK"}, ["limit", "status"]),
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
