"""Stock by hand over HTTP: levels set and adjusted, and the ledger that says who did it."""

from typing import Any

import pytest

from inventory.aws.dynamodb import to_attributes
from tests.support.fault_injection import lost_answers
from tests.support.http.gateway import Caller
from tests.support.shop import Shop, at_once

MUG = "/admin/inventory/P-1/main"
ADJUSTMENTS = f"{MUG}/adjustments"


def mug(on_hand: int = 10, **more: Any) -> dict[str, Any]:
    """What a level is to be."""
    return {
        "on_hand": on_hand,
        "name": "Mug",
        "category": "kitchen",
        "low_stock_threshold": 2,
        "reason": "count",
    } | more


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
    assert manager.put(MUG, content).wrong_fields == fields


@pytest.mark.parametrize("version", ["", "one", "*", "-1", 'W/"1"', "9" * 16])
def test_a_version_that_is_none_is_named(manager: Caller, version: str) -> None:
    assert manager.put(MUG, mug(), if_match=version).wrong_fields == ["If-Match"]


@pytest.mark.parametrize(
    ("path", "field"), [("/admin/inventory/P%201/main", "product_id"), ("/admin/inventory/P-1/-", "warehouse_id")]
)
def test_an_id_that_is_none_is_named(manager: Caller, path: str, field: str) -> None:
    assert manager.put(path, mug()).wrong_fields == [field]


# --- adjusting


def test_an_adjustment_is_made_once_however_often_it_is_sent(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))
    taken_away = {"delta": -4, "reason": "broken", "reference": "RMA 7"}

    answers = [manager.post(ADJUSTMENTS, taken_away, key="K-1") for _ in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert [answer.content["on_hand"] for answer in answers] == [6] * 3
    shop.adds_up()


def test_an_adjustment_that_would_not_be_possible_any_more_is_known_all_the_same(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(5))
    manager.post(ADJUSTMENTS, {"delta": -5, "reason": "broken"}, key="K-1")

    again = manager.post(ADJUSTMENTS, {"delta": -5, "reason": "broken"}, key="K-1")

    assert (again.status, again.content["on_hand"]) == (200, 0)


def test_the_same_adjustment_at_once_is_made_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    answers = at_once(*[lambda: manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")] * 8)

    assert [(answer.status, answer.content["on_hand"]) for answer in answers] == [(200, 13)] * 8
    shop.adds_up()


def test_adjustments_at_once_all_count(manager: Caller, shop: Shop) -> None:
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
def test_a_key_that_was_used_for_something_else_is_a_conflict(
    manager: Caller, shop: Shop, path: str, other: dict[str, Any]
) -> None:
    for product_id, warehouse_id in (("P-1", "main"), ("P-1", "north"), ("P-2", "main")):
        shop.stocks(product_id, warehouse_id=warehouse_id)
    manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    conflict = manager.post(path, other, key="K-1")

    assert (conflict.status, conflict.code) == (409, "IDEMPOTENCY_CONFLICT")
    shop.adds_up()


def test_an_adjustment_leaves_what_is_reserved_and_a_refused_key_may_be_used_again(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(5))
    held = shop.holds(("P-1", 3))
    refused = manager.post(ADJUSTMENTS, {"delta": -3, "reason": "broken"}, key="K-1")
    shop.times_out(held)

    made = manager.post(ADJUSTMENTS, {"delta": -3, "reason": "broken"}, key="K-1")

    assert (refused.status, refused.code) == (409, "BELOW_RESERVED")
    assert (made.status, made.content["available"]) == (200, 2)
    shop.adds_up()


def test_an_adjustment_needs_a_level_a_key_and_room(manager: Caller, shop: Shop) -> None:
    unknown = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")
    shop.stocks("P-1", on_hand=1)

    assert (unknown.status, unknown.code) == (404, "LEVEL_NOT_FOUND")
    assert manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}).wrong_fields == ["Idempotency-Key"]
    assert manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="a b").wrong_fields == ["Idempotency-Key"]
    assert manager.post(ADJUSTMENTS, {"delta": 1_000_000_000, "reason": "x"}, key="K-1").wrong_fields == ["delta"]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["delta", "reason"]),
        ({"delta": 0, "reason": "x"}, ["delta"]),
        ({"delta": 1_000_000_001, "reason": "x"}, ["delta"]),
        ({"delta": "3", "reason": "x"}, ["delta"]),
        ({"delta": 3, "reason": ""}, ["reason"]),
        ({"delta": 3, "reason": "x", "reference": "ü"}, ["reference"]),
        ({"delta": 3, "reason": "x", "units": 3}, ["units"]),
    ],
)
def test_whatever_is_wrong_with_an_adjustment_is_named(manager: Caller, content: Any, fields: list[str]) -> None:
    assert manager.post(ADJUSTMENTS, content, key="K-1").wrong_fields == fields


