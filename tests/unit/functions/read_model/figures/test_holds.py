"""Active reservations and open refunds are sets: a change that comes again changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.model import RefundStatus, Status, iso
from inventory.read_model.entries import RefundEntry, ReservationEntry
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.holds import Active
from tests.support.read_model import A_REFUND, A_RESERVATION

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def held(name: str = "R-1", *, until: timedelta = timedelta(hours=1), status: Status = Status.HELD) -> ReservationEntry:
    """A reservation whose hold ends in some time."""
    return replace(A_RESERVATION, name=name, status=status, held_until=iso(NOW + until))


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([*Status, None])), max_size=30))
def test_the_active_ones_are_those_whose_last_change_says_so(changes: list[tuple[str, Status | None]]) -> None:
    counted = Counted()
    last: dict[str, Status | None] = {}
    for name, status in changes:
        entry = held(name, status=status) if status else None
        counted = Counted.decode(counted.after({name: entry}, {}).after({name: entry}, {}).encode())
        last[name] = status

    assert len(counted.active.ends) == sum(status in (Status.HELD, Status.PAID) for status in last.values())


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([*RefundStatus, None])), max_size=30))
def test_the_open_refunds_are_those_whose_last_change_says_so(changes: list[tuple[str, RefundStatus | None]]) -> None:
    counted = Counted()
    last: dict[str, RefundStatus | None] = {}
    for reference, status in changes:
        entry: RefundEntry | None = replace(A_REFUND, payment_reference=reference, status=status) if status else None
        counted = Counted.decode(counted.after({}, {("R-1", reference): entry}).encode())
        last[reference] = status

    assert len(counted.open_refunds) == sum(status is RefundStatus.OPEN for status in last.values())


@pytest.mark.parametrize(
    ("entry", "ending"),
    [
        (held(until=timedelta(minutes=15)), 1),
        (held(until=timedelta(minutes=15, seconds=1)), 0),
        (held(until=-timedelta(minutes=1)), 1),
        (held(until=timedelta(minutes=5), status=Status.PAID), 0),
        (replace(held(), held_until="soon"), 0),
        (replace(held(), held_until=None), 0),
    ],
    ids=["in 15 minutes", "later", "overdue", "paid", "unreadable", "without an end"],
)
def test_holds_that_end_within_15_minutes_are_counted(entry: ReservationEntry, ending: int) -> None:
    active = Active().after({"R-1": entry})

    assert active.ending_soon(NOW) == ending
    assert len(active.ends) == 1


def test_an_extended_hold_ends_later() -> None:
    active = Active().after({"R-1": held(until=timedelta(minutes=5))})

    assert active.after({"R-1": held(until=timedelta(hours=5))}).ending_soon(NOW) == 0
