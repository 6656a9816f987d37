"""Repeated adjustments: each is decided once, and a repeated call is answered with that decision."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws import retries
from inventory.aws.changes import to_attributes
from inventory.errors import AdjustmentConflict, BelowReserved, InvalidRequest, LevelNotFound
from inventory.identifiers import of_our_own
from inventory.items import adjustment_key_of_first_edition, level_item
from inventory.model import UNITS_MAX, Adjustment, Level
from tests.support.aws_calls import recorded, refusal
from tests.support.fault_injection import hooked, just_before
from tests.support.shop import BY_HAND, Shop
from tests.support.shop.drift import deletes_row

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
EXPIRES = int((NOON + timedelta(days=365)).timestamp())
REQUEST_KEY = of_our_own("adjustLevel", "A-1")


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop with ten units of P-1, at noon."""
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=10)
    return shop


def adjusts(shop: Shop, delta: int) -> Level:
    """The adjustment with the key A-1."""
    return shop.adjusts(delta, request_id="A-1")


def decided(shop: Shop) -> dict[str, Any]:
    """The stored decision, and the hash of what it is about apart."""
    [row] = shop.rows(shop.tables.idempotency)
    assert len(row.pop("content_hash")) == 64
    return row


# --- made


def test_a_made_adjustment_is_kept_with_its_level_until_it_expires(stocked: Shop) -> None:
    with recorded(stocked.client) as calls:
        adjusted = adjusts(stocked, +3)

    assert decided(stocked) == {"request_key": REQUEST_KEY, "expire_at": EXPIRES, "level": level_item(adjusted)}
    assert [call.operation for call in calls if "Get" not in call.operation] == ["TransactWriteItems"]


def test_a_repeated_adjustment_is_answered_like_the_first_although_the_level_is_gone(stocked: Shop) -> None:
    first = adjusts(stocked, +3)
    deletes_row(stocked)

    assert adjusts(stocked, +3) == first

    assert len(stocked.rows(stocked.tables.movements)) == 2


def test_the_same_adjustment_at_once_is_made_once_and_answered_twice(stocked: Shop) -> None:
    answers: list[Level] = []

    with just_before(stocked.client, "TransactWriteItems", lambda: answers.append(adjusts(stocked, +3))):
        answers.append(adjusts(stocked, +3))

    assert [answer.on_hand for answer in answers] == [13, 13]
    assert stocked.level() == answers[0] == answers[1]
    stocked.adds_up()


@pytest.mark.parametrize("delta", [+4, -9], ids=["possible", "refused"])
def test_a_key_that_was_used_for_another_adjustment_is_a_conflict(stocked: Shop, delta: int) -> None:
    stocked.holds(("P-1", 8))
    adjusts(stocked, +3)

    with pytest.raises(AdjustmentConflict, match="for another adjustment"):
        adjusts(stocked, delta)

    assert stocked.level().on_hand == 13


@pytest.mark.parametrize("wrong", [{"level": "x"}, {"refusal": 5}, {}], ids=str)
def test_a_decision_that_cannot_be_read_is_a_conflict(stocked: Shop, wrong: dict[str, Any]) -> None:
    adjusts(stocked, +3)
    [row] = stocked.rows(stocked.tables.idempotency)
    del row["level"]
    stocked.client.put_item(TableName=stocked.tables.idempotency, Item=to_attributes(row | wrong))

    with pytest.raises(AdjustmentConflict, match="cannot be read"):
        adjusts(stocked, +3)

    assert stocked.level().on_hand == 13


def test_an_adjustment_of_the_first_edition_is_answered_with_the_level_now(stocked: Shop) -> None:
    request = {"request_id": "A-1", "product_id": "P-1", "warehouse_id": "main", "delta": 3, "reason": BY_HAND.reason}
    row = adjustment_key_of_first_edition("A-1") | {"request": request}
    stocked.client.put_item(TableName=stocked.tables.movements, Item=to_attributes(row))

    assert adjusts(stocked, +3) == stocked.level()
    with pytest.raises(AdjustmentConflict, match="for another adjustment"):
        adjusts(stocked, +4)

    assert (stocked.level().on_hand, stocked.level().version) == (10, 1)


