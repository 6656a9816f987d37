"""Writes of levels: what was read and has changed since is not written over, and what was written is known again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import Write
from inventory.errors import LevelUnreadable
from inventory.items import level_item
from inventory.model import UNITS_MAX, Adjustment, Level, LevelKey, Movement, MovementKind, iso
from inventory.stock.batch import Batch, BatchRow, BatchStore, Decision
from inventory.stock.counts import ChangeOutcome
from tests.support.fault_injection import hooked
from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row, tampers

KEY = LevelKey("P-1", "main")
NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
LATER = NOON + timedelta(minutes=5)
DECISION = Decision(ChangeOutcome.CREATED)


def a_level(**content: Any) -> Level:
    """Ten units, whose alert is due at three."""
    return replace(Level("P-1", "main", "Mug", "kitchen", 10, 0, 10, 3, version=1, updated_at=iso(NOON)), **content)


def written(shop: Shop, **content: Any) -> Level:
    """Another tool wrote the level's row."""
    level = a_level(**content)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level_item(level)))
    return level


def row(shop: Shop) -> dict[str, Any]:
    """The level's row as it is stored."""
    [found] = shop.rows(shop.tables.inventory)
    return found


def movement(delta: int = 0, kind: MovementKind = MovementKind.COUNTED, movement_id: str = "M-1") -> Movement:
    return Movement("P-1", "main", movement_id, iso(LATER), kind, delta, "ada", "counted")


def creates(shop: Shop, *more: Write, movement_id: str = "M-1") -> bool:
    received = movement(+10, MovementKind.RECEIVED, movement_id)
    return shop.stock_store.create_level(a_level(), received, more)


def adjusts(shop: Shop, read: Level, delta: int, movement_id: str = "M-1") -> bool:
    adjustment = Adjustment(movement_id, "P-1", "main", delta, "found")
    made = shop.calls.made(adjustment, read, LATER)
    return shop.stock_store.adjust_level(read, delta, movement(delta, MovementKind.ADJUSTED, movement_id), made)


def edits(shop: Shop, read: Level, movement_id: str = "M-1", **content: Any) -> bool:
    changed = replace(read, updated_at=iso(LATER), **content)
    delta = changed.on_hand - read.on_hand
    return shop.stock_store.change_level(read, changed, movement(delta, movement_id=movement_id))


def marks(shop: Shop, read: Level, moment: datetime = LATER, *more: Write) -> bool:
    return shop.stock_store.mark_counted(read, replace(read, counted_as_of=iso(moment)), more)


# --- what has changed since it was read


