"""Inputs and ids of an execution: invalid, in conflict with another reservation, or used before."""

from typing import Any

import pytest

from inventory.identifiers import name_of
from tests.support.shop import Shop
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkouts

LINE = {"product_id": "P-1", "quantity": 1}


def with_quantity(quantity: object) -> dict[str, Any]:
    return {"lines": [LINE | {"quantity": quantity}]}


def with_hold(hold_seconds: object) -> dict[str, Any]:
    return {"lines": [LINE], "hold_seconds": hold_seconds}


INVALID = {
    "a list instead of an object": ([], "(content)"),
    "a text instead of an object": ("two mugs", "(content)"),
    "a number instead of an object": (2, "(content)"),
    "nothing": (None, "(content)"),
    "no lines": ({}, "lines"),
    "empty lines": ({"lines": []}, "lines"),
    "lines that are not a list": ({"lines": LINE}, "lines"),
    "too many lines": ({"lines": [LINE | {"product_id": f"P-{n}"} for n in range(46)]}, "lines"),
    "a line without a product": ({"lines": [{"quantity": 1}]}, "lines[0].product_id"),
    "a product that does not exist": ({"lines": [LINE, LINE | {"product_id": "P-9"}]}, "lines[1].product_id"),
    "a warehouse that does not exist": ({"lines": [LINE | {"warehouse_id": "moon"}]}, "lines[0].product_id"),
    "an unknown field": ({"lines": [LINE], "coupon": "X"}, "coupon"),
    "an unknown field of a line": ({"lines": [LINE | {"price": 3}]}, "lines[0].price"),
    "a quantity of zero": (with_quantity(0), "lines[0].quantity"),
    "a negative quantity": (with_quantity(-1), "lines[0].quantity"),
    "a fractional quantity": (with_quantity(1.5), "lines[0].quantity"),
    "a huge quantity": (with_quantity(10_001), "lines[0].quantity"),
    "an astronomical quantity": (with_quantity(10**30), "lines[0].quantity"),
    "a quantity as text": (with_quantity("2"), "lines[0].quantity"),
    "equal lines that are huge together": ({"lines": [LINE | {"quantity": 6_000}] * 2}, "lines[0].quantity"),
    "a hold of zero seconds": (with_hold(0), "hold_seconds"),
    "a hold of more than 31 days": (with_hold(2_678_401), "hold_seconds"),
    "a part by another word": ({"lines": [LINE], "accept": "ALL"}, "accept"),
    "a part by nothing": ({"lines": [LINE], "accept": None}, "accept"),
    "a hold with a fraction of a second": (with_hold(1.5), "hold_seconds"),
    "an order id that is not a text": ({"lines": [LINE], "order_id": 7}, "order_id"),
}