def test_what_becomes_low_by_hand_is_alerted_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    for _ in range(2):
        manager.post(ADJUSTMENTS, {"delta": -8, "reason": "broken"}, key="K-1")

    assert [alert.subject for alert in shop.topics.low_stock] == ["Low stock: Mug"]


# --- answers that get lost


def test_a_level_whose_answer_was_lost_is_created_once(manager: Caller, shop: Shop) -> None:
    with lost_answers(shop.client, "TransactWriteItems"):
        created = manager.put(MUG, mug(10))

    assert (created.status, created.content["version"]) == (201, 1)
    shop.adds_up()


@pytest.mark.parametrize("content", [mug(11), mug(10, name="Big mug")], ids=["units", "description"])
def test_a_change_whose_answer_was_lost_is_no_conflict_with_itself(
    manager: Caller, shop: Shop, content: dict[str, Any]
) -> None:
    manager.put(MUG, mug(10))

    with lost_answers(shop.client, "TransactWriteItems"):
        changed = manager.put(MUG, content, if_match=1)

    assert (changed.status, changed.content["version"]) == (200, 2)
    shop.adds_up()


def test_an_adjustment_whose_answer_was_lost_is_made_once(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10))

    with lost_answers(shop.client, "TransactWriteItems"):
        adjusted = manager.post(ADJUSTMENTS, {"delta": 3, "reason": "found"}, key="K-1")

    assert (adjusted.status, adjusted.content["on_hand"]) == (200, 13)
    shop.adds_up()


# --- the ledger


def test_the_ledger_tells_who_changed_what_and_why_newest_first(manager: Caller, shop: Shop) -> None:
    manager.put(MUG, mug(10, reason="delivery"))
    sold = shop.holds(("P-1", 1))
    shop.pays(sold)
    shop.commits(sold)
    manager.post(ADJUSTMENTS, {"delta": -4, "reason": "broken", "reference": "RMA 7"}, key="K-1")
    manager.put(MUG, mug(6, reason="count"), if_match=3)
    manager.put(MUG, mug(6, name="Cup", reason="renamed by its maker"), if_match=4)

    ledger = manager.get("/admin/inventory/P-1/movements").content

    told = [
        (entry["kind"], entry["delta"], entry["actor"], entry["reason"], entry["reference"])
        for entry in ledger["items"]
    ]
    assert told == [
        ("EDITED", 0, "ada", "renamed by its maker", None),
        ("COUNTED", 1, "ada", "count", None),
        ("ADJUSTED", -4, "ada", "broken", "RMA 7"),
        ("SOLD", -1, "checkout", "sold", sold.reservation_id),
        ("RECEIVED", 10, "ada", "delivery", None),
    ]
    assert ledger["cursor"] is None
    assert set(ledger["items"][0]) == {
        *("product_id", "warehouse_id", "movement_id", "moved_at", "kind", "delta", "actor", "reason", "reference")
    }


def test_the_ledger_is_read_page_by_page(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    for _ in range(6):
        shop.adjusts(+1)

    first = manager.get("/admin/inventory/P-1/movements", limit="3").content
    second = manager.get("/admin/inventory/P-1/movements", limit="3", cursor=first["cursor"]).content
    third = manager.get("/admin/inventory/P-1/movements", limit="3", cursor=second["cursor"]).content

    pages = [first["items"], second["items"], third["items"]]
    moments = [entry["movement_id"] for page in pages for entry in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert moments == sorted(set(moments), reverse=True)
    assert third["cursor"] is None


@pytest.mark.parametrize("wrong", [{"kind": "GIVEN_AWAY"}, {"delta": "many"}, {"reason": None}], ids=str)
def test_a_movement_that_another_tool_wrote_wrongly_does_not_stand_in_the_way(
    manager: Caller, shop: Shop, wrong: dict[str, Any]
) -> None:
    shop.stocks("P-1", on_hand=10)
    [row] = shop.rows(shop.tables.movements)
    for moment in ("2026-01-01", "2099-01-01"):
        item = to_attributes(row | {"movement_id": f"{moment}#tool"} | wrong)
        shop.client.put_item(TableName=shop.tables.movements, Item=item)

    first = manager.get("/admin/inventory/P-1/movements", limit="2").content
    second = manager.get("/admin/inventory/P-1/movements", limit="2", cursor=first["cursor"] or "").content

    assert [entry["kind"] for entry in first["items"]] == ["RECEIVED"]
    assert second["cursor"] is None or first["cursor"] is None


def test_a_product_without_movements_has_an_empty_ledger(manager: Caller) -> None:
    assert manager.get("/admin/inventory/P-9/movements").content == {"items": [], "cursor": None}
