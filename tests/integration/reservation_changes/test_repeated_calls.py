"""Repeated calls for a reservation: each is decided once, and a repeated call is answered with that decision."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import transact
from inventory.errors import (
    AlreadyDecided,
    FieldError,
    InsufficientStock,
    InvalidReservation,
    InventoryError,
    ReservationConflict,
)
from inventory.identifiers import of_our_own
from inventory.model import Shortage
from inventory.reservations.repeated_calls import RepeatedReservationCalls, ReservationCall
from tests.support.shop import Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
CALL = ReservationCall("changeReservation", ("K-1",), {"reservation": "R-1", "lines": [["P-1", None, 2]]})
REFUSALS = (
    AlreadyDecided("reservation R-1 is PAID"),
    InsufficientStock("too little", (Shortage("P-1", None, 5, 2), Shortage("P-2", "main", 1, 0))),
    InvalidReservation([FieldError("lines[0].product_id", "there is no stock level of P-9")]),
)


@pytest.fixture
def calls(shop: Shop) -> RepeatedReservationCalls:
    return RepeatedReservationCalls(shop.client, shop.tables, retention_days=365)


def test_a_call_that_was_not_decided_before_has_no_answer(calls: RepeatedReservationCalls) -> None:
    assert calls.answer(CALL) is None


def test_a_made_call_is_kept_without_the_task_token_until_it_expires(
    shop: Shop, calls: RepeatedReservationCalls
) -> None:
    shop.stocks("P-1", on_hand=5)
    held = replace(shop.holds(("P-1", 2)), task_token="secret")

    assert transact(shop.client, [calls.made(CALL, held, NOON)]) == ()

    assert calls.answer(CALL) == replace(held, task_token=None)
    [row] = shop.rows(shop.tables.idempotency)
    assert row["request_key"] == of_our_own("changeReservation", "K-1")
    assert row["expire_at"] == int((NOON + timedelta(days=365)).timestamp())
    assert "secret" not in repr(row)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_is_repeated_with_all_its_details(calls: RepeatedReservationCalls, refusal: InventoryError) -> None:
    with pytest.raises(type(refusal)):
        calls.refuse(CALL, refusal, NOON)

    with pytest.raises(type(refusal)) as repeated:
        calls.answer(CALL)

    assert (str(repeated.value), repeated.value.details()) == (str(refusal), refusal.details())


def test_a_refusal_that_finds_the_call_made_meanwhile_is_answered_like_it(
    shop: Shop, calls: RepeatedReservationCalls
) -> None:
    shop.stocks("P-1", on_hand=5)
    held = shop.holds(("P-1", 2))
    transact(shop.client, [calls.made(CALL, held, NOON)])

    assert calls.refuse(CALL, AlreadyDecided("too late"), NOON) == replace(held, task_token=None)


def test_the_same_key_with_other_content_is_a_conflict(calls: RepeatedReservationCalls) -> None:
    with pytest.raises(AlreadyDecided):
        calls.refuse(CALL, REFUSALS[0], NOON)

    with pytest.raises(ReservationConflict):
        calls.answer(replace(CALL, content={"reservation": "R-1", "lines": []}))


def test_the_same_content_in_another_order_is_the_same_call() -> None:
    reordered = replace(CALL, content=dict(reversed(CALL.content.items())))

    assert list(reordered.content) != list(CALL.content)
    assert reordered.content_hash == CALL.content_hash


def test_a_decision_in_another_form_is_a_conflict(shop: Shop, calls: RepeatedReservationCalls) -> None:
    with pytest.raises(AlreadyDecided):
        calls.refuse(CALL, REFUSALS[0], NOON)
    [row] = shop.rows(shop.tables.idempotency)
    broken = to_attributes(row | {"refusal": {"code": "UNKNOWN"}})
    shop.client.put_item(TableName=shop.tables.idempotency, Item=broken)

    with pytest.raises(ReservationConflict, match="cannot be read"):
        calls.answer(CALL)
