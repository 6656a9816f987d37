"""The segments of a snapshot: each covers a span of time of one kind, and what changes is written into new files.

A row is in the segment of its time, so a page of results needs as few of them as possible, in one order, and no row is in
two of them. Most changes are of the newest segment; the others keep their files, whatever happens.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from inventory.errors import ReadModelMissing
from inventory.read_model.entries import Kind
from inventory.read_model.files import Files
from inventory.read_model.search.rows import Key, Order, SearchRow, Segment, encode_segment, in_pieces
from inventory.values import dataclass

ROWS_MAX = 20_000  # of a segment
# So many are read whole in each merge: a row whose time another tool changed is found there. Of more, only the segment of a
# row's time is read, and the others for rows that are gone.
FEW_SEGMENTS = 4

Rows = dict[Key, SearchRow]


@dataclass(frozen=True, slots=True)
class SegmentRef:
    """A segment of a snapshot."""

    id: str
    rows: int
    newest: Order
    oldest: Order

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "rows": self.rows, "newest": self.newest, "oldest": self.oldest}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The reference in the contents of a snapshot."""
        return cls(content["id"], content["rows"], tuple(content["newest"]), tuple(content["oldest"]))


def segment_file(segment_id: str) -> str:
    """The name of a segment's file."""
    return f"segments/{segment_id}"


def read_segment(files: Files, kind: Kind, ref: SegmentRef) -> Segment:
    """A segment.

    Raises:
        ReadModelMissing: its file is gone.
    """
    content = files.read(segment_file(ref.id))
    if content is None:
        raise ReadModelMissing(f"the segment {ref.id} is gone")
    return Segment(kind, content)


class SegmentFiles:
    """Writes the segments of one new snapshot, and remembers their names."""

    def __init__(self, files: Files, snapshot_id: str) -> None:
        self._files = files
        self._snapshot_id = snapshot_id
        self.written: list[str] = []

    def read(self, kind: Kind, ref: SegmentRef) -> Rows:
        """The rows of a segment."""
        return {row.key: row for row in read_segment(self._files, kind, ref).rows()}

    def write(self, kind: Kind, rows: Sequence[SearchRow]) -> SegmentRef:
        """Write rows that are sorted, the newest first, as one segment."""
        ref = SegmentRef(f"{self._snapshot_id}-{kind}-{len(self.written)}", len(rows), rows[0].order, rows[-1].order)
        name = segment_file(ref.id)
        self.written.append(name)  # before it is written: an answer may be lost
        self._files.write(name, encode_segment(rows))
        return ref


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment while it is merged: as it is in its file, or with the rows that it shall have."""

    size: int
    ref: SegmentRef | None = None
    rows: tuple[SearchRow, ...] = ()


def merged_segments(
    files: SegmentFiles,
    kind: Kind,
    before: Sequence[SegmentRef],
    changes: Mapping[Key, SearchRow | None],
    has_time: Callable[[], bool],
) -> list[SegmentRef]:
    """The segments after changes of rows; None is a row that is gone.

    Without time, rows that are gone may stay: a reader finds no such row in the table, and a rebuild removes them.
    """
    merge = _Merge(files, kind, before)
    merge.place(row for row in changes.values() if row is not None)
    is_small = len(before) <= FEW_SEGMENTS
    merge.remove({key for key, row in changes.items() if row is None or is_small}, has_time)
    return merge.written()


class _Merge:
    def __init__(self, files: SegmentFiles, kind: Kind, before: Sequence[SegmentRef]) -> None:
        self._files = files
        self._kind = kind
        self._before = before
        self._placed: dict[int, Rows] = {}  # by the number of the segment; -1 is a new one, before all others
        self._changed: dict[int, Rows] = {}  # all rows of a segment whose rows change

    def place(self, rows: Iterable[SearchRow]) -> None:
        """Choose the segment of each row: the newest that is not newer, or the oldest of all."""
        oldest_first = [ref.oldest for ref in reversed(self._before)]
        is_full = bool(self._before) and self._before[0].rows >= ROWS_MAX
        for row in rows:
            number = len(oldest_first) - bisect_left(oldest_first, (*row.order, ""))
            number = min(number, len(oldest_first) - 1)
            if number == 0 and is_full and row.order > self._before[0].newest:
                number = -1
            self._placed.setdefault(number, {})[row.key] = row

    def remove(self, keys: set[Key], has_time: Callable[[], bool]) -> None:
        """Remove rows from segments in which they were not placed: the oldest first, as rows expire."""
        left = {key for key in keys if key}
        moved = {key: number for number, rows in self._placed.items() for key in rows}
        for number in range(len(self._before) - 1, -1, -1):
            if not left or not (has_time() or len(self._before) <= FEW_SEGMENTS):
                return
            rows = self._changed.get(number) or self._files.read(self._kind, self._before[number])
            found = {key for key in left & rows.keys() if moved.get(key) != number}
            if found:
                self._changed[number] = {key: row for key, row in rows.items() if key not in found}
                left -= found

    def written(self) -> list[SegmentRef]:
        """All segments, after new files of those that changed were written."""
        parts = [part for piece in self._new() for part in [_Part(len(piece), rows=tuple(piece))]]
        for number, ref in enumerate(self._before):
            parts += self._parts(number, ref)
        return [part.ref or self._files.write(self._kind, part.rows) for part in self._coalesced(parts)]

    def _new(self) -> list[list[SearchRow]]:
        return _pieces(self._placed.get(-1, {}), is_newest=True)

    def _parts(self, number: int, ref: SegmentRef) -> list[_Part]:
        placed = self._placed.get(number, {})
        if not placed and number not in self._changed:
            return [_Part(ref.rows, ref)]
        rows = self._changed[number] if number in self._changed else self._files.read(self._kind, ref)
        after = rows | placed
        if number not in self._changed and after == rows:
            return [_Part(ref.rows, ref)]  # a status changed, and no id
        return [_Part(len(piece), rows=tuple(piece)) for piece in _pieces(after, is_newest=number == 0)]

    def _coalesced(self, parts: Iterable[_Part]) -> list[_Part]:
        """Neighbours that are small become one, so that their number stays small."""
        result: list[_Part] = []
        for part in parts:
            last = result[-1] if result else None
            if last and last.size + part.size <= ROWS_MAX // 2:
                result[-1] = replace(
                    last, size=last.size + part.size, ref=None, rows=self._rows(last) + self._rows(part)
                )
            else:
                result.append(part)
        return result

    def _rows(self, part: _Part) -> tuple[SearchRow, ...]:
        return tuple(self._files.read(self._kind, part.ref).values()) if part.ref else part.rows


def _pieces(rows: Mapping[Key, SearchRow], *, is_newest: bool) -> list[list[SearchRow]]:
    """Rows as those of as many segments as they need, the newest first.

    The newest segment grows, so all behind it are full. Another one that has become too large is halved.
    """
    ordered = sorted(rows.values(), key=lambda row: row.order, reverse=True)
    if not is_newest:
        halves = -(-len(ordered) // ROWS_MAX) if len(ordered) > ROWS_MAX * 3 // 2 else 1
        return list(in_pieces(ordered, -(-len(ordered) // halves))) if ordered else []
    rest = len(ordered) % ROWS_MAX
    newest = [ordered[:rest]] if rest else []
    return [*newest, *in_pieces(ordered[rest:], ROWS_MAX)]
