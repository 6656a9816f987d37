"""All levels as they are listed, searched, sorted and counted: a snapshot, and what changed since."""

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import chain, compress, islice

from inventory.model import LevelKey, StockStatus
from inventory.read_model.entries import Change, LevelEntry
from inventory.read_model.levels.changes import contents_of
from inventory.read_model.levels.columns import (
    CONTENTS,
    ENTRY_COLUMNS,
    NEEDS_ALERT,
    RETIRED,
    STATE,
    STATUS_BITS,
    STATUSES,
    LevelColumns,
    file_of,
    file_of_order,
)
from inventory.read_model.levels.masks import BYTES, Mask, any_of
from inventory.read_model.levels.matching import Search, Wanted, content_of, matches, needs_alert
from inventory.read_model.levels.order import LevelSort, Listing, Order, Place, Position, comparable
from inventory.read_model.levels.writing import encode
from inventory.values import dataclass

# Of fewer rows than this part of all it is faster to ask each than to search all lines.
FEW = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list: the keys of its levels, how many the whole list has, and where the next page begins."""

    keys: list[LevelKey]
    total: int
    next: Position | None


@dataclass(frozen=True, slots=True)
class StockFigures:
    """The sums over all levels. A retired one needs no attention, so it has no status; what is held of it counts."""

    levels: int  # retired ones too
    statuses: Counter[StockStatus]
    reserved: int
    categories: frozenset[str]
    warehouses: frozenset[str]


class LevelIndex:
    """The levels of a snapshot, of which some were changed, added or deleted."""

    def __init__(self, columns: LevelColumns, changes: Mapping[LevelKey, LevelEntry | None]) -> None:
        self._columns = columns
        self._changes = changes
        self._changed = [entry for entry in changes.values() if entry is not None]

    @classmethod
    def from_columns(cls, columns: LevelColumns, changes: Iterable[Change[LevelEntry]] = ()) -> "LevelIndex":
        """A snapshot with the changes since. Of two changes of one level the one with the higher sequence counts."""
        return cls(columns, contents_of(changes))

    @classmethod
    def from_entries(cls, entries: Iterable[LevelEntry]) -> "LevelIndex":
        """A few levels without a snapshot."""
        return cls(_empty(), {LevelKey(entry.product_id, entry.warehouse_id): entry for entry in entries})

    # --- lists

    def find(
        self, wanted: Wanted, sort: LevelSort | None, order: Order | None, start: Position | None, limit: int
    ) -> Found:
        """A page of the levels that match, in an order; by product and warehouse if there is none.

        A position is the last level's place at the time of its page: the list continues there, even if the level moved
        or was deleted meanwhile.

        Raises:
            InvalidRequest: the position is of another list.
            ReadModelMissing: a file of the snapshot is gone.
        """
        listing = Listing(sort or LevelSort.PRODUCT_ID, order or Order.ASC, content_of(wanted))
        after = listing.read(start) if start else None
        self._columns.prefetch(_files_for(wanted, listing.sort))
        search = None if wanted.search is None else Search(wanted.search)
        rows = self._rows(wanted, search)
        changed = [entry for entry in self._changed if matches(entry, wanted, search)]
        places = self._places(rows, changed, listing, after)
        page = list(islice(places, limit + 1))  # one more shows whether the list continues
        keys = [LevelKey(product_id, warehouse_id) for _, product_id, warehouse_id in page[:limit]]
        return Found(keys, rows.count + len(changed), listing.position(page[limit - 1]) if len(page) > limit else None)

    def _rows(self, wanted: Wanted, search: Search | None) -> Mask:
        """The unchanged rows of the snapshot that match."""
        columns = self._columns
        conditions = [Mask.of_all(columns.count)]
        if wanted.status is not None:
            conditions.append(any_of(columns.states, _states(wanted.status)))
        if wanted.active is not None:
            conditions.append(
                any_of(columns.states, {state for state in BYTES if bool(state & RETIRED) != wanted.active})
            )
        for column, text in (("category", wanted.category), ("warehouse_id", wanted.warehouse_id)):
            if text is not None:
                conditions.append(columns.codes(column).rows_with(text) or Mask.of_none(columns.count))
        mask = Mask.all_of(conditions).without(self._gone)
        return _searched(columns, search, mask) if search else mask

    @cached_property
    def _gone(self) -> list[int]:
        """The rows of the snapshot that were changed or deleted since."""
        found = map(self._columns.row_at, self._changes)
        return [row for row, is_there in found if is_there]

    def _places(
        self, rows: Mask, changed: Iterable[LevelEntry], listing: Listing, after: Place | None
    ) -> Iterator[Place]:
        """The places of rows and of changed levels, in an order, after a place in it."""
        order = self._columns.order(listing.sort)
        place = self._columns.place_in(listing.sort)
        if listing.is_ascending:
            following = order if after is None else order[bisect_right(order, after, key=place) :]
        else:
            following = (order if after is None else order[: bisect_left(order, after, key=place)])[::-1]
        of_changed = sorted(map(_place_by(listing.sort), changed), reverse=not listing.is_ascending)
        return heapq.merge(
            map(place, rows.among(following)),
            (found for found in of_changed if after is None or listing.is_after(found, after)),
            reverse=not listing.is_ascending,
        )

    # --- figures

    def figures(self) -> StockFigures:
        """The sums over all levels."""
        self._columns.prefetch(map(file_of, (STATE, "product_id", "warehouse_id", "category", "reserved")))
        states, reserved = self._columns.states, self._columns.numbers("reserved")
        statuses = Counter({status: sum(map(states.count, _states(status))) for status in STATUSES})
        statuses.subtract(STATUSES[states[row] & STATUS_BITS] for row in self._gone if not states[row] & RETIRED)
        statuses.update(entry.status for entry in self._changed if entry.active)
        return StockFigures(
            self.count,
            statuses,
            sum(reserved) - sum(reserved[row] for row in self._gone) + sum(entry.reserved for entry in self._changed),
            self._texts("category"),
            self._texts("warehouse_id"),
        )

    def _texts(self, column: str) -> frozenset[str]:
        """The texts that at least one level has."""
        codes = self._columns.codes(column)
        counts = Counter(dict(zip(codes.texts, codes.counts, strict=True)))
        counts.subtract(codes[row] for row in self._gone)
        counts.update(getattr(entry, column) for entry in self._changed)
        return frozenset(text for text, number in counts.items() if number > 0)

    @property
    def count(self) -> int:
        """How many levels there are."""
        return self._columns.count - len(self._gone) + len(self._changed)

    def needing_alert(self) -> list[LevelKey]:
        """The levels whose alert is perhaps not as it should be, by key."""
        self._columns.prefetch(map(file_of, (STATE, "product_id", "warehouse_id")))
        rows = any_of(self._columns.states, {state for state in BYTES if state & NEEDS_ALERT}).without(self._gone)
        changed = [_key(entry) for entry in self._changed if needs_alert(entry)]
        return sorted(chain(map(self._columns.key, rows.rows()), changed))

    # --- single levels

    def entry(self, key: LevelKey) -> LevelEntry | None:
        """What is kept of a level; None if it does not exist."""
        if key in self._changes:
            return self._changes[key]
        row, is_there = self._columns.row_at(key)
        if not is_there:
            return None
        self._columns.prefetch(map(file_of, ENTRY_COLUMNS))
        return self._columns.entry(row)

    def has(self, key: LevelKey) -> bool:
        """Whether a level exists."""
        return self._changes[key] is not None if key in self._changes else self._columns.row_at(key)[1]

    def entries(self) -> Iterator[LevelEntry]:
        """Every level, in the order of their keys."""
        stays = Mask.of_all(self._columns.count).without(self._gone)
        unchanged = compress(self._columns.entries(), stays.flags)
        return heapq.merge(unchanged, sorted(self._changed, key=_key), key=_key)

    def names(self, product_ids: Iterable[str]) -> dict[str, str]:
        """The names of products in the first of their warehouses, as far as they are known."""
        wanted = set(product_ids)
        found = {}
        for product_id in wanted:
            row = self._columns.first_row_of(product_id)
            if row is not None:
                found[product_id] = self._columns.texts("name")[row]
        # A changed level wins: the one of the snapshot may have had another name, or may be gone.
        changed = sorted((entry for entry in self._changed if entry.product_id in wanted), key=_key, reverse=True)
        return found | {entry.product_id: entry.name for entry in changed}


@cache
def _empty() -> LevelColumns:
    return LevelColumns(encode([]).get)


def _key(entry: LevelEntry) -> LevelKey:
    return LevelKey(entry.product_id, entry.warehouse_id)


def _place_by(sort: LevelSort) -> Callable[[LevelEntry], Place]:
    return lambda entry: (comparable(getattr(entry, sort), sort), entry.product_id, entry.warehouse_id)


def _states(status: StockStatus) -> frozenset[int]:
    """The states of levels with a status: not those of retired ones."""
    number = STATUSES.index(status)
    return frozenset(state for state in BYTES if state & STATUS_BITS == number and not state & RETIRED)


def _files_for(wanted: Wanted, sort: LevelSort) -> Iterator[str]:
    """The files that a list needs."""
    yield from (CONTENTS, file_of("product_id"), file_of("warehouse_id"))
    if sort is not LevelSort.PRODUCT_ID:
        yield from (file_of_order(sort), file_of(sort))
    if wanted.status is not None or wanted.active is not None:
        yield file_of(STATE)
    if wanted.category is not None:
        yield file_of("category")
    if wanted.search is not None:
        yield file_of("search")


def _searched(columns: LevelColumns, search: Search, mask: Mask) -> Mask:
    """The rows of a mask that have what is searched for."""
    lines = columns.texts("search")
    if mask.count < len(lines) // FEW:
        return mask.where(lambda row: search.matches(lines[row]))
    return Mask.all_of([mask, search.rows_in(lines)])
