"""A level that is spread over shards is one level to everybody: its figures are the sums of those of its parts.

Its own row says how many shards it has, and keeps all that is not a figure. Plain functions over what was read.
"""

from collections.abc import Iterable
from dataclasses import replace

from inventory.model import Level, LevelKey


def other_shards(own: Level) -> list[LevelKey]:
    """The keys of the shards of a level, without its own row; none of a level that is not spread."""
    return [own.key.of_shard(shard) for shard in range(1, own.shards)]


def whole(own: Level, others: Iterable[Level]) -> Level:
    """The level that its own row and its other shards are together.

    Its version is the sum of theirs: it rises with each write of a part that raises a version.
    """
    parts = (own, *sorted(others, key=lambda part: part.shard))
    return replace(
        own,
        on_hand=sum(part.on_hand for part in parts),
        reserved=sum(part.reserved for part in parts),
        available=sum(part.available for part in parts),
        allocated=sum(part.allocated for part in parts),
        version=sum(part.version for part in parts),
        times_held=sum(part.times_held for part in parts),
        updated_at=max(part.updated_at for part in parts),
        parts=parts,
    )
