"""A search in the segments and in what changed since: the newest rows first, as many as a page has, and for a bounded time."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field
from hashlib import sha256
from heapq import merge
from typing import Any

from inventory.errors import FieldError, InvalidRequest
from inventory.identifiers import joined
from inventory.read_model.entries import Change, Kind
from inventory.read_model.files import Files
from inventory.read_model.folding import fold
from inventory.read_model.search.rows import FIELD, Key, Order, SearchRow, Segment, search_row
from inventory.read_model.search.segments import SegmentRef, read_segment
from inventory.values import dataclass

SECONDS_MAX = 0.6  # then a page ends, with what was found; one segment at least is searched
LOADED_AT_ONCE = 8
KINDS = (Kind.EXECUTIONS, Kind.REFUNDS, Kind.RESERVATIONS)  # the few first: they are searched in no time

Position = tuple[str, ...]  # which search it is of, and where each kind continues
POSITION_PARTS = 1 + len(KINDS)
PLACE_BYTES_MAX = 1_000
FROM_THE_NEWEST, DONE = "+", "-"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: rows of these kinds with this text in one of their ids; `exact`: with this id."""

    text: str
    kinds: frozenset[Kind] = frozenset(KINDS)
    exact: bool = False

    @property
    def needle(self) -> str:
        return fold(self.text)

    @property
    def id(self) -> str:
        """By which a position of this search is known."""
        asked = joined(str(self.exact), *sorted(self.kinds), self.text if self.exact else self.needle)
        return sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def matches(self, row: SearchRow) -> bool:
        """Whether a row that contains the text is wanted."""
        return not self.exact or self.text in row.ids or self.text in row.key


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The keys of the rows that were found, the newest of each kind first, and where to continue; None: there are no more."""

    keys: Mapping[Kind, Sequence[Key]]
    next: Position | None
    search_id: str = ""
    ends: Mapping[Kind, Sequence[str]] = field(default_factory=dict)  # the place after each key

    def next_after(self, shown: Mapping[Kind, int]) -> Position | None:
        """Where to continue if only the first keys of some kinds were shown, one at least."""
        places = dict(zip(KINDS, self.next[1:] if self.next else (DONE,) * len(KINDS), strict=True))
        for kind, number in shown.items():
            if number < len(self.keys[kind]):
                places[kind] = self.ends[kind][number - 1]
        return None if set(places.values()) == {DONE} else (self.search_id, *places.values())


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[SearchRow]
    before: Order | None  # where to continue; None: there are no more


class SearchSegments:
    """Finds reservations, refunds and failed executions by a part of any of their ids."""

    def __init__(
        self,
        files: Files,
        segments: Mapping[Kind, Sequence[SegmentRef]],
        changes: Mapping[Kind, Sequence[Change[Any]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            changes: what changed since the snapshot.
        """
        self._files = files
        self._segments = segments
        self._changes = changes
        self._clock = clock

    def search(self, search: Search, limit: int, start: Position | None = None) -> SearchPage:
        """The next page: at most `limit` rows of each kind that have the text in one of their ids, whatever its case.

        A page may have fewer rows, or none, and say where to continue: its time was up.

        Raises:
            InvalidRequest: `start` is of another search.
            ReadModelMissing: a file is gone.
        """
        places = dict(zip(KINDS, _places(start, search), strict=True))
        deadline = self._clock() + SECONDS_MAX
        keys: dict[Kind, list[Key]] = {kind: [] for kind in KINDS}
        ends: dict[Kind, list[str]] = {}
        has_searched = False
        for kind, place in places.items():
            if place == DONE or (has_searched and self._clock() > deadline):
                continue
            has_searched = has_searched or bool(self._segments.get(kind))
            found = self._find(kind, search, limit, _order(place), deadline)
            keys[kind] = [row.key for row in found.rows]
            ends[kind] = [_place(row.order) for row in found.rows]
            places[kind] = DONE if found.before is None else _place(found.before)
        is_done = set(places.values()) == {DONE}
        return SearchPage(keys, None if is_done else (search.id, *places.values()), search.id, ends)

    def _find(self, kind: Kind, search: Search, limit: int, before: Order | None, deadline: float) -> _Found:
        """The next rows of one kind."""
        needle = search.needle
        changed = latest_rows(self._changes.get(kind, ()))
        recent = deque(row for row in _recent(changed, needle, before) if search.matches(row))
        refs = [ref for ref in self._segments.get(kind, ()) if before is None or ref.oldest < before]
        found: list[SearchRow] = []
        with ThreadPoolExecutor(LOADED_AT_ONCE) as pool:
            for ref, segment in self._loaded(pool, kind, refs):
                rows = segment.find(needle.encode("utf-8", "surrogatepass"), before)
                wanted = (row for row in rows if row.key not in changed and search.matches(row))
                for row in _merged(wanted, recent, ref.oldest):
                    if len(found) == limit:
                        return _Found(found, found[-1].order)
                    found.append(row)
                if ref is not refs[-1] and self._clock() > deadline:
                    return _Found(found, ref.oldest)
        found += recent
        return _Found(found[:limit], found[limit - 1].order if len(found) > limit else None)

    def _loaded(
        self, pool: ThreadPoolExecutor, kind: Kind, refs: Sequence[SegmentRef]
    ) -> Iterator[tuple[SegmentRef, Segment]]:
        """Segments in their order, some of which are loaded before they are needed."""
        loading: deque[tuple[SegmentRef, Future[Segment]]] = deque()
        left = iter(refs)
        try:
            while True:
                # One at first: the newest one often has all that a page needs.
                wanted = 1 if not loading else LOADED_AT_ONCE
                while len(loading) < wanted and (ref := next(left, None)):
                    loading.append((ref, pool.submit(read_segment, self._files, kind, ref)))
                if not loading:
                    return
                ref, segment = loading.popleft()
                yield ref, segment.result()
        finally:
            for _, segment in loading:
                segment.cancel()


