"""Decisions by hour: each counts once, whenever it was written, followed and merged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.model import Status, iso
from inventory.read_model.entries import ReservationEntry
from inventory.read_model.figures.outcomes import OUTCOMES, Outcomes, bounds_of, cells_to_count, recounted
from inventory.read_model.figures.times import beginning_of, cell_of, moment_of
from tests.support.read_model import A_RESERVATION

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def decided(status: Status, at: datetime, name: str = "R-1", *, ago: timedelta = MINUTE) -> ReservationEntry:
    """A reservation that was decided at a time, and created some time before."""
    end = None if status is Status.RELEASED else iso(at)
    return replace(
        A_RESERVATION, name=name, status=status, created_at=iso(at - ago), decided_at=iso(at), held_until=end
    )


class Day:
    """A day in a shop: what was decided, what the journal has of it, and a read model that counts it."""

    def __init__(self) -> None:
        self.now = NOON
        self.rows: dict[str, ReservationEntry] = {}
        self.journal: list[ReservationEntry] = []
        self.counted = Outcomes()

    def decides(self, status: Status, name: str) -> None:
        self._writes(decided(status, self.now, name))

    def is_paid_late(self, status: Status) -> None:
        """A payment comes for some reservation that was released."""
        released = sorted(name for name, row in self.rows.items() if row.status is Status.RELEASED)
        if released:
            row = self.rows[released[0]]
            self._writes(replace(row, status=status, decided_at=iso(self.now), held_until=None))

    def merges(self) -> None:
        changed = {entry.name: entry for entry in self.journal}
        self.journal.clear()
        cells = cells_to_count(self.counted, changed.values(), self.now)
        counts = {status: {cell: self.count(status, cell) for cell in cells[status]} for status in OUTCOMES}
        self.counted = Outcomes.from_json(recounted(self.counted, changed, counts, self.now).to_json())

    def count(self, status: Status, cell: int) -> int:
        since, until = bounds_of(cell, self.now)
        times = [moment_of(row.decided_at or "") for row in self.rows.values() if row.status is status]
        return sum(since <= time < until for time in times)

    def shown(self) -> Mapping[Status, Counter[datetime]]:
        return self.counted.after({entry.name: entry for entry in self.journal}).by_hour(hours(self.now))

    def true(self) -> Mapping[Status, Counter[datetime]]:
        found: dict[Status, Counter[datetime]] = {status: Counter() for status in OUTCOMES}
        for row in self.rows.values():
            time = moment_of(row.decided_at or "")
            found[row.status][time.replace(minute=0, second=0, microsecond=0)] += 1
        return {status: Counter({hour: found[status][hour] for hour in hours(self.now)}) for status in OUTCOMES}

    def _writes(self, row: ReservationEntry) -> None:
        self.rows[row.name] = row
        self.journal.append(row)


def hours(now: datetime) -> Sequence[datetime]:
    """The last 24 hours."""
    this = now.replace(minute=0, second=0, microsecond=0)
    return [this - timedelta(hours=ago) for ago in range(24)]


STEPS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("decide"), st.just(Status.RELEASED)),
    st.tuples(st.just("pay late"), st.sampled_from([Status.COMMITTED, Status.UNFULFILLED])),
    st.tuples(st.just("wait"), st.sampled_from([SECOND, 14 * SECOND, 16 * SECOND, 4 * MINUTE, 7 * 60 * MINUTE])),
    st.tuples(st.just("merge"), st.none()),
    st.tuples(st.just("repeat"), st.none()),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(STEPS, max_size=40))
def test_each_decision_counts_once_in_its_hour(steps: list[tuple[str, object]]) -> None:
    day = Day()
    moved = False
    for number, (step, value) in enumerate(steps):
        match step, value:
            case "decide", Status() as status:
                day.decides(status, f"R-{number}")
            case "pay late", Status() as status:
                day.is_paid_late(status)
                moved = True
            case "wait", timedelta() as time:
                day.now += time
            case "repeat", _:
                day.journal += list(day.rows.values())[-3:]
            case _:
                day.merges()
                moved = False
        # A payment after a release moves the reservation out of the hour of its release with the next merge.
        assert moved or day.shown() == day.true()


def test_a_late_payment_empties_the_hour_of_its_release() -> None:
    day = Day()
    day.decides(Status.RELEASED, "R-1")
    day.merges()
    day.now += timedelta(hours=5)
    day.merges()
    day.is_paid_late(Status.COMMITTED)
    day.merges()

    shown = day.shown()

    assert +shown[Status.RELEASED] == {}
    assert +shown[Status.COMMITTED] == {day.now: 1}


def test_what_the_index_showed_late_is_counted_by_a_later_merge() -> None:
    day = Day()
    day.merges()
    day.now += 3 * MINUTE
    late = decided(Status.COMMITTED, day.now - 2 * MINUTE)
    day.merges()
    day.rows[late.name] = late

    day.now += 5 * MINUTE
    day.merges()

    assert day.shown()[Status.COMMITTED].total() == 1


def test_only_the_last_cells_are_counted_again() -> None:
    counted = recounted(Outcomes(), {}, {}, NOON)

    cells = cells_to_count(counted, [decided(Status.COMMITTED, NOON)], NOON + MINUTE)

    assert {len(wanted) for wanted in cells.values()} == {4}
    assert {beginning_of(wanted[0]) for wanted in cells.values()} == {NOON - 15 * MINUTE}


def test_after_a_long_pause_no_more_than_25_hours_are_counted() -> None:
    counted = recounted(Outcomes(), {}, {}, NOON - timedelta(days=40))
    unfulfilled = decided(Status.UNFULFILLED, NOON, ago=timedelta(days=30))

    cells = cells_to_count(counted, [unfulfilled], NOON + MINUTE)

    assert {len(wanted) for wanted in cells.values()} == {25 * 12}
    assert all(wanted[-1] == cell_of(NOON) for wanted in cells.values())


@pytest.mark.parametrize("skew", [-20 * SECOND, 20 * SECOND], ids=["behind", "ahead"])
def test_a_clock_that_is_wrong_by_seconds_misses_nothing(skew: timedelta) -> None:
    day = Day()
    day.merges()
    for number in range(20):
        day.now += 7 * SECOND
        row = decided(Status.COMMITTED, day.now + skew, f"R-{number}")
        day.rows[row.name] = row
        day.journal.append(row)
        if number % 3 == 0:
            day.merges()

    day.now += 30 * SECOND
    day.merges()

    assert day.shown()[Status.COMMITTED].total() == 20


def test_a_clock_that_is_wrong_by_a_year_and_a_time_that_is_none_are_left_out() -> None:
    wrong = {
        "R-1": decided(Status.COMMITTED, NOON + timedelta(days=365)),
        "R-2": replace(decided(Status.COMMITTED, NOON), decided_at="yesterday", name="R-2"),
        "R-3": replace(decided(Status.COMMITTED, NOON), decided_at=None, name="R-3"),
    }

    counted = recounted(Outcomes(), wrong, {}, NOON)

    assert counted.later == {}
    assert counted.by_hour(hours(NOON))[Status.COMMITTED].total() == 0


def test_cells_that_are_over_are_forgotten() -> None:
    counted = recounted(Outcomes(), {}, {Status.COMMITTED: {cell_of(NOON): 7}}, NOON)

    later = recounted(counted, {}, {}, NOON + timedelta(hours=26))

    assert later.counts[Status.COMMITTED] == {}


def test_hours_roll_without_a_merge() -> None:
    counted = recounted(Outcomes(), {}, {Status.COMMITTED: {cell_of(NOON): 7}}, NOON)

    assert counted.by_hour(hours(NOON + timedelta(hours=23)))[Status.COMMITTED].total() == 7
    assert counted.by_hour(hours(NOON + timedelta(hours=24)))[Status.COMMITTED].total() == 0
