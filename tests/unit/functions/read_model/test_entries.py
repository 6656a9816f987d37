"""What the read model keeps of a row, and how it is stored."""

import json
from dataclasses import replace
from typing import Any

import pytest

from inventory.items import UNREADABLE
from inventory.model import Level, Refund, Reservation, Shortage, Status, StockStatus
from inventory.read_model.entries import (
    ALERT_CLAIMED,
    ALERTED,
    SETTINGS_PENDING,
    Change,
    Entry,
    Kind,
    LevelEntry,
    RefundEntry,
    ReservationEntry,
    to_change,
)
from tests.support.read_model import A_LEVEL, A_REFUND, A_RESERVATION, AN_EXECUTION, AT

REJECTED = replace(A_RESERVATION, status=Status.REJECTED, shortages=(("P-1", 3, 1), ("P-2", 1, 0)))
LEVEL = Level("P-1", "main", "Mug", "kitchen", 10, 3, 7, 2, 4, AT)

ENTRIES = [
    (Kind.LEVELS, A_LEVEL),
    (Kind.RESERVATIONS, A_RESERVATION),
    (Kind.RESERVATIONS, REJECTED),
    (Kind.REFUNDS, A_REFUND),
    (Kind.EXECUTIONS, AN_EXECUTION),
]
NAMES = ["level", "reservation", "rejected", "refund", "execution"]


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=NAMES)
def test_a_change_is_read_as_it_was_written(kind: Kind, entry: Entry) -> None:
    change = Change(12, entry.entry_key, entry)

    assert to_change(kind, json.loads(json.dumps(change.to_list()))) == change


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=NAMES)
def test_a_removal_is_read_as_it_was_written(kind: Kind, entry: Entry) -> None:
    change: Change[Any] = Change(12, entry.entry_key, None)

    assert to_change(kind, json.loads(json.dumps(change.to_list()))) == change


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=NAMES)
@pytest.mark.parametrize("wrong", [{}, [], "text", None, 1.5])
def test_an_entry_with_a_value_of_another_type_is_unreadable(kind: Kind, entry: Entry, wrong: object) -> None:
    values = [wrong, *entry.to_list()[1:]]

    with pytest.raises(UNREADABLE):
        to_change(kind, [1, list(entry.entry_key), values if wrong != "text" else values[1:]])


@pytest.mark.parametrize("change", [None, [], [1, ["P-1", "main"]], ["1", ["P-1", "main"], None], [1, ["P-1"], None]])
def test_what_is_no_change_is_unreadable(change: object) -> None:
    with pytest.raises(UNREADABLE):
        to_change(Kind.LEVELS, change)


def test_a_level_keeps_its_figures_and_the_state_of_its_alert() -> None:
    level = replace(LEVEL, allocated=1, low_stock_alerted=True, low_stock_alert_by="somebody", settings_pending=3)

    entry = LevelEntry.of(level)

    assert (entry.on_hand, entry.reserved, entry.allocated, entry.available) == (10, 3, 1, 7)
    assert entry.alert == ALERTED | ALERT_CLAIMED | SETTINGS_PENDING
    assert LevelEntry.of(LEVEL).alert == 0


@pytest.mark.parametrize("on_hand", [0, 2, 3])
@pytest.mark.parametrize("available", [-1, 0, 2, 3])
def test_an_entry_has_the_status_of_its_level(on_hand: int, available: int) -> None:
    level = replace(LEVEL, on_hand=on_hand, available=available)

    entry = LevelEntry.of(level)

    assert (entry.status, entry.is_low, entry.key) == (level.status, level.is_low, level.key)
    assert entry.status in StockStatus


def test_only_a_rejected_reservation_keeps_its_shortages() -> None:
    short = Shortage("P-1", None, 3, 1)
    held = Reservation("R-1", Status.HELD, (), 900, AT, shortages=(short,))

    assert ReservationEntry.of(held).shortages == ()
    assert ReservationEntry.of(held.rejected((short,))).shortages == (("P-1", 3, 1),)


def test_a_refund_is_known_by_the_name_of_its_reservation() -> None:
    entry = RefundEntry.of(Refund("an id with spaces", "pay-1", AT))

    assert entry.reservation_id.startswith("k-")
    assert entry.entry_key == (entry.reservation_id, "pay-1")