@pytest.mark.parametrize(("content", "field"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_input_fails_naming_the_field_and_writes_nothing(
    content: object, field: str, shop: Shop, checkouts: Checkouts
) -> None:
    shop.stocks("P-1", on_hand=10)

    result = checkouts.plans_with(content).starts().ends()

    assert (result.status, result.error) == ("FAILED", "InvalidReservation")
    assert (result.cause or "").startswith(f"{field}: ")
    assert result.states == ["ReserveStock", "IsStockReserved", "InvalidReservation"]
    assert shop.rows(shop.tables.reservations) == []
    assert shop.level("P-1").available == 10


def test_every_invalid_field_is_named(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)
    invalid = {"lines": [LINE | {"quantity": 0}, {"quantity": 1}], "coupon": "X", "hold_seconds": 0}

    result = checkouts.plans_with(invalid).starts().ends()

    fields = {part.partition(": ")[0] for part in (result.cause or "").split("; ")}
    assert fields == {"lines[0].quantity", "lines[1].product_id", "coupon", "hold_seconds"}


def test_a_hold_beyond_the_longest_hold_of_the_shop_is_invalid(
    shop: Shop, checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    monkeypatch.setenv("LONGEST_HOLD_SECONDS", "60")
    functions.cold_start()

    result = checkouts.starts(("P-1", 1), hold_seconds=61).ends()

    assert result.error == "InvalidReservation"
    assert result.cause == "hold_seconds: must be at most 60"


def test_a_checkout_without_a_customer_is_invalid_if_the_customer_is_required(
    shop: Shop, checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    monkeypatch.setenv("CUSTOMER_ID_REQUIRED", "true")
    functions.cold_start()

    result = checkouts.starts(("P-1", 1)).ends()

    assert result.error == "InvalidReservation"
    assert result.cause == "customer_id: is required"
    assert shop.rows(shop.tables.reservations) == []


@pytest.mark.parametrize("name", ["SO.1001", "k-1", "m\u00fcller(1)", "\U0001f6d2"])
def test_an_execution_that_is_started_directly_may_have_any_name(shop: Shop, checkouts: Checkouts, name: str) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.starts(("P-1", 2), reservation_id=name).waits()

    payment = checkout.is_paid()
    result = checkout.ends()

    assert payment["reservation_id"] == payment["execution_name"] == name
    assert (result.output["status"], result.output["reservation_id"]) == ("COMMITTED", name)
    assert result.output["execution_name"] == name
    assert shop.reservation(name) == shop.reservation(name_of(name))
    shop.adds_up()


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_cannot_be_a_part_of_a_path_is_invalid(shop: Shop, checkouts: Checkouts, name: str) -> None:
    shop.stocks("P-1", on_hand=10)

    result = checkouts.starts(("P-1", 1), reservation_id=name).ends()

    assert (result.error, result.cause) == ("InvalidReservation", "reservation_id: must not be . or ..")
    assert shop.rows(shop.tables.reservations) == []


@pytest.mark.parametrize("called_by", ["#1001 / a", name_of("#1001 / a")])
def test_an_execution_of_a_key_is_called_by_the_key_or_its_name(
    shop: Shop, checkouts: Checkouts, called_by: str
) -> None:
    shop.stocks("P-1", on_hand=10)
    content = {"lines": [LINE], "reservation_id": "#1001 / a"}
    checkout = checkouts.plans_with(content, reservation_id=name_of("#1001 / a")).starts().waits()

    checkout.reservation_id = called_by
    extended, paid = checkout.is_extended(), checkout.is_paid()

    assert {extended["reservation_id"], paid["reservation_id"]} == {"#1001 / a"}
    output = checkout.ends().output
    assert (output["reservation_id"], output["execution_name"]) == ("#1001 / a", name_of("#1001 / a"))
    assert shop.level("P-1").on_hand == 9
    shop.adds_up()


def test_an_execution_of_another_key_is_invalid(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)
    content = {"lines": [LINE], "reservation_id": "R-2"}

    result = checkouts.plans_with(content, reservation_id="R-1").starts().ends()

    assert result.error == "InvalidReservation"
    assert (result.cause or "").startswith("reservation_id: ")
    assert shop.rows(shop.tables.reservations) == []


def test_a_number_with_a_zero_fraction_is_a_whole_number_as_over_http(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkouts.plans_with(with_quantity(2.0) | {"hold_seconds": 60.0}).starts().waits()

    assert shop.level("P-1").reserved == 2
    assert shop.reservation("R-1").hold_seconds == 60


def test_a_used_id_with_other_content_is_a_conflict(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)
    first = shop.holds(("P-1", 2), reservation_id="R-1")

    result = checkouts.starts(("P-1", 3), reservation_id="R-1").ends()

    assert (result.status, result.error) == ("FAILED", "ReservationConflict")
    assert "R-1" in (result.cause or "")
    assert shop.reservation("R-1").lines == first.lines
    assert shop.level("P-1").reserved == 2


def test_a_repeated_checkout_continues_a_hold_whose_execution_is_gone(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 2), reservation_id="R-1")

    checkout = checkouts.starts(("P-1", 2), reservation_id="R-1").waits()
    checkout.is_paid()

    assert checkout.ends().output["status"] == "COMMITTED"
    assert shop.level("P-1").on_hand == 8


def test_a_repeated_checkout_after_a_decision_has_the_same_outcome(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 2), reservation_id="SOLD")
    shop.cancels(shop.holds(("P-1", 2), reservation_id="CANCELLED"))
    shop.reserves(("P-1", 99), reservation_id="SHORT")

    again = [
        checkouts.starts(("P-1", 2), reservation_id="SOLD"),
        checkouts.starts(("P-1", 2), reservation_id="CANCELLED"),
        checkouts.starts(("P-1", 99), reservation_id="SHORT"),
    ]

    assert [checkout.ends().output["status"] for checkout in again] == ["COMMITTED", "RELEASED", "REJECTED"]
    assert shop.level("P-1").on_hand == 8
