"""The keys of reservations of some phases by time: several partitions of an index, merged into one list."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from inventory.admin.pagination import Position
from inventory.aws.changes import Item
from inventory.index_partitions import index_partitions

# No reservation's name: Step Functions takes no execution with this name.
NONE = "*"

# The first read of all partitions, in parallel.
_reads = ThreadPoolExecutor(8, thread_name_prefix="phases")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a list was read: to a time; and of the partitions with entries of just this time, to which entry.

    The others need no entry of their own: what comes before this time was listed, and what is of it or behind it was not.
    """

    time: str
    last: Mapping[str, str] = field(default_factory=dict)

    def after(self, partition: str, entry: Item) -> "Reached":
        """How far it was read after one more entry."""
        at_this_time = self.last if entry["phase_at"] == self.time else {}
        return Reached(entry["phase_at"], {**at_this_time, partition: entry["reservation_id"]})

    def start_in(self, partition: str) -> Item | None:
        """The entry of a partition after which it continues; None if it continues with this time."""
        name = self.last.get(partition)
        return {"phase": partition, "phase_at": self.time, "reservation_id": name} if name else None

    def to_position(self, partitions: Sequence[str]) -> Position:
        """A cursor's content: always of the same number of parts."""
        return (self.time, *(self.last.get(partition, NONE) for partition in partitions))

    @classmethod
    def of(cls, position: Position, partitions: Sequence[str]) -> "Reached":
        """The inverse of `to_position`."""
        time, *names = position
        return cls(time, {part: name for part, name in zip(partitions, names, strict=True) if name != NONE})


@dataclass(frozen=True, slots=True)
class PartitionRead:
    """What to read of a partition: so many entries from a time on, after an entry; the latest first, or the soonest."""

    partition: str
    time: str | None
    after: Item | None
    size: int
    soonest: bool


# Reads entries of a partition: the entries, and where the next begins.
ReadPartition = Callable[[PartitionRead], tuple[list[Item], Item | None]]


class _Partition:
    """The entries of one partition, of which more are read when the list needs them."""

    def __init__(self, name: str, reached: Reached | None, read: ReadPartition, *, soonest: bool) -> None:
        self.name = name
        self._soonest = soonest
        self.taken = 0  # of its entries, by the list
        self._time = reached.time if reached else None
        self._next = reached.start_in(name) if reached else None
        self._read = read
        self._entries: list[Item] = []
        self._has_more = True

    @property
    def is_at_its_end(self) -> bool:
        return self.taken == len(self._entries) and not self._has_more

    def read_more(self, size: int) -> None:
        entries, self._next = self._read(PartitionRead(self.name, self._time, self._next, size, self._soonest))
        self._entries += entries
        self._has_more = self._next is not None

    def entries(self, size: int) -> Iterator[tuple["_Partition", Item]]:
        """Its entries, each with itself, read in batches of a size."""
        given = 0
        while True:
            for entry in self._entries[given:]:
                given += 1
                yield self, entry
            if not self._has_more:
                return
            self.read_more(size)


class PhaseList:
    """One page of the keys of reservations, and the position of each."""

    def __init__(
        self, phases: Sequence[str], start: Position | None, read: ReadPartition, *, soonest: bool = False
    ) -> None:
        self._soonest = soonest
        self._names = partitions_of_phases(phases)
        self._reached = Reached.of(start, self._names) if start else None
        self._partitions = [_Partition(name, self._reached, read, soonest=soonest) for name in self._names]

    def take(self, size: int) -> Iterator[tuple[Position, Item]]:
        """At most so many keys, in the order of the list, each with the position after it."""
        # Mostly each has about as many of the page as the others. A read of up to 4 KB, some 35 keys, costs the same.
        first = min(size, max(10, 2 * size // len(self._partitions)))
        list(_reads.map(lambda one: one.read_more(first), self._partitions))
        merged = heapq.merge(
            *(partition.entries(size) for partition in self._partitions),
            key=lambda found: found[1]["phase_at"],
            reverse=not self._soonest,
        )
        reached = self._reached
        for partition, entry in islice(merged, size):
            partition.taken += 1
            reached = (reached or Reached(entry["phase_at"])).after(partition.name, entry)
            yield reached.to_position(self._names), entry

    @property
    def continues(self) -> bool:
        """Whether there is more after what was taken."""
        return not all(partition.is_at_its_end for partition in self._partitions)


def partitions_of_phases(phases: Sequence[str]) -> list[str]:
    """All partitions of some phases, in the order of a position's parts."""
    return [partition for phase in phases for partition in index_partitions(phase)]


def position_parts(phases: Sequence[str]) -> int:
    """How many parts the position in a list of these phases has."""
    return 1 + len(partitions_of_phases(phases))
