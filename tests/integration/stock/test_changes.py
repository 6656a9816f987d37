"""Changes of stock by a manager: counts and adjustments, never below the reserved units, each with its movement."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import BelowReserved, InvalidRequest, LevelNotFound, TransientError, VersionConflict
from inventory.items import level_item
from inventory.model import UNITS_MAX, Adjustment, Level, LevelKey, iso
from inventory.stock import changes
from inventory.stock.changes import retry_on_conflict
from inventory.stock.counts import Count
from tests.support.aws_calls import recorded
from tests.support.fault_injection import hooked, just_before, lost_responses, partial_batch_read, throttled_after
from tests.support.shop import BY_HAND, Shop, at_once
from tests.support.shop.drift import tampers

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def ledger(shop: Shop) -> list[tuple[str, int]]:
    """The kind and delta of every movement, in order. Stored requests are left out, because they move nothing."""
    movements = sorted(shop.rows(shop.tables.movements), key=lambda movement: str(movement["movement_id"]))
    return [(movement["kind"], int(movement["delta"])) for movement in movements if movement["kind"] != "REQUEST"]


# --- counting


def test_a_first_count_creates_the_level(shop: Shop) -> None:
    counted = shop.stocks("P-1", on_hand=7, low_stock_threshold=2, name="Mug", category="kitchen")

    assert counted == shop.level("P-1")
    assert (counted.on_hand, counted.available, counted.reserved, counted.version) == (7, 7, 0, 1)
    assert ledger(shop) == [("RECEIVED", 7)]
    shop.adds_up()


def test_a_count_sets_the_units_on_hand_and_records_the_difference(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.holds(("P-1", 3))

    counted = shop.stocks("P-1", on_hand=5)

    assert counted == shop.level("P-1")
    assert (counted.on_hand, counted.available, counted.reserved) == (5, 2, 3)
    assert ledger(shop) == [("RECEIVED", 7), ("COUNTED", -2)]
    shop.adds_up()


def test_an_unchanged_count_writes_nothing(shop: Shop) -> None:
    first = shop.stocks("P-1", on_hand=7)

    with recorded(shop.client) as calls:
        again = shop.stocks("P-1", on_hand=7)

    assert again == first == shop.level("P-1")
    assert {call.operation for call in calls} == {"BatchGetItem"}
    assert ledger(shop) == [("RECEIVED", 7)]


def test_a_movement_says_who_changed_which_level_when_and_why(shop: Shop) -> None:
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=7)
    shop.stock_changes.adjust(Adjustment("A-1", "P-1", "main", -2, "broken", "RMA 7"), "ada", NOON)

    movements = sorted(shop.rows(shop.tables.movements), key=lambda movement: str(movement["kind"]))

    assert all(movement.pop("movement_id").startswith(iso(NOON)) for movement in movements)
    of_level = {"product_id": "P-1", "warehouse_id": "main", "moved_at": iso(NOON)}
    adjusted = {"kind": "ADJUSTED", "delta": -2, "actor": "ada", "reason": "broken", "reference": "RMA 7"}
    received = {"kind": "RECEIVED", "delta": 7, "actor": "inventory manager", "reason": "delivery"}
    assert movements == [of_level | adjusted, of_level | received]


def test_a_new_name_moves_no_stock_and_is_recorded_in_the_ledger(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, name="Mug")

    renamed = shop.stocks("P-1", on_hand=7, name="Cup", category="table", low_stock_threshold=3)

    assert renamed == shop.level("P-1")
    assert (renamed.name, renamed.category, renamed.low_stock_threshold, renamed.version) == ("Cup", "table", 3, 2)
    assert ledger(shop) == [("RECEIVED", 7), ("EDITED", 0)]
    shop.adds_up()


@pytest.mark.parametrize(
    "other", [{"name": "Cup"}, {"category": "table"}, {"low_stock_threshold": 3}], ids=lambda other: next(iter(other))
)
def test_each_description_of_a_level_can_be_edited_alone(shop: Shop, other: dict[str, Any]) -> None:
    shop.stocks("P-1", on_hand=7)

    shop.stocks("P-1", on_hand=7, **other)

    assert ledger(shop) == [("RECEIVED", 7), ("EDITED", 0)]


def test_a_new_name_with_a_new_count_is_one_movement(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    shop.stocks("P-1", on_hand=8, name="Cup")

    assert ledger(shop) == [("RECEIVED", 7), ("COUNTED", 1)]


def test_a_count_below_the_reserved_units_is_refused(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.holds(("P-1", 3))

    with pytest.raises(BelowReserved):
        shop.stocks("P-1", on_hand=2)

    assert shop.level("P-1").on_hand == 7
    shop.adds_up()


def test_a_count_of_exactly_the_reserved_units_is_accepted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.holds(("P-1", 3))

    counted = shop.stocks("P-1", on_hand=3)

    assert (counted.available, counted.reserved) == (0, 3)
    shop.adds_up()


def counts_at(shop: Shop, moment: datetime, on_hand: int) -> str:
    """Somebody counted P-1 at a moment, and the count arrives now."""
    counted = Count("P-1", "main", "Mug", "kitchen", on_hand, 0, as_of=iso(moment))
    return shop.stock_changes.count(counted, BY_HAND, shop.now()).value


def test_a_level_that_a_count_of_an_earlier_moment_creates_was_not_delivered_now(shop: Shop) -> None:
    shop.now = lambda: NOON

    assert counts_at(shop, NOON - timedelta(minutes=1), 7) == "CREATED"

    assert ledger(shop) == [("COUNTED", 7)]


def test_the_moment_of_a_count_that_confirms_the_books_is_kept_although_a_sale_comes_between(shop: Shop) -> None:
    moment = NOON + timedelta(minutes=1)
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=10)
    shop.now = lambda: moment + timedelta(minutes=1)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.sells(("P-1", 1))):
        outcome = counts_at(shop, moment, 10)

    assert outcome == "UNCHANGED"
    assert (shop.level().on_hand, shop.level().counted_as_of) == (9, iso(moment))


# --- editing a version


def edits(shop: Shop, version: int | None, on_hand: int = 7, **content: Any) -> tuple[Level, str]:
    """A manager edits the level as he read it."""
    edited = Count("P-1", "main", content.get("name", "Mug"), "kitchen", on_hand, 0)
    level, outcome = shop.stock_changes.put(edited, BY_HAND, version, shop.now())
    return level, outcome.value


def test_of_two_managers_who_create_the_same_level_one_learns_of_the_other(shop: Shop) -> None:
    created = edits(shop, version=None)

    with pytest.raises(VersionConflict, match="P-1 in warehouse main is at version 1") as refused:
        edits(shop, version=None)

    assert created == (shop.level(), "CREATED")
    assert refused.value.current == shop.level()
    assert ledger(shop) == [("RECEIVED", 7)]


def test_a_level_that_does_not_exist_cannot_be_edited(shop: Shop) -> None:
    with pytest.raises(VersionConflict, match="there is no stock level of P-1 in warehouse main") as refused:
        edits(shop, version=1)

    assert refused.value.current is None


def test_another_version_cannot_be_edited(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with pytest.raises(VersionConflict):
        edits(shop, version=2, name="Cup")

    assert shop.level().name == "Mug"


def test_the_same_edit_again_is_answered_with_the_level_now(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)
    first = edits(shop, version=1, name="Cup")
    shop.holds(("P-1", 2))

    again = edits(shop, version=1, name="Cup")

    assert (first[1], again) == ("CHANGED", (shop.level(), "CHANGED"))
    assert (again[0].available, again[0].version) == (5, 2)
    assert len(shop.level().edit_id or "") == 32
    assert ledger(shop) == [("RECEIVED", 7), ("EDITED", 0)]


def test_an_edit_that_holds_come_before_is_decided_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with (
        just_before(shop.client, "TransactWriteItems", lambda: shop.holds(("P-1", 5))),
        pytest.raises(BelowReserved, match="5 units"),
    ):
        edits(shop, version=1, on_hand=4)

    assert edits(shop, version=1, on_hand=5)[0].available == 0
    shop.adds_up()


def test_an_edit_is_answered_with_what_a_sale_left_of_it(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with just_before(shop.client, "BatchGetItem", lambda: shop.sells(("P-1", 2)), call=2):
        level, _ = edits(shop, version=1, name="Cup")

    assert level == shop.level()
    assert (level.on_hand, level.name) == (5, "Cup")


def test_an_edit_is_answered_as_it_was_written_if_the_level_is_deleted_right_after_it(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with just_before(shop.client, "BatchGetItem", lambda: shop.deletes("P-1", version=2), call=2):
        level, outcome = edits(shop, version=1, on_hand=0)

    assert (level.on_hand, level.version, outcome) == (0, 2, "CHANGED")
    assert shop.rows(shop.tables.inventory) == []


# --- adjusting


@pytest.mark.parametrize("delta", [+5, -5])
def test_an_adjustment_changes_the_units_on_hand_by_its_delta(shop: Shop, delta: int) -> None:
    shop.stocks("P-1", on_hand=7)

    adjusted = shop.adjusts(delta)

    assert adjusted == shop.level("P-1")
    assert (adjusted.on_hand, adjusted.available) == (7 + delta, 7 + delta)
    assert ledger(shop) == [("RECEIVED", 7), ("ADJUSTED", delta)]
    shop.adds_up()


@pytest.mark.parametrize("delta", [-5, -8])
def test_an_adjustment_removes_no_reserved_units(shop: Shop, delta: int) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.holds(("P-1", 3))

    with pytest.raises(BelowReserved):
        shop.adjusts(delta)

    assert ledger(shop) == [("RECEIVED", 7)]
    shop.adds_up()


def test_an_unknown_level_cannot_be_adjusted(shop: Shop) -> None:
    with pytest.raises(LevelNotFound):
        shop.adjusts(+1)

    assert ledger(shop) == []


def test_a_level_can_be_filled_by_an_adjustment_but_not_overfilled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    with pytest.raises(InvalidRequest) as refused:
        shop.adjusts(UNITS_MAX - 6)
    shop.adjusts(UNITS_MAX - 7)

    assert [error.field for error in refused.value.errors] == ["delta"]
    assert shop.level().on_hand == UNITS_MAX


def test_the_movements_of_a_day_add_up(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 4))
    shop.adjusts(+6)
    shop.times_out(shop.holds(("P-1", 2)))
    shop.sells(("P-1", 3))

    shop.stocks("P-1", on_hand=8)

    assert sorted(ledger(shop)) == [("ADJUSTED", 6), ("COUNTED", -1), ("RECEIVED", 10), ("SOLD", -4), ("SOLD", -3)]
    shop.adds_up()


# --- concurrency


@pytest.mark.parametrize("conflicts", [0, 1, ATTEMPTS_MAX - 1])
def test_a_change_is_tried_again_after_a_pause_that_grows(monkeypatch: pytest.MonkeyPatch, conflicts: int) -> None:
    pauses: list[int] = []
    monkeypatch.setattr(changes, "pause", pauses.append)
    attempts = iter([None] * conflicts + ["changed"])

    assert retry_on_conflict(lambda: next(attempts), LevelKey("P-1", "main")) == "changed"

    assert pauses == list(range(conflicts))


def test_a_level_that_keeps_changing_is_a_transient_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []
    monkeypatch.setattr(changes, "pause", pauses.append)

    with pytest.raises(TransientError, match="P-1 in main keeps changing"):
        retry_on_conflict(lambda: None, LevelKey("P-1", "main"))

    assert pauses == list(range(ATTEMPTS_MAX - 1))


def test_an_adjustment_is_written_at_once_although_the_level_is_sold_meanwhile(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)
    held = shop.holds(("P-1", 2))
    shop.pays(held)

    calls: list[str] = []

    with (
        hooked(shop.client, "before-call", lambda model, **_: calls.append(model.name)),
        just_before(shop.client, "TransactWriteItems", lambda: shop.commits(held)),
    ):
        adjusted = shop.adjusts(+5)

    assert adjusted.on_hand == 103
    assert calls.count("TransactWriteItems") == 2, "the sale, and one attempt of the adjustment"
    shop.adds_up()


@pytest.mark.parametrize(("delta", "sold"), [(+6, 4), (+1, 1), (-1, 3)])
def test_an_adjustment_that_a_sale_moves_to_the_other_side_of_the_threshold_alerts_or_rearms_rightly(
    shop: Shop, delta: int, sold: int
) -> None:
    shop.stocks("P-1", on_hand=8, low_stock_threshold=6)
    held = shop.holds(("P-1", sold))
    shop.pays(held)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.commits(held)):
        shop.adjusts(delta)
    shop.checks_low_stock(later=timedelta(hours=1))

    level = shop.level("P-1")
    assert level.on_hand == 8 - sold + delta
    assert level.low_stock_alerted == level.is_low
    shop.adds_up()


@pytest.mark.parametrize("column", ["on_hand", "low_stock_threshold"])
def test_an_edit_reads_again_what_a_tool_without_versions_has_changed(shop: Shop, column: str) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=3)
    level = shop.level("P-1")

    def another_tool_writes() -> None:
        other = replace(level, on_hand=8, available=8) if column == "on_hand" else replace(level, low_stock_threshold=9)
        shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level_item(other)))

    calls: list[str] = []
    with (
        hooked(shop.client, "before-call", lambda model, **_: calls.append(model.name)),
        just_before(shop.client, "TransactWriteItems", another_tool_writes),
    ):
        counted = shop.stocks("P-1", on_hand=12, low_stock_threshold=3)

    assert (counted.on_hand, counted.available, counted.low_stock_threshold) == (12, 12, 3)
    assert ledger(shop)[-1] == ("COUNTED", 12 - (8 if column == "on_hand" else 10))
    assert calls.count("TransactWriteItems") == 2


def test_concurrent_adjustments_all_count(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)

    at_once(*[lambda: shop.adjusts(+3), lambda: shop.adjusts(-2)] * 2)

    assert shop.level("P-1").on_hand == 102
    shop.adds_up()


def test_the_same_adjustment_made_at_once_is_made_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.adjusts(+3, request_id="A-1")):
        adjusted = shop.adjusts(+3, request_id="A-1")

    assert adjusted.on_hand == 13
    assert ledger(shop) == [("RECEIVED", 10), ("ADJUSTED", 3)]
    shop.adds_up()


def test_concurrent_first_counts_create_one_level(shop: Shop) -> None:
    at_once(*[lambda: shop.stocks("P-1", on_hand=7)] * 4)

    assert ledger(shop) == [("RECEIVED", 7)]
    shop.adds_up()


def test_the_same_edit_made_concurrently_is_made_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)

    at_once(*[lambda: shop.stocks("P-1", on_hand=7, name="Cup")] * 4)

    assert ledger(shop) == [("RECEIVED", 7), ("EDITED", 0)]
    assert shop.level("P-1").version == 2


def test_concurrent_adjustments_and_reservations_never_take_the_same_unit(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    at_once(*[lambda: shop.adjusts(-2), lambda: shop.reserves(("P-1", 2))] * 5)

    assert shop.level("P-1").available == 0
    shop.adds_up()


# --- lost responses


def counts(shop: Shop) -> Level:
    return shop.stocks("P-1", on_hand=12)


def counts_a_new_product(shop: Shop) -> Level:
    return shop.stocks("P-2", on_hand=12)


def adds(shop: Shop) -> Level:
    return shop.adjusts(+5)


def removes(shop: Shop) -> Level:
    return shop.adjusts(-5)


def renames(shop: Shop) -> Level:
    return shop.stocks("P-1", on_hand=7, name="Cup")


@pytest.mark.parametrize(
    "change", [counts, counts_a_new_product, adds, removes, renames], ids=lambda change: change.__name__
)
def test_a_change_whose_response_is_lost_is_made_once(shop: Shop, change: Callable[[Shop], Level]) -> None:
    shop.stocks("P-1", on_hand=7)

    with lost_responses(shop.client, "TransactWriteItems"):
        changed = change(shop)

    assert changed == shop.level(changed.product_id)
    assert len(ledger(shop)) == 2
    shop.adds_up()


def test_a_batch_read_with_unprocessed_keys_is_completed(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7)
    shop.stocks("P-2", on_hand=8)

    with partial_batch_read(shop.client):
        levels = shop.stock_store.levels([LevelKey("P-1", "main"), LevelKey("P-2", "main")])

    assert sorted(level.on_hand for level in levels) == [7, 8]


@pytest.mark.parametrize("change", [adds, removes], ids=lambda change: change.__name__)
def test_a_change_succeeds_even_if_its_alert_cannot_be_sent(shop: Shop, change: Callable[[Shop], Level]) -> None:
    before = shop.stocks("P-1", on_hand=7, low_stock_threshold=20)
    shop.now = lambda: NOON

    with throttled_after(shop.client, "TransactWriteItems"):
        changed = change(shop)

    units = 12 if change is adds else 2
    assert changed == replace(before, on_hand=units, available=units, version=2, updated_at=iso(NOON))
    assert changed == shop.level("P-1")


# --- written by another tool


def test_a_level_that_another_tool_wrote_can_be_counted_and_adjusted(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7)

    adjusted = shop.adjusts(-2)
    counted = shop.stocks("P-1", on_hand=9)

    assert (adjusted.on_hand, counted.on_hand, counted.available) == (5, 9, 9)
    assert ledger(shop) == [("ADJUSTED", -2), ("COUNTED", 4)]


def test_units_can_be_added_although_the_counters_have_drifted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=2)
    tampers(shop, reserved=3, available=-3)

    shop.adjusts(+8)

    level = shop.level("P-1")
    assert (level.on_hand, level.available, level.reserved) == (10, 7, 3)


def test_units_that_are_neither_available_nor_reserved_cannot_be_removed(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    tampers(shop, available=-5)

    with pytest.raises(BelowReserved, match="5 units"):
        shop.adjusts(-7)
