"""Reservations are listed with active ones first, and found by status, id, order or product."""

import pytest

from inventory.admin import lists as listing
from inventory.admin import pagination as paging
from tests.support.http.gateway import Caller
from tests.support.http.lists import pages
from tests.support.shop import Shop


def reservation_ids(caller: Caller, **query: str) -> list[str]:
    """The reservation ids of a list, in its order."""
    return [found["reservation_id"] for page in pages(caller, "/admin/reservations", **query) for found in page]


@pytest.mark.parametrize("limit", ["1", "2", "50"])
def test_active_reservations_are_listed_first_and_the_latest_of_each_kind_first(
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
def test_reservations_with_the_same_time_are_listed_once_each(
    manager: Caller, shop: Shop, status: dict[str, str]
) -> None:
    shop.stocks("P-1", on_hand=0)
    moment = shop.now()
    shop.now = lambda: moment
    names = {shop.reserves(("P-1", 1)).reservation_id for _ in range(7)}

    listed = reservation_ids(manager, limit="2", **status)

    assert len(listed) == 7
    assert set(listed) == names


def test_a_reservation_is_found_by_its_id_and_by_its_order(manager: Caller, shop: Shop) -> None:
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
def test_reservations_are_found_by_product(manager: Caller, shop: Shop, limit: str) -> None:
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


def test_a_search_for_a_rare_product_stops_early_and_the_next_call_continues(
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


def test_a_call_compares_at_most_eighty_reservations(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=200)
    shop.stocks("P-2", on_hand=1)
    shop.holds(("P-2", 1), reservation_id="needle", hold_seconds=1)
    for _ in range(81):
        shop.holds(("P-1", 1))

    found = list(pages(manager, "/admin/reservations", product_id="P-2"))

    assert [[entry["reservation_id"] for entry in page] for page in found] == [[], ["needle"]]


@pytest.mark.parametrize("limit", ["1", "2", "50"])
def test_holds_are_listed_with_those_that_end_first_at_the_start(manager: Caller, shop: Shop, limit: str) -> None:
    shop.stocks("P-1", on_hand=20)
    for number in (5, 1, 4, 2, 3):
        shop.holds(("P-1", 1), reservation_id=f"R-{number}", hold_seconds=60 * number)
    shop.pays(shop.holds(("P-1", 1), reservation_id="paid", hold_seconds=30))
    shop.cancels(shop.holds(("P-1", 1), reservation_id="cancelled", hold_seconds=40))

    listed = reservation_ids(manager, status="HELD", sort="held_until", limit=limit)

    assert listed == ["R-1", "R-2", "R-3", "R-4", "R-5"]


def test_holds_of_a_product_are_listed_by_their_ends(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=20)
    shop.stocks("P-2", on_hand=20)
    shop.holds(("P-2", 1), reservation_id="later", hold_seconds=90)
    shop.holds(("P-2", 1), reservation_id="sooner", hold_seconds=60)
    shop.holds(("P-1", 1), reservation_id="other", hold_seconds=70)

    assert reservation_ids(manager, status="HELD", sort="held_until", product_id="P-2") == ["sooner", "later"]


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "held_until"},
        {"sort": "held_until", "status": "PAID"},
        {"sort": "held_until", "status": "HELD", "search": "R-1"},
        {"sort": "created_at", "status": "HELD"},
    ],
    ids=str,
)
def test_only_holds_are_sorted_by_their_ends(manager: Caller, query: dict[str, str]) -> None:
    answer = manager.get("/admin/reservations", **query)

    assert answer.status == 400
    assert [error["field"] for error in answer.content["errors"]] == ["sort"]


def test_a_cursor_of_the_usual_order_is_none_of_the_holds_that_end_first(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=20)
    for _ in range(3):
        shop.holds(("P-1", 1))
    cursor = manager.get("/admin/reservations", status="HELD", limit="1").content["cursor"]

    answer = manager.get("/admin/reservations", status="HELD", sort="held_until", limit="1", cursor=cursor)

    assert answer.status == 400
    assert [error["field"] for error in answer.content["errors"]] == ["cursor"]
