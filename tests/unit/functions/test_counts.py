"""What a count makes of a level, decided over plain values."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.errors import BelowReserved, DescriptionChanged, InvalidRequest
from inventory.model import UNITS_MAX, Level, iso
from inventory.stock.counts import (
    NOTHING,
    ChangeOutcome,
    Count,
    MovedSince,
    Plan,
    check_spares_reserved,
    plan_count,
)

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def at(minute: int) -> str:
    """So many minutes after noon."""
    return iso(NOON + timedelta(minutes=minute))


NOW = NOON + timedelta(hours=1)
DESCRIBED, COUNTED, LATER = at(5), at(10), at(20)
LEVEL = Level(
    product_id="P-1",
    warehouse_id="main",
    name="Mug",
    category="kitchen",
    on_hand=10,
    reserved=4,
    available=6,
    low_stock_threshold=3,
    version=5,
    updated_at=COUNTED,
    counted_as_of=COUNTED,
    described_at=DESCRIBED,
    edit_id="E-1",
)


def count(on_hand: int = 10, **content: Any) -> Count:
    """A count of the level, with its description."""
    return replace(Count("P-1", "main", "Mug", "kitchen", on_hand, 3), **content)


def plan(counted: Count, level: Level = LEVEL, moved: MovedSince = NOTHING) -> Plan:
    return plan_count(level, counted, moved, NOW)


# --- a new level


@pytest.mark.parametrize(("on_hand", "begins_low"), [(2, True), (3, True), (4, False)])
@pytest.mark.parametrize(("active", "is_active"), [(None, True), (True, True), (False, False)])
@pytest.mark.parametrize("as_of", [None, COUNTED])
def test_a_count_of_no_level_creates_one(
    on_hand: int, begins_low: bool, active: bool | None, is_active: bool, as_of: str | None
) -> None:
    counted = count(on_hand, active=active, as_of=as_of)

    created = Level(
        product_id="P-1",
        warehouse_id="main",
        name="Mug",
        category="kitchen",
        on_hand=on_hand,
        reserved=0,
        available=on_hand,
        low_stock_threshold=3,
        version=1,
        updated_at=iso(NOW),
        active=is_active,
        low_stock_alerted=begins_low,  # it has not become low
        counted_as_of=as_of or iso(NOW),
        described_at=iso(NOW),
    )
    assert plan_count(None, counted, NOTHING, NOW) == Plan(created, ChangeOutcome.CREATED, on_hand, is_marked=True)


def test_a_level_that_was_deleted_after_the_count_is_not_created_again() -> None:
    with pytest.raises(DescriptionChanged) as refused:
        plan_count(None, count(as_of=COUNTED), MovedSince(is_deleted=True), NOW)

    assert [error.field for error in refused.value.errors] == ["product_id"]


# --- units


@pytest.mark.parametrize("on_hand", [9, 11])
def test_other_units_are_a_change_that_is_counted_now(on_hand: int) -> None:
    delta = on_hand - 10

    assert plan(count(on_hand)) == Plan(
        replace(LEVEL, on_hand=on_hand, available=6 + delta, version=6, updated_at=iso(NOW), counted_as_of=iso(NOW)),
        ChangeOutcome.CHANGED,
        delta,
        is_marked=True,
    )


def test_the_same_units_change_nothing() -> None:
    assert plan(count()) == Plan(LEVEL, ChangeOutcome.UNCHANGED)


def test_a_later_moment_at_which_the_books_were_right_is_remembered() -> None:
    remembered = replace(LEVEL, counted_as_of=LATER)

    assert plan(count(as_of=LATER)) == Plan(remembered, ChangeOutcome.UNCHANGED, is_marked=True)
    assert plan(count(as_of=LATER), remembered) == Plan(remembered, ChangeOutcome.UNCHANGED)


@pytest.mark.parametrize(("as_of", "left"), [(at(9), 10), (at(10), 8), (at(11), 8)])
def test_of_two_counts_the_one_of_the_later_moment_holds(as_of: str, left: int) -> None:
    planned = plan(count(8, as_of=as_of))

    assert (planned.level.on_hand, planned.level.counted_as_of) == (left, max(as_of, COUNTED))


def test_a_count_of_an_earlier_moment_sets_the_description_alone() -> None:
    renamed = replace(LEVEL, name="Cup", version=6, updated_at=iso(NOW), described_at=iso(NOW))

    assert plan(count(8, name="Cup", as_of=at(8))) == Plan(renamed, ChangeOutcome.CHANGED)


def test_units_that_are_as_they_were_known_are_not_counted() -> None:
    assert plan(count(12, on_hand_was=12, as_of=LATER), moved=MovedSince(happened=-2)) == Plan(
        LEVEL, ChangeOutcome.UNCHANGED
    )


@pytest.mark.parametrize(
    ("counted", "left"),
    [
        (count(9), 9),
        (count(9, on_hand_was=12), 9),  # without a moment nothing happened after it
        (count(9, as_of=LATER), 9 - 3),
        (count(9, as_of=LATER, on_hand_was=12), 9 + (10 - 12) - 1),
        (count(9, as_of=LATER, on_hand_was=0), 9 + (10 - 0) - 1),
    ],
)
def test_what_happened_after_the_moment_is_added(counted: Count, left: int) -> None:
    moved = MovedSince(happened=-3, counted=1) if counted.as_of else NOTHING

    planned = plan(counted, moved=moved)

    assert (planned.level.on_hand, planned.delta) == (left, left - 10)


def test_a_level_that_was_never_counted_takes_a_count_of_any_moment() -> None:
    never = replace(LEVEL, counted_as_of=None)

    planned = plan(count(8, as_of=at(8)), never)

    assert (planned.level.on_hand, planned.level.counted_as_of) == (8, at(8))


def test_a_level_has_at_most_as_many_units_as_a_level_may_have() -> None:
    assert plan(count(UNITS_MAX)).level.on_hand == UNITS_MAX

    with pytest.raises(InvalidRequest) as refused:
        plan(count(UNITS_MAX + 1))

    assert [error.field for error in refused.value.errors] == ["on_hand"]


# --- what is reserved


@pytest.mark.parametrize(
    ("drift", "lowest"),
    [
        ({}, 4),
        ({"available": 2}, 8),  # two more are neither available nor reserved
        ({"reserved": 6, "available": 8}, 6),
    ],
    ids=["as it should be", "fewer are available", "more are reserved"],
)
def test_a_count_leaves_what_is_reserved_and_what_is_not_available(drift: dict[str, Any], lowest: int) -> None:
    level = replace(LEVEL, **drift)

    assert plan(count(lowest), level).level.on_hand == lowest
    with pytest.raises(BelowReserved, match=f"{lowest} units of P-1 in main are reserved: {lowest - 1} on hand"):
        plan(count(lowest - 1), level)


def test_a_level_whose_counters_have_drifted_can_get_more_units_or_stay_as_it_is() -> None:
    drifted = replace(LEVEL, reserved=2, available=-5)
    short = replace(LEVEL, reserved=12)

    check_spares_reserved(drifted, 10)
    check_spares_reserved(drifted, 11)
    assert plan(count(10), short).outcome is ChangeOutcome.UNCHANGED
    with pytest.raises(BelowReserved):
        plan(count(11), short)


def test_units_that_are_added_must_cover_what_is_reserved_and_allocated_together() -> None:
    drifted = replace(LEVEL, reserved=7, allocated=5, available=0)

    check_spares_reserved(drifted, 12)
    with pytest.raises(BelowReserved, match="12 units of P-1 in main are reserved or allocated: 11 on hand"):
        check_spares_reserved(drifted, 11)


# --- the description


@pytest.mark.parametrize("other", [{"name": "Cup"}, {"category": "table"}, {"low_stock_threshold": 9}], ids=str)
def test_another_description_is_a_change_that_counts_nothing(other: dict[str, Any]) -> None:
    described = replace(LEVEL, **other, version=6, updated_at=iso(NOW), described_at=iso(NOW))

    assert plan(count(**other)) == Plan(described, ChangeOutcome.CHANGED)


@pytest.mark.parametrize(("was", "is_sent"), [(True, False), (False, True)])
def test_a_level_is_retired_and_brought_back_without_a_new_description(was: bool, is_sent: bool) -> None:
    level = replace(LEVEL, active=was)

    assert plan(count(active=is_sent), level) == Plan(
        replace(level, active=is_sent, version=6, updated_at=iso(NOW)), ChangeOutcome.CHANGED
    )
    assert plan(count(active=was), level) == plan(count(), level) == Plan(level, ChangeOutcome.UNCHANGED)


@pytest.mark.parametrize(
    ("as_of", "described_at", "is_refused"),
    [
        (at(4), at(5), True),
        (at(5), at(5), False),
        (at(6), at(5), False),
        (None, at(5), False),
        (at(4), None, False),  # a level of the first edition
    ],
)
def test_a_description_that_was_changed_after_the_moment_is_not_overwritten(
    as_of: str | None, described_at: str | None, is_refused: bool
) -> None:
    level = replace(LEVEL, described_at=described_at, counted_as_of=None)
    counted = count(name="Cup", low_stock_threshold=9, as_of=as_of)

    if is_refused:
        with pytest.raises(DescriptionChanged) as refused:
            plan(counted, level)
        assert [error.field for error in refused.value.errors] == ["name", "low_stock_threshold"]
    else:
        assert plan(counted, level).level.name == "Cup"


def test_a_description_that_is_the_same_by_now_is_no_conflict() -> None:
    level = replace(LEVEL, described_at=at(30), counted_as_of=None)

    assert plan(count(8, as_of=LATER), level).outcome is ChangeOutcome.CHANGED


# --- whether the ledger must be read


@pytest.mark.parametrize(
    ("counted", "level", "since"),
    [
        (count(8), LEVEL, None),
        (count(8), None, None),
        (count(8, as_of=LATER), LEVEL, LATER),
        (count(8, as_of=LATER), None, LATER),
        (count(8, as_of=LATER, on_hand_was=8), LEVEL, None),
        (count(8, as_of=LATER, on_hand_was=8), None, LATER),  # was it deleted since?
        (count(8, as_of=at(9)), LEVEL, None),
        (count(8, as_of=at(10)), LEVEL, at(10)),
    ],
)
def test_the_ledger_is_read_only_if_its_movements_decide(
    counted: Count, level: Level | None, since: str | None
) -> None:
    assert counted.ledger_since(level) == since
