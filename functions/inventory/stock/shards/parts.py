"""A level that is spread over shards is one level to everybody: its figures are the sums of those of its parts.

Its own row says how many shards it has, and keeps all that is not a figure. Plain functions over what was read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from inventory.model import UNITS_MAX, Level, LevelKey


def other_shards(own: Level) -> list[LevelKey]:
    """The keys of the shards of a level, without its own row; none of a level that is not spread."""
    return [own.key.of_shard(shard) for shard in range(1, own.shards)]


def whole(own: Level, others: Iterable[Level]) -> Level:
    """The level that its own row and its other shards are together.

    Its version is the sum of theirs: it rises with each write of a part that raises a version. Units that were taken are
    counted for each part only: see `most_available`.
    """
    parts = (own, *sorted(others, key=lambda part: part.shard))
    return replace(
        own,
        on_hand=sum(part.on_hand for part in parts),
        reserved=sum(part.reserved for part in parts),
        available=sum(part.available for part in parts),
        allocated=sum(part.allocated for part in parts),
        version=sum(part.version for part in parts),
        updated_at=max(part.updated_at for part in parts),
        parts=parts,
    )


def units_taken(key: LevelKey, units: int) -> dict[str, int]:
    """The counter that every write raises which takes available units from a shard: see `most_available`.

    A level's own row needs none of its own, as it is read before the other shards. It keeps where a new shard begins.
    """
    return {"units_taken": units} if key.shard and units > 0 else {}


def units_taken_after_removal(own: Level, last: Level | None) -> int:
    """What a level's own row keeps when its last shard is removed: all that was ever taken of a removed shard is less.

    A shard that is made again continues from there. So the counter of a shard never falls, and the own row's rises with
    each removal.
    """
    taken_of_last = last.units_taken + last.available if last else 0
    return max(own.units_taken, taken_of_last) + 1


def most_available(before: Level, after: Level) -> int:
    """The most units that a level may have had available at the moment at which the second reading of it began.

    Its parts are read one after the other, while others take units and give some back, so the sum of one reading may be of
    no moment. But a shard that is read later had at most what it has then, and what was taken from it since the first
    reading. The level's own row is read first. Without two comparable readings it is any number.
    """
    earlier, later = ({part.shard: part for part in level.parts} for level in (before, after))
    most = after.own.available
    for shard in range(1, after.shards):
        known, part = earlier.get(shard), later.get(shard)
        was_counted = shard < before.shards
        if part is None and known is None and was_counted and after.own.units_taken == before.own.units_taken:
            continue  # another tool deleted its row
        if part is None or (known is None and was_counted):
            return UNITS_MAX  # it was removed meanwhile
        taken = part.units_taken - (known or before.own).units_taken
        if taken < 0:
            return UNITS_MAX  # another tool wrote it
        most += part.available + taken
    return most


@dataclass(frozen=True, slots=True)
class Holdable:
    """What can be held of levels, as it was read."""

    units: Mapping[LevelKey, int] = field(default_factory=dict)  # of each level that exists; 0 if it is retired
    spread: Mapping[LevelKey, Level] = field(default_factory=dict)  # the levels among them that are spread

    def plus(self, other: "Holdable") -> "Holdable":
        """Both together; of a level that is in both, the other one counts."""
        return Holdable({**self.units, **other.units}, {**self.spread, **other.spread})

    def at_most(self, before: "Holdable") -> "Holdable":
        """The most that could be held at the moment at which this was read, given what was read before."""
        most = {
            key: most_available(before.spread[key], level) if key in before.spread else UNITS_MAX
            for key, level in self.spread.items()
            if level.active
        }
        return Holdable({**self.units, **most}, self.spread)


def shares(level: Level, delta: int) -> list[tuple[Level, int]]:
    """Which parts of a level a change of its units is made to, and how much of it; of one that is not spread, to itself.

    To one part if it can carry it, as each further part is another row at which checkouts meet: added units go to the
    emptiest, and removed ones come from the fullest, and only what it does not have from the next.
    """
    if not level.parts:
        return [(level, delta)]
    if delta > 0:
        staying = [part for part in level.parts if part.shard < level.shards_to_keep]
        return [(min(staying, key=lambda part: part.available), delta)]
    left = -delta
    taken: list[tuple[Level, int]] = []
    for part in sorted(level.parts, key=lambda part: part.available, reverse=True):
        units = min(left, max(0, part.available))
        if units:
            taken.append((part, -units))
            left -= units
    if left:  # more than is available: the condition of this write fails
        part, units = taken[0] if taken else (level.parts[0], 0)
        taken[:1] = [(part, units - left)]
    return taken


def versions_raised(level: Level, delta: int, *, by_hand: bool) -> int:
    """By how much a change of its units raises the version of a level: once for each row that it writes.

    Args:
        by_hand: whether it also writes the description, which is in the level's own row; so does what adds units.
    """
    written = {part.shard for part, _ in shares(level, delta)}
    return len(written | {0}) if by_hand or delta > 0 else len(written)