def _recent(changed: Mapping[Key, SearchRow | None], needle: str, before: Order | None) -> list[SearchRow]:
    """The rows that changed since the snapshot and match, the newest first."""
    rows = [row for row in changed.values() if row is not None and (before is None or row.order < before)]
    return sorted((row for row in rows if row.matches(needle)), key=lambda row: row.order, reverse=True)


def latest_rows(changes: Sequence[Change[Any]]) -> dict[Key, SearchRow | None]:
    """The latest row of each key that changed; None if it is gone."""
    latest: dict[Key, Change[Any]] = {}
    for change in changes:
        known = latest.get(change.key)
        if known is None or change.sequence >= known.sequence:
            latest[change.key] = change
    return {key: search_row(change.entry) if change.entry else None for key, change in latest.items()}


def _merged(rows: Iterator[SearchRow], recent: deque[SearchRow], oldest: Order) -> Iterator[SearchRow]:
    """The rows of a segment and those that changed since, down to its oldest one."""

    def of_the_same_time() -> Iterator[SearchRow]:
        while recent and recent[0].order >= oldest:
            yield recent.popleft()

    return merge(rows, of_the_same_time(), key=lambda row: row.order, reverse=True)


# --- positions


def _places(start: Position | None, search: Search) -> Sequence[str]:
    """Where each kind continues.

    Raises:
        InvalidRequest: `start` is of another search.
    """
    if start is None or not search.needle:
        return [FROM_THE_NEWEST if kind in search.kinds and search.needle else DONE for kind in KINDS]
    if len(start) != POSITION_PARTS or start[0] != search.id:
        raise InvalidRequest([FieldError("cursor", "must be the cursor of a page of the same search")])
    return start[1:]


def _place(order: Order) -> str:
    """A place as text. Only that of a row of another tool, with very long ids, is cut: it may be found twice."""
    return FIELD.join(order).encode()[:PLACE_BYTES_MAX].decode("utf-8", "ignore")


def _order(place: str) -> Order | None:
    return None if place == FROM_THE_NEWEST else tuple(place.split(FIELD))
