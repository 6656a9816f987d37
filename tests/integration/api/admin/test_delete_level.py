"""Retiring and deleting levels over HTTP."""

from dataclasses import replace

import pytest

from tests.support.http.gateway import Caller
from tests.support.http.levels import ADJUSTMENTS, MUG, mug
from tests.support.shop import Shop

LEVEL = "/admin/level"
KEY = {"product_id": "P-1", "warehouse_id": "main"}


def test_an_empty_level_is_deleted_and_the_same_call_again_answers_alike(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(0))

    answers = [manager.delete(LEVEL, if_match=1, **KEY) for _ in range(2)]

    assert [answer.status for answer in answers] == [204, 204]
    assert manager.get("/admin/inventory/P-1").code == "PRODUCT_NOT_FOUND"
    movements = manager.get("/admin/inventory/P-1/movements").content["items"]
    assert [(movement["kind"], movement["actor"]) for movement in movements] == [
        ("RECONCILED", "ada"),
        ("RECEIVED", "ada"),
    ]


def test_a_level_with_units_is_not_deleted(manager: Caller) -> None:
    manager.put(MUG, mug(3))

    refused = manager.delete(LEVEL, if_match=1, **KEY)

    assert (refused.status, refused.code) == (409, "NOT_EMPTY")


def test_a_deletion_of_another_version_shows_the_current_level(manager: Caller) -> None:
    manager.put(MUG, mug(0))
    current = manager.put(MUG, mug(0, name="Cup"), if_match=1)

    refused = manager.delete(LEVEL, if_match=1, **KEY)

    assert (refused.status, refused.code) == (409, "VERSION_CONFLICT")
    assert refused.content["current"] == current.content


def test_an_unknown_level_is_not_found_and_a_version_is_needed(manager: Caller) -> None:
    assert manager.delete(LEVEL, if_match=1, **KEY).code == "LEVEL_NOT_FOUND"
    assert manager.delete(LEVEL, **KEY).invalid_fields == ["If-Match"]
    assert manager.delete(LEVEL, if_match=1, warehouse_id="main").invalid_fields == ["product_id"]


def test_a_viewer_deletes_nothing(manager: Caller) -> None:
    viewer = replace(manager, groups="inventory-viewers")

    assert viewer.delete(LEVEL, if_match=1, **KEY).code == "FORBIDDEN"


def test_a_level_is_retired_and_brought_back(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    retired = manager.put(MUG, mug(10) | {"active": False}, if_match=1)

    assert (retired.status, retired.content["active"]) == (200, False)
    assert manager.get("/admin/inventory/P-1").content["items"] == [retired.content]
    assert manager.post(ADJUSTMENTS, {"delta": 1, "reason": "found"}, key="K-1").content["active"] is False
    assert manager.put(MUG, mug(11), if_match=3).content["active"] is True
    shop.adds_up()


def test_retired_levels_are_listed_apart_and_have_no_status_to_look_after(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)
    shop.stocks("P-2", on_hand=0)
    shop.retires("P-2")

    def listed(**query: str) -> list[str]:
        return [level["product_id"] for level in manager.get("/admin/inventory", **query).content["items"]]

    assert sorted(listed()) == ["P-1", "P-2"]
    assert (listed(active="true"), listed(active="false")) == (["P-1"], ["P-2"])
    assert listed(status="OUT_OF_STOCK") == ["P-1"]
    assert manager.get("/admin/overview").content["stock"] == {
        "levels": 1,
        "in_stock": 0,
        "low_stock": 0,
        "out_of_stock": 1,
    }
    assert manager.get("/admin/inventory", active="maybe").invalid_fields == ["active"]


@pytest.mark.parametrize("active", ["no", 0, None])
def test_active_is_true_or_false(manager: Caller, active: object) -> None:
    assert manager.put(MUG, mug(1) | {"active": active}).invalid_fields == ["active"]


def test_the_same_edit_again_is_answered_like_the_first(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    first = manager.put(MUG, mug(8), if_match=1)
    shop.sells(("P-1", 2))

    again = manager.put(MUG, mug(8), if_match=1)

    assert (first.status, again.status) == (200, 200)
    assert again.content["on_hand"] == 6, "the units that were sold since do not come back"
    assert manager.put(MUG, mug(9), if_match=1).code == "VERSION_CONFLICT"
    shop.adds_up()
