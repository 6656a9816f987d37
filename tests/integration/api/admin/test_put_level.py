"""Levels over HTTP: created, and changed with optimistic locking (If-Match)."""

from typing import Any

import pytest

from tests.support.fault_injection import lost_responses
from tests.support.http.gateway import Caller
from tests.support.http.levels import MUG, mug
from tests.support.shop import Shop, at_once


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
        "allocated": 0,
        "available": 2,
        "low_stock_threshold": 2,
        "status": "LOW_STOCK",
        "is_low": True,
        "active": True,
        "version": 2,
        "updated_at": "then",
        "shards": 1,
        "shards_wanted": 1,
    }
    shop.adds_up()


def test_a_version_may_be_quoted_as_an_entity_tag(manager: Caller) -> None:
    manager.put(MUG, mug(10))

    assert manager.put(MUG, mug(11), if_match='"1"').content["on_hand"] == 11


def test_an_edit_of_a_stale_version_is_a_conflict_that_shows_the_current_level(manager: Caller) -> None:
    manager.put(MUG, mug(10))
    latest = manager.put(MUG, mug(11), if_match=1)

    stale = manager.put(MUG, mug(12), if_match=1)
    blind = manager.put(MUG, mug(12))

    assert (stale.status, stale.code, stale.content["current"]) == (409, "VERSION_CONFLICT", latest.content)
    assert (blind.status, blind.code, blind.content["current"]) == (409, "VERSION_CONFLICT", latest.content)
    assert manager.get("/admin/inventory/P-1").content["items"] == [latest.content]


def test_an_edit_of_a_level_that_does_not_exist_is_a_conflict_without_a_current_level(manager: Caller) -> None:
    conflict = manager.put(MUG, mug(10), if_match=1)

    assert (conflict.status, conflict.code, conflict.content["current"]) == (409, "VERSION_CONFLICT", None)
    assert manager.get("/admin/inventory/P-1").code == "PRODUCT_NOT_FOUND"


def test_a_sale_before_the_edit_is_a_conflict_but_a_hold_is_not(manager: Caller, shop: Shop) -> None:
    version = manager.put(MUG, mug(10)).content["version"]
    shop.holds(("P-1", 1))
    after_a_hold = manager.put(MUG, mug(11), if_match=version)
    shop.sells(("P-1", 1))

    after_a_sale = manager.put(MUG, mug(12), if_match=after_a_hold.content["version"])

    assert (after_a_hold.status, after_a_hold.content["reserved"]) == (200, 1)
    assert (after_a_sale.status, after_a_sale.code) == (409, "VERSION_CONFLICT")
    shop.adds_up()


def test_a_count_below_the_reserved_units_is_refused(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    shop.holds(("P-1", 3))

    refused = manager.put(MUG, mug(2), if_match=1)

    assert (refused.status, refused.code) == (409, "BELOW_RESERVED")
    assert manager.put(MUG, mug(3), if_match=1).content["available"] == 0
    shop.adds_up()


def test_of_concurrent_edits_one_wins_and_the_others_are_conflicts(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    answers = at_once(*[lambda units=units: manager.put(MUG, mug(units), if_match=1) for units in range(20, 28)])

    [won] = [answer for answer in answers if answer.status == 200]
    lost = [answer for answer in answers if answer.status == 409]
    assert len(lost) == 7
    assert all(answer.content["current"]["version"] == 2 for answer in lost)
    assert shop.level().on_hand == won.content["on_hand"]
    shop.adds_up()


def test_of_concurrent_creations_of_a_level_one_wins(manager: Caller, shop: Shop) -> None:
    answers = at_once(*[lambda: manager.put(MUG, mug(10))] * 8)

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    shop.adds_up()


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["on_hand", "name", "category", "low_stock_threshold", "reason"]),
        (mug(-1), ["on_hand"]),
        (mug(1_000_000_001), ["on_hand"]),
        (mug(1) | {"on_hand": 1.5, "low_stock_threshold": "2"}, ["on_hand", "low_stock_threshold"]),
        (mug(1) | {"on_hand": True}, ["on_hand"]),
        (mug(1, name=" ", category="a\nb", reason="x" * 201), ["name", "category", "reason"]),
        (mug(1, name="\ud800"), ["name"]),
        (mug(1, version=1), ["version"]),
        ([], ["(content)"]),
        (None, ["(content)"]),
    ],
)
def test_every_invalid_field_of_a_level_is_named(manager: Caller, content: Any, fields: list[str]) -> None:
    assert manager.put(MUG, content).invalid_fields == fields


@pytest.mark.parametrize("version", ["", "one", "*", "-1", 'W/"1"', "9" * 16])
def test_an_invalid_version_is_named(manager: Caller, version: str) -> None:
    assert manager.put(MUG, mug(), if_match=version).invalid_fields == ["If-Match"]


@pytest.mark.parametrize(
    ("path", "field"), [("/admin/inventory/P%201%20/main", "product_id"), ("/admin/inventory/P-1/%0A", "warehouse_id")]
)
def test_an_invalid_id_is_named(manager: Caller, path: str, field: str) -> None:
    assert manager.put(path, mug()).invalid_fields == [field]


# --- lost responses


def test_a_creation_whose_response_is_lost_is_made_once(manager: Caller, shop: Shop) -> None:
    with lost_responses(shop.client, "TransactWriteItems"):
        created = manager.put(MUG, mug(10))

    assert (created.status, created.content["version"]) == (201, 1)
    shop.adds_up()


@pytest.mark.parametrize("content", [mug(11), mug(10, name="Big mug")], ids=["units", "description"])
def test_a_change_whose_response_is_lost_is_no_conflict_with_itself(
    manager: Caller, shop: Shop, content: dict[str, Any]
) -> None:
    manager.put(MUG, mug(10))

    with lost_responses(shop.client, "TransactWriteItems"):
        changed = manager.put(MUG, content, if_match=1)

    assert (changed.status, changed.content["version"]) == (200, 2)
    shop.adds_up()
