"""Which shards of a spread level units are taken from: plain functions over lines that are placed in levels."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from inventory.model import Holding, Level, LevelKey, Line, Source


def in_shards(lines: Iterable[Line], chosen: Mapping[LevelKey, int]) -> tuple[Line, ...]:
    """The lines, each whole in the chosen shard of its level; a level without a choice is not spread."""

    def placed(line: Line) -> Iterator[Source]:
        for source in line.by_warehouse:
            shard = chosen.get(LevelKey(line.product_id, source.warehouse_id), 0)
            yield replace(source, shard=shard)

    return tuple(_placed_at(line, placed(line)) for line in lines)


def from_fullest(
    lines: Iterable[Line], spread: Mapping[LevelKey, Level], held: Iterable[Holding] = ()
) -> tuple[Line, ...]:
    """The lines with the shards that their units are taken from: as few as possible, and those first that hold them already.

    Args:
        lines: placed in levels that have enough.
        spread: the levels that are spread, as they were read.
        held: what the reservation holds already.
    """
    shelves = _Shelves(spread, held)

    def placed(line: Line) -> Iterator[Source]:
        for source in line.by_warehouse:
            taken = shelves.take(LevelKey(line.product_id, source.warehouse_id), source.quantity)
            yield from (Source(source.warehouse_id, units, shard) for shard, units in taken)

    return tuple(_placed_at(line, placed(line)) for line in lines)


class _Shelves:
    """What is left of each shard while lines take units from them."""

    def __init__(self, spread: Mapping[LevelKey, Level], held: Iterable[Holding]) -> None:
        self._spread = spread
        self._held: defaultdict[LevelKey, Counter[int]] = defaultdict(Counter)
        for holding in held:
            self._held[holding.key.level][holding.key.shard] += holding.quantity
        self._available = {
            key: Counter({part.shard: max(0, part.available) for part in level.parts}) for key, level in spread.items()
        }

    def take(self, key: LevelKey, quantity: int) -> list[tuple[int, int]]:
        """Units by shard, together as many as are wanted."""
        taken: Counter[int] = Counter()
        for shelf, order in self._in_order(key, quantity):
            for shard in order:
                units = min(shelf[shard], quantity - taken.total())
                shelf[shard] -= units
                taken[shard] += units
        taken[0] += (
            quantity - taken.total()
        )  # a level that is not spread, or a condition that will say that it is short
        return [(shard, units) for shard, units in taken.items() if units]

    def _in_order(self, key: LevelKey, quantity: int) -> Iterator[tuple[Counter[int], Sequence[int]]]:
        """Where units are taken from, the best first: what is held already, one shard that has all, the fullest ones."""
        held = self._held[key]
        yield held, sorted(held, key=lambda shard: -held[shard])
        if key not in self._spread:
            return
        available, kept = self._available[key], self._spread[key].shards_to_keep
        # Of those that have it whole any will do, and other checkouts choose another.
        enough = [shard for shard, units in available.items() if units >= quantity and shard < kept]
        if enough:
            yield available, [random.choice(enough)]
        # Shards that are about to be removed are the last: a hold of them delays that.
        yield available, sorted(available, key=lambda shard: (shard >= kept, -available[shard]))


def _placed_at(line: Line, sources: Iterable[Source]) -> Line:
    """The line with its sources, which one that names a warehouse needs only if they are in other shards."""
    found = tuple(sources)
    is_plain = line.warehouse_id is not None and all(source.shard == 0 for source in found)
    return replace(line, placed_at=() if is_plain else found)
