"""Adjustments over HTTP: each is made once, and removes no reserved units."""

from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from tests.support.fault_injection import just_before, lost_responses
from tests.support.http.gateway import Caller
from tests.support.http.levels import ADJUSTMENTS, MUG, mug
from tests.support.shop import Shop, at_once


def test_a_repeated_adjustment_is_made_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    taken_away = {"delta": -4, "reason": "broken", "reference": "RMA 7"}

    answers = [manager.post(ADJUSTMENTS, taken_away, key="K-1") for _ in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert [answer.content["on_hand"] for answer in answers] == [6] * 3
    shop.adds_up()


def test_a_repeated_adjustment_succeeds_even_if_its_units_are_no_longer_available(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(5))
    manager.post(ADJUSTMENTS, {"delta": -5, "reason": "broken"}, key="K-1")

    again = manager.post(ADJUSTMENTS, {"delta": -5, "reason": "broken"}, key="K-1")

    assert (again.status, again.content["on_hand"]) == (200, 0)


def test_concurrent_copies_of_one_adjustment_are_made_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    answers = at_once(*[lambda: manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")] * 8)

    assert [(answer.status, answer.content["on_hand"]) for answer in answers] == [(200, 13)] * 8
    shop.adds_up()


def test_concurrent_adjustments_all_count(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    at_once(
        *[lambda key=key: manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key=f"K-{key}") for key in "abc"]
    )

    assert shop.level().on_hand == 19
    shop.adds_up()


@pytest.mark.parametrize(
    ("path", "other"),
    [
        (ADJUSTMENTS, {"delta": 4, "reason": "found"}),
        (ADJUSTMENTS, {"delta": 3, "reason": "lost"}),
        (ADJUSTMENTS, {"delta": 3, "reason": "found", "reference": "RMA 7"}),
        ("/admin/inventory/P-1/north/adjustments", {"delta": 3, "reason": "found"}),
        ("/admin/inventory/P-2/main/adjustments", {"delta": 3, "reason": "found"}),
    ],
)
def test_a_key_with_other_content_is_a_conflict(manager: Caller, shop: Shop, path: str, other: dict[str, Any]) -> None:
    for product_id, warehouse_id in (("P-1", "main"), ("P-1", "north"), ("P-2", "main")):
        shop.stocks(product_id, warehouse_id=warehouse_id)
    manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    conflict = manager.post(path, other, key="K-1")

    assert (conflict.status, conflict.code) == (409, "IDEMPOTENCY_CONFLICT")
    shop.adds_up()


def test_a_refused_adjustment_is_refused_again_although_it_would_be_possible_by_then(
    manager: Caller, shop: Shop
) -> None:
    manager.put(MUG, mug(5))
    held = shop.holds(("P-1", 3))
    first = manager.post(ADJUSTMENTS, {"delta": -3, "reason": "broken"}, key="K-1")
    shop.times_out(held)

    again = manager.post(ADJUSTMENTS, {"delta": -3, "reason": "broken"}, key="K-1")
    made = manager.post(ADJUSTMENTS, {"delta": -3, "reason": "broken"}, key="K-2")

    assert (first.status, first.code) == (409, "BELOW_RESERVED")
    assert again.content == first.content
    assert (made.status, made.content["available"]) == (200, 2)
    shop.adds_up()


def test_an_adjustment_of_an_unknown_level_is_refused_again_when_the_level_exists(manager: Caller, shop: Shop) -> None:
    first = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")
    manager.put(MUG, mug(5))

    again = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    assert (first.status, first.code) == (404, "LEVEL_NOT_FOUND")
    assert again.content == first.content
    assert shop.level().on_hand == 5


def test_an_adjustment_beyond_the_largest_level_is_refused_again(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(5))
    first = manager.post(ADJUSTMENTS, {"delta": 1_000_000_000, "reason": "found"}, key="K-1")
    manager.put(MUG, mug(0), if_match=1)

    again = manager.post(ADJUSTMENTS, {"delta": 1_000_000_000, "reason": "found"}, key="K-1")

    assert (first.invalid_fields, again.content) == (["delta"], first.content)


def test_a_repeated_adjustment_is_answered_like_the_first_whatever_happened_since(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    first = manager.post(ADJUSTMENTS, {"delta": -4, "reason": "broken"}, key="K-1")
    shop.sells(("P-1", 2))
    shop.stocks("P-1", on_hand=0)
    shop.deletes("P-1")

    again = manager.post(ADJUSTMENTS, {"delta": -4, "reason": "broken"}, key="K-1")

    assert (again.status, again.content) == (200, first.content)
    assert manager.post(ADJUSTMENTS, {"delta": 4, "reason": "broken"}, key="K-1").code == "IDEMPOTENCY_CONFLICT"


def test_a_sale_at_the_same_time_is_in_both_answers(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    with just_before(shop.client, "TransactWriteItems", lambda: shop.sells(("P-1", 2))):
        first = manager.post(ADJUSTMENTS, {"delta": 5, "reason": "found"}, key="K-1")
    again = manager.post(ADJUSTMENTS, {"delta": 5, "reason": "found"}, key="K-1")

    assert (first.content["on_hand"], again.content) == (13, first.content)


def test_an_adjustment_of_the_first_edition_is_still_known(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    request = {"request_id": "K-1", "product_id": "P-1", "warehouse_id": "main", "delta": 3, "reason": "found"}
    row = {
        "product_id": "adjustment#K-1",
        "movement_id": "request",
        "warehouse_id": "main",
        "delta": 0,
        "kind": "REQUEST",
        "request": request,
    }
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))

    again = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")
    other = manager.post(ADJUSTMENTS, {"delta": 4, "reason": "found"}, key="K-1")

    assert (again.status, again.content["on_hand"]) == (200, 10)
    assert other.code == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize("wrong", [{"level": "x"}, {"level": {}}, {"refusal": 5}, {}], ids=str)
def test_a_decision_that_cannot_be_read_is_never_made_again(manager: Caller, shop: Shop, wrong: dict[str, Any]) -> None:
    manager.put(MUG, mug(10))
    manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")
    [row] = shop.rows(shop.tables.idempotency)
    broken = {name: value for name, value in row.items() if name != "level"} | wrong
    shop.client.put_item(TableName=shop.tables.idempotency, Item=to_attributes(broken))

    again = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    assert (again.status, again.code) == (409, "IDEMPOTENCY_CONFLICT")
    assert shop.level().on_hand == 13


def test_an_adjustment_needs_a_level_a_valid_key_and_a_possible_result(manager: Caller, shop: Shop) -> None:
    unknown = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-0")
    shop.stocks("P-1", on_hand=1)

    assert (unknown.status, unknown.code) == (404, "LEVEL_NOT_FOUND")
    assert manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}).invalid_fields == ["Idempotency-Key"]
    assert manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="m\u00fcller").invalid_fields == [
        "Idempotency-Key"
    ]
    assert manager.post(ADJUSTMENTS, {"delta": 1_000_000_000, "reason": "x"}, key="K-1").invalid_fields == ["delta"]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["delta", "reason"]),
        ({"delta": 0, "reason": "x"}, ["delta"]),
        ({"delta": 1_000_000_001, "reason": "x"}, ["delta"]),
        ({"delta": "3", "reason": "x"}, ["delta"]),
        ({"delta": 3, "reason": ""}, ["reason"]),
        ({"delta": 3, "reason": "x", "reference": "a\u200bb"}, ["reference"]),
        ({"delta": 3, "reason": "x", "units": 3}, ["units"]),
    ],
)
def test_every_invalid_field_of_an_adjustment_is_named(manager: Caller, content: Any, fields: list[str]) -> None:
    assert manager.post(ADJUSTMENTS, content, key="K-1").invalid_fields == fields


def test_an_adjustment_that_makes_a_level_low_is_alerted_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    for _ in range(2):
        manager.post(ADJUSTMENTS, {"delta": -8, "reason": "broken"}, key="K-1")

    assert [alert.subject for alert in shop.topics.low_stock] == ["Low stock: Mug"]


def test_an_adjustment_whose_response_is_lost_is_made_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    with lost_responses(shop.client, "TransactWriteItems"):
        adjusted = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    assert (adjusted.status, adjusted.content["on_hand"]) == (200, 13)
    shop.adds_up()
