"""What a search finds: the key of a row in the tables, its time, and the ids that it is found by.

A segment is about 20,000 of them in one file, the newest first. Each is a line, so a part of an id is found by one search
for bytes. Lines keep ids as they are: in lower case, which takes no time for bytes, almost all of them are folded. A line
with an id for which that is not so ends with its ids as they are folded.
"""

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from inventory.read_model.entries import (
    Entry,
    ExecutionEntry,
    Kind,
    RefundEntry,
    ReservationEntry,
)
from inventory.read_model.folding import fold

Key = tuple[str, ...]
Order = tuple[str, ...]  # a time and a key: rows are sorted by it, the newest first

KEY_LENGTHS = {Kind.RESERVATIONS: 1, Kind.REFUNDS: 2, Kind.EXECUTIONS: 1}

LINE, FOLDED, FIELD = "\n", "\x1e", "\x1f"
# An id that another tool wrote may contain them.
_ESCAPED = str.maketrans({character: f"\x1b{ord(character):02x}" for character in (LINE, FOLDED, FIELD, "\x1b")})
_ESCAPE = re.compile("\x1b(..)")


class SearchRow(NamedTuple):
    """A row of a table as a search finds it."""

    at: str
    key: Key
    ids: tuple[str, ...]  # what it is found by in addition to its key

    @property
    def order(self) -> Order:
        """Its place: greater than that of an older row."""
        return (self.at, *self.key)

    def matches(self, needle: str) -> bool:
        """Whether a folded text is a part of one of its ids."""
        return any(needle in fold(text) for text in (*self.key, *self.ids))


def search_row(entry: Entry) -> SearchRow:
    """The row of an entry."""
    match entry:
        case ReservationEntry():
            ids = (entry.reservation_id, entry.order_id, entry.customer_id, entry.payment_reference)
            return _row(entry.created_at, (entry.name,), ids)
        case RefundEntry():
            return _row(entry.since, (entry.reservation_id, entry.payment_reference), (entry.order_id,))
        case ExecutionEntry():
            return _row(entry.failed_at, (entry.execution_name,), (entry.reservation_id, entry.order_id))
        case _:
            raise TypeError(f"{type(entry).__name__} is not searched by its ids")


def _row(at: str, key: Key, ids: Iterable[str | None]) -> SearchRow:
    others = dict.fromkeys(text for text in ids if text and text not in key)
    return SearchRow(at, key, tuple(others))


# --- files


def encode_segment(rows: Sequence[SearchRow]) -> bytes:
    """The file of rows that are sorted, the newest first."""
    times = LINE.join(row.at.translate(_ESCAPED) for row in rows).encode()
    lines = LINE.join(map(line_of, rows)).encode()
    return zlib.compress(b"%d\n%b\n%b" % (len(times), times, lines))


def line_of(row: SearchRow) -> str:
    """A row as a line, without its time."""
    texts = (*row.key, *row.ids)
    together = "".join(texts)
    if together.isascii() and together.isprintable():  # almost every line, and then folding is lower case
        return FIELD.join(texts)
    line = FIELD.join(text.translate(_ESCAPED) for text in texts)
    folded = [fold(text) for text in texts]
    differs = [short for short, text in zip(folded, texts, strict=True) if short != text.lower() or not text.isascii()]
    return FOLDED.join((line, FIELD.join(differs))) if differs else line


class Segment:
    """A file of rows, which are read when they are needed."""

    def __init__(self, kind: Kind, content: bytes) -> None:
        length, _, rest = zlib.decompress(content).partition(b"\n")
        self._key_length = KEY_LENGTHS[kind]
        self._joined_times = rest[: int(length)]
        self._lines = rest[int(length) + 1 :]

    @cached_property
    def _times(self) -> list[str]:
        return self._joined_times.decode().split(LINE)

    def rows(self) -> Iterator[SearchRow]:
        """All rows, the newest first."""
        for at, line in zip(self._times, self._lines.decode().split(LINE), strict=True):
            yield self._row(at, line)

    def find(self, needle: bytes, before: Order | None = None) -> Iterator[SearchRow]:
        """The rows with this folded text in one of their ids, the newest first; only those older than a place."""
        number = 0 if before is None else self._first_not_newer(before[0])
        position = self._offset(number)
        folded = self._lines.lower()
        while (found := folded.find(needle, position)) >= 0:
            start = folded.rfind(b"\n", position, found) + 1 or position
            end = folded.find(b"\n", found)
            end = len(folded) if end < 0 else end
            number += folded.count(b"\n", position, start)
            row = self._row(self._times[number], self._lines[start:end].decode())
            if before is None or row.order < before:
                yield row
            if end == len(folded):
                return
            position, number = end + 1, number + 1

    def _first_not_newer(self, at: str) -> int:
        """The number of the first row of this time or an older one."""
        escaped = at.translate(_ESCAPED)
        oldest_first = self._times[::-1]
        return len(oldest_first) - bisect_left(oldest_first, escaped + "\U0010ffff")

    def _offset(self, number: int) -> int:
        """Where the line with this number begins."""
        if number == 0:
            return 0
        parts = self._lines.split(b"\n", number)
        return len(self._lines) - len(parts[-1]) if len(parts) > number else len(self._lines)

    def _row(self, at: str, line: str) -> SearchRow:
        texts = line.partition(FOLDED)[0].split(FIELD)
        if "\x1b" in line or "\x1b" in at:
            at, texts = _unescaped(at), [_unescaped(text) for text in texts]
        return SearchRow(at, tuple(texts[: self._key_length]), tuple(texts[self._key_length :]))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), text)


def in_pieces(rows: Iterable[SearchRow], size: int) -> Iterator[list[SearchRow]]:
    """Rows in lists of at most `size`."""
    left = iter(rows)
    while piece := list(islice(left, size)):
        yield piece
