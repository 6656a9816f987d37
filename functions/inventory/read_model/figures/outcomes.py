"""How many reservations were decided, for each outcome and each five minutes of a day.

A merge counts in the index by_phase, up to some seconds ago: what the index does not show yet is not missed. It counts the
latest cells again and replaces them, so nothing is counted twice, and what was written late is counted. Decisions after the
counted time come from the journal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inventory.model import Status, iso
from inventory.read_model.entries import ReservationEntry
from inventory.read_model.figures.times import (
    AHEAD_MAX,
    CELLS_AN_HOUR,
    beginning_of,
    cell_of,
    first_cell_kept,
    moment_of,
)

OUTCOMES = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)

# The index may be late by a moment, and a writer takes its time before it writes.
SETTLED_AFTER = timedelta(seconds=15)
# Cells that ended earlier before the latest counting do not change any more, except by a payment after a release.
MAY_CHANGE_FOR = timedelta(minutes=10)

# Counts the decisions with a status from one time to just before another.
CountDecisions = Callable[[Status, datetime, datetime], int]


@dataclass(frozen=True, slots=True)
class Decision:
    """How a reservation was decided, and when."""

    status: Status
    decided_at: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The decisions of a day: counted ones by status and cell, and later ones by the reservation's name."""

    counted_until: str = ""  # nothing was counted yet
    counts: Mapping[Status, Mapping[int, int]] = field(default_factory=dict)
    later: Mapping[str, Decision] = field(default_factory=dict)

    def after(self, changed: Mapping[str, ReservationEntry | None]) -> "Outcomes":
        """The same with what changed since; each reservation by its name, None for a row that is gone."""
        if not changed:
            return self
        decided = {name: decision for name, entry in changed.items() if (decision := _decision_of(entry))}
        kept = {name: decision for name, decision in self.later.items() if name not in changed}
        later = {name: found for name, found in decided.items() if found.decided_at >= self.counted_until}
        return Outcomes(self.counted_until, self.counts, kept | later)

    def by_hour(self, hours: Sequence[datetime]) -> dict[Status, Counter[datetime]]:
        """How many reservations were decided in each hour."""
        found: dict[Status, Counter[int]] = {status: Counter() for status in OUTCOMES}
        for status, counts in self.counts.items():
            for cell, number in counts.items():
                found[status][cell // CELLS_AN_HOUR] += number
        for decision in self.later.values():
            found[decision.status][cell_of(moment_of(decision.decided_at)) // CELLS_AN_HOUR] += 1
        numbers = {hour: cell_of(hour) // CELLS_AN_HOUR for hour in hours}
        return {
            status: Counter({hour: found[status][number] for hour, number in numbers.items()}) for status in OUTCOMES
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "counted_until": self.counted_until,
            "counts": {status: sorted(counts.items()) for status, counts in self.counts.items()},
            "later": [[name, found.status, found.decided_at] for name, found in self.later.items()],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Outcomes":
        """The inverse of `to_json`."""
        return cls(
            content["counted_until"],
            {Status(status): dict(map(tuple, counts)) for status, counts in content["counts"].items()},
            {name: Decision(Status(status), at) for name, status, at in content["later"]},
        )


def _decision_of(entry: ReservationEntry | None) -> Decision | None:
    """The decision of a reservation; None if it has none whose time can be read."""
    if entry is None or entry.status not in OUTCOMES or entry.decided_at is None:
        return None
    try:
        moment_of(entry.decided_at)
    except ValueError:
        return None
    return Decision(entry.status, entry.decided_at)


def cells_to_count(
    before: Outcomes, changed: Iterable[ReservationEntry | None], now: datetime
) -> dict[Status, list[int]]:
    """The cells of each outcome that may be others than when they were counted.

    A payment after the release moves a reservation from RELEASED to COMMITTED or UNFULFILLED. It does not keep when it was
    released, but that was after it was created.
    """
    first = first_cell_kept(now)
    last = cell_of(now - SETTLED_AFTER)
    since = first
    if before.counted_until:
        since = max(first, cell_of(moment_of(before.counted_until) - MAY_CHANGE_FOR))
    released_since = min((cell for entry in changed if (cell := _moved_from(entry)) is not None), default=since)
    starts = dict.fromkeys(OUTCOMES, since) | {Status.RELEASED: max(first, min(since, released_since))}
    return {status: list(range(start, last + 1)) for status, start in starts.items()}


def _moved_from(entry: ReservationEntry | None) -> int | None:
    """The earliest cell in which a reservation may have been counted as RELEASED that no longer is."""
    if entry is None:
        return None
    # Its release removed the end of its hold; every other sale keeps it.
    is_rescued = entry.status is Status.COMMITTED and entry.held_until is None
    if not is_rescued and entry.status is not Status.UNFULFILLED:
        return None
    try:
        return cell_of(moment_of(entry.created_at))
    except ValueError:
        return 0


def recounted(
    before: Outcomes,
    changed: Mapping[str, ReservationEntry | None],
    counted: Mapping[Status, Mapping[int, int]],
    now: datetime,
) -> Outcomes:
    """The outcomes after a merge.

    Args:
        counted: the cells that were counted, up to what is settled now: each replaces what was counted before.
    """
    first = first_cell_kept(now)
    counts = {
        status: {
            cell: number
            for cell, number in {**before.counts.get(status, {}), **counted.get(status, {})}.items()
            if cell >= first and number
        }
        for status in OUTCOMES
    }
    counted_until = settled_until(now)
    later = {
        name: decision
        for name, decision in before.after(changed).later.items()
        if counted_until <= decision.decided_at <= iso(now + AHEAD_MAX)
    }
    return Outcomes(counted_until, counts, later)


def settled_until(now: datetime) -> str:
    """Up to when decisions are counted in the index."""
    return iso(now - SETTLED_AFTER)


def bounds_of(cell: int, now: datetime) -> tuple[datetime, datetime]:
    """From when to when the decisions of a cell are counted."""
    return beginning_of(cell), min(beginning_of(cell + 1), moment_of(settled_until(now)))
