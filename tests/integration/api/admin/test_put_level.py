"""Levels over HTTP: created, and changed with optimistic locking."""

from typing import Any

import pytest

from tests.support.fault_injection import lost_responses
from tests.support.http.gateway import Caller
from tests.support.http.levels import MUG, mug
from tests.support.shop import Shop, at_once

# --- setting


def test_a_level_is_created_changed_and_found(manager: Caller, shop: Shop) -> None:
    created = manager.put(MUG, mug(10))
    changed = manager.put(MUG, mug(2, name="Big mug"), if_match=1)

    found = manager.get("/admin/inventory/P-1")
    assert (created.status, changed.status) == (201, 200)
    assert found.content == {"items": [changed.content]}
    assert changed.content | {"updated_at": "then"} == {
        "product_id": "P-1",
        "warehouse_id": "main",
        "name": "Big mug",
        "category": "kitchen",
        "on_hand": 2,
        "reserved": 0,
        "available": 2,
        "low_stock_threshold": 2,
        "status": "LOW_STOCK",
        "version": 2,
        "updated_at": "then",
    }
    shop.adds_up()


def test_a_version_may_be_quoted_as_an_entity_tag(manager: Caller) -> None:
    manager.put(MUG, mug(10))

    assert manager.put(MUG, mug(11), if_match='"1"').content["on_hand"] == 11


def test_an_editor_who_has_not_seen_the_latest_version_is_shown_it(manager: Caller) -> None:
    manager.put(MUG, mug(10))
    latest = manager.put(MUG, mug(11), if_match=1)

    stale = manager.put(MUG, mug(12), if_match=1)
    blind = manager.put(MUG, mug(12))

    assert (stale.status, stale.code, stale.content["current"]) == (409, "VERSION_CONFLICT", latest.content)
    assert (blind.status, blind.code, blind.content["current"]) == (409, "VERSION_CONFLICT", latest.content)
    assert manager.get("/admin/inventory/P-1").content["items"] == [latest.content]


def test_an_editor_of_a_level_that_is_gone_is_told_that_there_is_none(manager: Caller) -> None:
    conflict = manager.put(MUG, mug(10), if_match=1)

    assert (conflict.status, conflict.code, conflict.content["current"]) == (409, "VERSION_CONFLICT", None)
    assert manager.get("/admin/inventory/P-1").code == "PRODUCT_NOT_FOUND"


def test_a_sale_that_came_first_is_a_conflict_and_a_hold_is_none(manager: Caller, shop: Shop) -> None:
    version = manager.put(MUG, mug(10)).content["version"]
    shop.holds(("P-1", 1))
    after_a_hold = manager.put(MUG, mug(11), if_match=version)
    shop.sells(("P-1", 1))

    after_a_sale = manager.put(MUG, mug(12), if_match=after_a_hold.content["version"])

    assert (after_a_hold.status, after_a_hold.content["reserved"]) == (200, 1)
    assert (after_a_sale.status, after_a_sale.code) == (409, "VERSION_CONFLICT")
    shop.adds_up()


def test_units_that_are_reserved_stay(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    shop.holds(("P-1", 3))

    refused = manager.put(MUG, mug(2), if_match=1)

    assert (refused.status, refused.code) == (409, "BELOW_RESERVED")
    assert manager.put(MUG, mug(3), if_match=1).content["available"] == 0
    shop.adds_up()


def test_of_editors_at_once_one_wins_and_the_others_are_shown_what_they_missed(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    answers = at_once(*[lambda units=units: manager.put(MUG, mug(units), if_match=1) for units in range(20, 28)])

    [won] = [answer for answer in answers if answer.status == 200]
    lost = [answer for answer in answers if answer.status == 409]
    assert len(lost) == 7
    assert all(answer.content["current"]["version"] == 2 for answer in lost)
    assert shop.level().on_hand == won.content["on_hand"]
    shop.adds_up()


def test_of_those_who_create_a_level_at_once_one_does(manager: Caller, shop: Shop) -> None:
    answers = at_once(*[lambda: manager.put(MUG, mug(10))] * 8)

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    shop.adds_up()


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["on_hand", "name", "category", "low_stock_threshold", "reason"]),
        (mug(-1), ["on_hand"]),
        (mug(1_000_000_001), ["on_hand"]),
        (mug(1) | {"on_hand": 1.0, "low_stock_threshold": "2"}, ["on_hand", "low_stock_threshold"]),
        (mug(1) | {"on_hand": True}, ["on_hand"]),
        (mug(1, name=" ", category="a\nb", reason="x" * 201), ["name", "category", "reason"]),
        (mug(1, name="\ud800"), ["name"]),
        (mug(1, version=1), ["version"]),
        ([], ["(content)"]),
        (None, ["(content)"]),
    ],
)
def test_whatever_is_wrong_with_a_level_is_named(manager: Caller, content: Any, fields: list[str]) -> None:
    assert manager.put(MUG, content).invalid_fields == fields


@pytest.mark.parametrize("version", ["", "one", "*", "-1", 'W/"1"', "9" * 16])
def test_a_version_that_is_none_is_named(manager: Caller, version: str) -> None:
    assert manager.put(MUG, mug(), if_match=version).invalid_fields == ["If-Match"]


@pytest.mark.parametrize(
    ("path", "field"), [("/admin/inventory/P%201/main", "product_id"), ("/admin/inventory/P-1/-", "warehouse_id")]
)
def test_an_id_that_is_none_is_named(manager: Caller, path: str, field: str) -> None:
    assert manager.put(path, mug()).invalid_fields == [field]


# --- answers that get lost


def test_a_level_whose_answer_was_lost_is_created_once(manager: Caller, shop: Shop) -> None:
    with lost_responses(shop.client, "TransactWriteItems"):
        created = manager.put(MUG, mug(10))

    assert (created.status, created.content["version"]) == (201, 1)
    shop.adds_up()


@pytest.mark.parametrize("content", [mug(11), mug(10, name="Big mug")], ids=["units", "description"])
def test_a_change_whose_answer_was_lost_is_no_conflict_with_itself(
    manager: Caller, shop: Shop, content: dict[str, Any]
) -> None:
    manager.put(MUG, mug(10))

    with lost_responses(shop.client, "TransactWriteItems"):
        changed = manager.put(MUG, content, if_match=1)

    assert (changed.status, changed.content["version"]) == (200, 2)
    shop.adds_up()
