"""Payments to return over HTTP: the list, the return of one, and the overview's figure."""

import pytest

from inventory.errors import ReservationNotFound
from tests.support.http.gateway import Caller
from tests.support.shop import Shop
from tests.support.shop.first_edition import keeps_in_its_row


@pytest.fixture
def surplus(shop: Shop) -> list[str]:
    """Three payments to return, in their order: two surplus payments, and one for an unknown reservation."""
    shop.stocks("P-1")
    shop.sells(("P-1", 1), reservation_id="R-1", order_id="O-1")
    shop.pays("R-1", "PAY-2", amount="24.90", currency="EUR")
    shop.pays("R-1", "PAY-3")
    with pytest.raises(ReservationNotFound):
        shop.pays("R-9", "PAY-4")
    return ["PAY-2", "PAY-3", "PAY-4"]


def references(manager: Caller, query: dict[str, str] | None = None) -> list[str]:
    """The payments on one page of the list."""
    return [item["payment_reference"] for item in manager.get("/admin/refunds", **(query or {})).content["items"]]


def test_payments_to_return_are_listed_the_oldest_first(manager: Caller, surplus: list[str]) -> None:
    [first, *_] = manager.get("/admin/refunds").content["items"]

    assert references(manager) == surplus
    assert {name: first[name] for name in ("reservation_id", "order_id", "amount", "currency", "status")} == {
        "reservation_id": "R-1",
        "order_id": "O-1",
        "amount": "24.90",
        "currency": "EUR",
        "status": "OPEN",
    }


def test_the_list_continues_with_its_cursor(manager: Caller, surplus: list[str]) -> None:
    found: list[str] = []
    query = {"limit": "1"}
    while True:
        page = manager.get("/admin/refunds", **query).content
        found += [item["payment_reference"] for item in page["items"]]
        if page["cursor"] is None:
            break
        query = {"limit": "1", "cursor": page["cursor"]}

    assert found == surplus


def test_a_returned_payment_moves_to_the_list_of_returned_ones(manager: Caller, surplus: list[str]) -> None:
    content = {"payment_reference": "PAY-2", "reference": "REFUND-1", "note": "bank transfer"}

    returned = manager.post("/admin/reservations/R-1/refunds", content)

    assert returned.status == 200
    assert (returned.content["status"], returned.content["reference"]) == ("RETURNED", "REFUND-1")
    assert (returned.content["returned_by"], returned.content["note"]) == ("ada", "bank transfer")
    assert references(manager) == ["PAY-3", "PAY-4"]
    assert references(manager, {"status": "RETURNED"}) == ["PAY-2"]
    assert manager.get("/admin/overview").content["unfulfilled"] == 2
    inspected = manager.get("/admin/reservations/R-1").content
    assert inspected["unfulfilled_payments"] == ["PAY-2", "PAY-3"]
    assert [(refund["status"], refund["reference"]) for refund in inspected["refunds"]] == [
        ("RETURNED", "REFUND-1"),
        ("OPEN", None),
    ]


def test_a_return_is_repeatable_and_another_reference_is_a_conflict(manager: Caller, surplus: list[str]) -> None:
    content = {"payment_reference": "PAY-4", "reference": "REFUND-1"}
    first = manager.post("/admin/reservations/R-9/refunds", content)

    again = manager.post("/admin/reservations/R-9/refunds", content)
    other = manager.post("/admin/reservations/R-9/refunds", content | {"reference": "REFUND-2"})

    assert (again.status, again.content) == (200, first.content)
    assert (other.status, other.code) == (409, "REFUND_CONFLICT")


def test_an_unknown_payment_is_not_found_and_a_wrong_field_is_named(manager: Caller, surplus: list[str]) -> None:
    unknown = manager.post("/admin/reservations/R-1/refunds", {"payment_reference": "PAY-1", "reference": "REFUND-1"})
    wrong = manager.post("/admin/reservations/R-1/refunds", {"payment_reference": "PAY-2", "note": 5})

    assert (unknown.status, unknown.code) == (404, "PAYMENT_NOT_FOUND")
    assert sorted(wrong.invalid_fields) == ["note", "reference"]
    assert references(manager) == surplus


def test_a_payment_that_bought_its_reservation_after_all_leaves_the_list(
    manager: Caller, shop: Shop, surplus: list[str]
) -> None:
    shop.holds(("P-1", 1), reservation_id="R-9")
    assert shop.pays("R-9", "PAY-4").fulfilled

    assert references(manager) == ["PAY-2", "PAY-3"]
    assert manager.get("/admin/overview").content["unfulfilled"] == 2


def test_a_list_of_reservations_names_their_payments_to_return(manager: Caller, shop: Shop, surplus: list[str]) -> None:
    keeps_in_its_row(shop, "R-1", announced=["PAY-1-of-the-first-edition"])
    shop.pays("R-1", "PAY-5")

    [found] = manager.get("/admin/reservations", search="R-1").content["items"]

    assert found["unfulfilled_payments"] == ["PAY-1-of-the-first-edition", "PAY-2", "PAY-3", "PAY-5"]


def test_a_returned_payment_of_the_first_edition_is_shown_as_returned(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.sells(("P-1", 1), reservation_id="R-1")
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"])

    manager.post("/admin/reservations/R-1/refunds", {"payment_reference": "PAY-2", "reference": "REFUND-1"})

    [refund] = manager.get("/admin/reservations/R-1").content["refunds"]
    assert (refund["status"], refund["returned_by"]) == ("RETURNED", "ada")
