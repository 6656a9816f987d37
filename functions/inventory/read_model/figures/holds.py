"""The active reservations and the open refunds, each as a set: a change is applied as often as it comes, with one result."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory.model import RefundStatus, Status
from inventory.read_model.entries import RefundEntry, ReservationEntry
from inventory.read_model.figures.packing import U32_MAX, hash_of
from inventory.read_model.figures.times import moment_of

ENDING_SOON = timedelta(minutes=15)
NO_END = 0  # of a paid reservation: it will be sold, whenever its hold ends


@dataclass(frozen=True, slots=True)
class Active:
    """The active reservations: the hash of each name, and the second at which its hold ends."""

    ends: Mapping[int, int] = field(default_factory=dict)

    def after(self, changed: Mapping[str, ReservationEntry | None]) -> "Active":
        """The same after changes, each by its reservation's name; None for a row that is gone."""
        if not changed:
            return self
        ends = dict(self.ends)
        for name, entry in changed.items():
            if entry is not None and entry.status.is_active:
                ends[hash_of(name)] = _end_of(entry)
            else:
                ends.pop(hash_of(name), None)
        return Active(ends)

    def ending_soon(self, now: datetime) -> int:
        """How many unpaid holds end within the next 15 minutes; those that are overdue end at any moment."""
        latest = (now + ENDING_SOON).timestamp()
        return sum(NO_END < end <= latest for end in self.ends.values())

    def columns(self) -> list["array[int]"]:
        """Its columns in a file."""
        return [array("Q", self.ends), array("I", self.ends.values())]

    @classmethod
    def of(cls, names: "array[int]", ends: "array[int]") -> "Active":
        """The inverse of `columns`."""
        return cls(dict(zip(names, ends, strict=True)))


def _end_of(entry: ReservationEntry) -> int:
    if entry.status is Status.PAID or entry.held_until is None:
        return NO_END
    try:
        return min(max(1, int(moment_of(entry.held_until).timestamp())), U32_MAX)
    except (ValueError, OverflowError):
        return NO_END


def open_refunds_after(before: Iterable[int], changed: Mapping[tuple[str, ...], RefundEntry | None]) -> frozenset[int]:
    """The open refunds after changes, each by its key; None for a row that is gone."""
    opened = {hash_of(*key) for key, entry in changed.items() if entry and entry.status is RefundStatus.OPEN}
    return (frozenset(before) - {hash_of(*key) for key in changed}) | opened