# --- refused


def test_a_refusal_is_kept_and_holds_although_the_adjustment_would_be_possible_by_then(stocked: Shop) -> None:
    held = stocked.holds(("P-1", 8))
    with pytest.raises(BelowReserved) as first:
        adjusts(stocked, -3)
    stocked.times_out(held)

    with pytest.raises(BelowReserved) as again:
        adjusts(stocked, -3)

    assert str(again.value) == str(first.value)
    refused = {"code": "BELOW_RESERVED", "detail": str(first.value)}
    assert decided(stocked) == {"request_key": REQUEST_KEY, "expire_at": EXPIRES, "refusal": refused}
    assert stocked.level().on_hand == 10


def test_a_refusal_of_an_invalid_field_names_it_again(stocked: Shop) -> None:
    for _ in range(2):
        with pytest.raises(InvalidRequest) as refused:
            adjusts(stocked, UNITS_MAX)
        [error] = refused.value.errors
        assert error.field == "delta"

    kept = {"code": "VALIDATION_FAILED", "detail": error.message, "field": "delta"}
    assert decided(stocked)["refusal"] == kept


def test_an_adjustment_of_an_unknown_level_is_refused_again_when_the_level_exists(shop: Shop) -> None:
    with pytest.raises(LevelNotFound) as first:
        adjusts(shop, +3)
    shop.stocks("P-1", on_hand=10)

    with pytest.raises(LevelNotFound) as again:
        adjusts(shop, +3)

    assert str(again.value) == str(first.value)
    assert shop.level().on_hand == 10


def test_an_adjustment_that_is_made_while_it_is_refused_is_answered_as_made(stocked: Shop) -> None:
    held = stocked.holds(("P-1", 8))

    def repeated_call() -> None:
        stocked.times_out(held)
        adjusts(stocked, -3)

    with just_before(stocked.client, "PutItem", repeated_call):
        adjusted = adjusts(stocked, -3)

    assert adjusted == stocked.level()
    assert decided(stocked)["level"] == level_item(adjusted)
    assert adjusted.on_hand == 7


# --- corrected


def test_an_adjustment_is_answered_with_what_a_sale_left_of_it_and_again_so(stocked: Shop) -> None:
    with just_before(stocked.client, "TransactWriteItems", lambda: stocked.sells(("P-1", 2))):
        first = adjusts(stocked, +3)
    stocked.sells(("P-1", 1))

    assert first.on_hand == 11
    assert adjusts(stocked, +3) == first
    assert decided(stocked) == {"request_key": REQUEST_KEY, "expire_at": EXPIRES, "level": level_item(first)}


def test_an_answer_that_cannot_be_corrected_is_the_level_as_it_was_written(
    stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "pause", lambda attempt: None)

    def refuse(model: Any, **_: Any) -> Any:
        return refusal("ThrottlingException") if model.name == "PutItem" else None

    with (
        hooked(stocked.client, "before-call", refuse),
        just_before(stocked.client, "TransactWriteItems", lambda: stocked.sells(("P-1", 2))),
    ):
        first = adjusts(stocked, +3)

    assert (first.on_hand, stocked.level().on_hand) == (13, 11)
    assert adjusts(stocked, +3) == first


def test_of_two_corrections_of_an_answer_the_first_holds(stocked: Shop) -> None:
    written = adjusts(stocked, +3)
    adjustment = Adjustment("A-1", "P-1", "main", +3, BY_HAND.reason)
    first, second = (replace(written, on_hand=on_hand, available=on_hand) for on_hand in (12, 11))

    assert stocked.calls.correct(adjustment, written, first, NOON) == first
    assert stocked.calls.correct(adjustment, written, second, NOON) == first