CHANGES: dict[str, dict[str, Any]] = {
    "version": {"version": 2},
    "on_hand": {"on_hand": 11},
    "low_stock_threshold": {"low_stock_threshold": 4},
    "name": {"name": "Cup"},
    "category": {"category": "table"},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("write", [edits, marks])
def test_a_level_that_is_not_as_it_was_read_is_not_written_over(
    shop: Shop, write: Callable[[Shop, Level], bool], changed: dict[str, Any]
) -> None:
    read = written(shop)
    written(shop, **changed)
    before = row(shop)

    assert not write(shop, read)

    assert row(shop) == before
    assert shop.rows(shop.tables.movements) == []


@pytest.mark.parametrize(
    "write", [edits, marks, lambda shop, read: adjusts(shop, read, +1)], ids=["edits", "marks", "adjusts"]
)
def test_a_level_that_was_deleted_since_it_was_read_is_not_written(
    shop: Shop, write: Callable[[Shop, Level], bool]
) -> None:
    read = written(shop)
    deletes_row(shop)

    assert not write(shop, read)

    assert shop.rows(shop.tables.inventory) == shop.rows(shop.tables.movements) == []


@pytest.mark.parametrize("counted", [{"on_hand": 8}, {}], ids=["other units", "the same units"])
@pytest.mark.parametrize("before", [None, iso(NOON)], ids=["never counted", "counted before"])
def test_of_two_counts_that_read_the_same_level_one_is_written(
    shop: Shop, before: str | None, counted: dict[str, Any]
) -> None:
    read = written(shop, counted_as_of=before)
    assert marks(shop, read, LATER)
    moment = iso(LATER - timedelta(minutes=1))

    if counted:
        assert not edits(shop, read, counted_as_of=moment, **counted)
    else:
        assert not marks(shop, read, LATER - timedelta(minutes=1))

    assert row(shop) == level_item(replace(read, counted_as_of=iso(LATER)))


def test_an_edit_that_counts_nothing_keeps_the_moment_of_a_count_meanwhile(shop: Shop) -> None:
    read = written(shop, counted_as_of=iso(NOON))
    assert marks(shop, read, LATER)

    assert edits(shop, read, name="Cup", described_at=iso(LATER))

    edited = replace(read, name="Cup", version=2, updated_at=iso(LATER), described_at=iso(LATER))
    assert row(shop) == level_item(replace(edited, counted_as_of=iso(LATER)))


def test_units_that_are_held_after_the_level_was_read_are_not_removed(shop: Shop) -> None:
    read = written(shop)
    shop.holds(("P-1", 6))

    assert not edits(shop, read, on_hand=5)
    assert not adjusts(shop, read, -5, movement_id="M-2")
    assert edits(shop, read, on_hand=6, available=6, movement_id="M-3")

    assert (shop.level().on_hand, shop.level().available, shop.level().reserved) == (6, 0, 6)


@pytest.mark.parametrize("write", [lambda shop, read: adjusts(shop, read, +8), edits], ids=["adds", "renames"])
def test_a_level_can_be_changed_although_more_is_reserved_than_it_has(
    shop: Shop, write: Callable[[Shop, Level], bool]
) -> None:
    written(shop)
    tampers(shop, reserved=30, available=-30)

    assert write(shop, shop.level())


# --- deleting


@pytest.mark.parametrize(
    "changed",
    [{"on_hand": 1}, {"reserved": 1}, {"available": 1}, {"version": 2}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_level_that_was_read_without_units_and_has_changed_since_is_not_deleted(
    shop: Shop, changed: dict[str, Any]
) -> None:
    read = written(shop, on_hand=0, available=0)
    written(shop, **({"on_hand": 0, "available": 0} | changed))

    assert not shop.stock_store.delete_level(read, [movement(kind=MovementKind.RECONCILED)])

    assert len(shop.rows(shop.tables.inventory)) == 1
    assert shop.rows(shop.tables.movements) == []


# --- adjusting


@pytest.mark.parametrize(
    ("delta", "changed"),
    [
        (+1, {"low_stock_threshold": 4}),
        (-2, {"on_hand": 5}),  # 3 would be left: it becomes low, although it was read as one that does not
        (-8, {"on_hand": 12, "available": 12}),  # 4 would be left, although it was read as one that becomes low
    ],
)
def test_an_adjustment_is_decided_again_if_it_moves_a_level_to_another_side_of_the_threshold_than_it_was_read(
    shop: Shop, delta: int, changed: dict[str, Any]
) -> None:
    read = written(shop)
    written(shop, **changed)
    before = row(shop)

    assert not adjusts(shop, read, delta)

    assert row(shop) == before
    assert shop.rows(shop.tables.movements) == shop.rows(shop.tables.idempotency) == []


@pytest.mark.parametrize(("on_hand", "is_written"), [(UNITS_MAX - 5, True), (UNITS_MAX - 4, False)])
def test_an_adjustment_leaves_at_most_as_many_units_as_a_level_may_have(
    shop: Shop, on_hand: int, is_written: bool
) -> None:
    read = written(shop)
    written(shop, on_hand=on_hand, available=on_hand)

    assert adjusts(shop, read, +5) == is_written

    assert shop.level().on_hand == on_hand + (5 if is_written else 0)


def test_an_adjustment_that_leaves_a_level_low_keeps_its_pending_alert(shop: Shop) -> None:
    written(shop, on_hand=1, available=1)
    shop.stock_store.claim_alert(shop.level(), "A", NOON)

    assert adjusts(shop, shop.level(), +2)

    left = a_level(on_hand=3, available=3, version=2, updated_at=iso(LATER))
    alerted = replace(left, low_stock_alerted=True, low_stock_alert_by="A")
    assert row(shop) == level_item(alerted) | {"low_stock_alert_at": iso(NOON)}


@pytest.mark.parametrize(("threshold", "is_armed"), [(9, True), (10, False)])
def test_an_edit_rearms_the_alert_only_above_the_threshold(shop: Shop, threshold: int, is_armed: bool) -> None:
    written(shop, low_stock_threshold=20, low_stock_alerted=True)

    assert edits(shop, shop.level(), low_stock_threshold=threshold)

    assert shop.level().low_stock_alerted != is_armed


# --- what was written before


def test_a_write_that_was_made_before_is_known_by_its_movement(shop: Shop) -> None:
    assert creates(shop)
    assert creates(shop)
    read = shop.level()

    assert adjusts(shop, read, -10, "M-2")
    assert adjusts(shop, read, -10, "M-2")
    left = shop.level()
    assert edits(shop, left, "M-3", name="Cup")
    assert edits(shop, left, "M-3", name="Cup")

    assert (shop.level().on_hand, shop.level().name, shop.level().version) == (0, "Cup", 3)
    assert len(shop.rows(shop.tables.movements)) == 3


def test_another_write_is_not_taken_for_one_that_was_made_before(shop: Shop) -> None:
    read = written(shop)
    assert edits(shop, read, "M-1", name="Cup")

    assert not edits(shop, read, "M-2", name="Cup")
    assert not creates(shop, movement_id="M-3")

    assert [found["movement_id"] for found in shop.rows(shop.tables.movements)] == ["M-1"]


def test_a_movement_is_never_written_over(shop: Shop) -> None:
    read = written(shop)
    assert edits(shop, read, "M-1", name="Cup")

    edits(shop, shop.level(), "M-1", on_hand=12)

    [found] = shop.rows(shop.tables.movements)
    assert (found["delta"], shop.level().on_hand) == (0, 10)


def test_a_level_is_not_created_for_a_row_of_a_file_that_was_decided_before(shop: Shop) -> None:
    batches = BatchStore(shop.client, shop.tables)
    line = BatchRow(Batch("IMPORT", LATER), 2)
    batches.decide(line, DECISION, NOON)

    assert not creates(shop, batches.write_of(line, DECISION, LATER))

    assert shop.rows(shop.tables.inventory) == []


def test_a_level_that_exists_in_another_form_is_not_created(shop: Shop) -> None:
    broken = to_attributes({"product_id": "P-1", "warehouse_id": "main", "on_hand": "many"})
    shop.client.put_item(TableName=shop.tables.inventory, Item=broken)

    with pytest.raises(LevelUnreadable, match="P-1 in main"):
        creates(shop)


# --- alerts


def low(shop: Shop, **content: Any) -> Level:
    """A level that has become low, whose alert nobody has claimed."""
    return written(shop, **({"on_hand": 3, "available": 3} | content))


def test_an_alert_is_claimed_once_and_not_again_after_it_was_sent(shop: Shop) -> None:
    low(shop)

    claimed = shop.stock_store.claim_alert(shop.level(), "A", NOON)
    by_another = shop.stock_store.claim_alert(shop.level(), "B", LATER)
    again = shop.stock_store.claim_alert(shop.level(), "A", LATER)
    assert row(shop)["low_stock_alert_at"] == iso(NOON)
    shop.stock_store.settle_alert(KEY, "A")
    afterwards = shop.stock_store.claim_alert(shop.level(), "B", LATER)

    assert claimed == again == replace(shop.level(), low_stock_alert_by="A")
    assert (by_another, afterwards) == (None, None)
    assert row(shop) == level_item(a_level(on_hand=3, available=3, low_stock_alerted=True))


def test_only_its_claimant_settles_an_alert(shop: Shop) -> None:
    low(shop)
    shop.stock_store.claim_alert(shop.level(), "A", NOON)

    shop.stock_store.settle_alert(KEY, "B")

    assert shop.level().low_stock_alert_by == "A"


def test_of_two_that_take_over_an_overdue_alert_one_gets_it(shop: Shop) -> None:
    low(shop)
    overdue = shop.stock_store.claim_alert(shop.level(), "A", NOON)
    assert overdue

    first = shop.stock_store.take_over_alert(overdue, "B", NOON, LATER)
    second = shop.stock_store.take_over_alert(overdue, "C", LATER, LATER)

    assert (first, second) == (replace(overdue, low_stock_alert_by="B"), None)
    assert (row(shop)["low_stock_alert_by"], row(shop)["low_stock_alert_at"]) == ("B", iso(LATER))


def test_an_alert_is_overdue_from_its_moment_on(shop: Shop) -> None:
    low(shop)
    pending = shop.stock_store.claim_alert(shop.level(), "A", NOON)
    assert pending

    assert not shop.stock_store.take_over_alert(pending, "B", NOON - timedelta(milliseconds=1), LATER)
    assert list(shop.stock_store.levels_with_pending_alert(NOON - timedelta(milliseconds=1))) == []
    assert list(shop.stock_store.levels_with_pending_alert(NOON)) == [pending]


@pytest.mark.parametrize("wrong", [None, {"name": 5}], ids=["deleted", "in another form"])
def test_the_alert_of_a_level_that_is_gone_or_cannot_be_read_is_not_claimed(
    shop: Shop, wrong: dict[str, Any] | None
) -> None:
    level = low(shop)
    read = shop.level()
    deletes_row(shop)
    if wrong:
        broken = to_attributes(level_item(level) | wrong)
        shop.client.put_item(TableName=shop.tables.inventory, Item=broken)

    assert shop.stock_store.claim_alert(read, "A", NOON) is None

    assert len(shop.rows(shop.tables.inventory)) == (1 if wrong else 0)


@pytest.mark.parametrize(("on_hand", "is_armed"), [(2, False), (3, False), (4, True)])
def test_an_alert_is_rearmed_only_above_the_threshold(shop: Shop, on_hand: int, is_armed: bool) -> None:
    written(shop, on_hand=on_hand, available=on_hand, low_stock_alerted=True)

    shop.stock_store.rearm(shop.level())

    assert shop.level().low_stock_alerted != is_armed


@pytest.mark.parametrize(
    ("on_hand", "alerted", "is_pending"),
    [
        (2, False, True),
        (3, False, True),
        (4, False, False),
        (2, True, False),
        (3, True, False),
        (4, True, True),  # a tool raised the stock, and the alert was not rearmed
    ],
)
def test_an_alert_is_pending_if_it_does_not_fit_the_units(
    shop: Shop, on_hand: int, alerted: bool, is_pending: bool
) -> None:
    level = written(shop, on_hand=on_hand, available=on_hand, low_stock_alerted=alerted)

    assert list(shop.stock_store.levels_with_pending_alert(NOON)) == ([level] if is_pending else [])


@pytest.mark.parametrize(
    ("content", "is_returned"),
    [
        ({"on_hand": 3, "low_stock_alerted": False}, True),
        ({"on_hand": 4, "low_stock_alerted": False}, False),
        ({"on_hand": 3, "low_stock_alerted": True}, False),
        ({"on_hand": 4, "low_stock_alerted": True}, True),
        ({"on_hand": 4, "low_stock_alerted": False, "allocated": 0}, False),
        ({"on_hand": 5, "low_stock_alerted": False, "allocated": 1}, True),
    ],
    ids=["low", "above", "alerted", "not rearmed", "without allocated units", "with an allocated unit"],
)
def test_the_check_of_alerts_reads_only_levels_whose_alert_may_be_pending(
    shop: Shop, content: dict[str, Any], is_returned: bool
) -> None:
    written(shop, available=content["on_hand"])
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row(shop) | content))

    counts: list[int] = []
    with hooked(shop.client, "after-call.dynamodb.Scan", lambda parsed, **_: counts.append(parsed["Count"])):
        list(shop.stock_store.levels_with_pending_alert(NOON))

    assert counts == [is_returned]


@pytest.mark.parametrize("allocated", [0, 1])
def test_an_alert_that_is_claimed_is_not_pending_yet(shop: Shop, allocated: int) -> None:
    low(shop)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row(shop) | {"allocated": allocated}))
    assert shop.stock_store.claim_alert(shop.level(), "A", LATER)

    assert list(shop.stock_store.levels_with_pending_alert(NOON)) == []
    assert [level.key for level in shop.stock_store.levels_with_pending_alert(LATER)] == [shop.level().key]
