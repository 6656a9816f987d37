"""Lists in pages: how far one call reads, and the cursor with which the next call continues."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from inventory.errors import FieldError, InvalidRequest

Entry = TypeVar("Entry")

# A position in a list: the parts of the last entry's key.
Position = tuple[str, ...]

# A filter with few matches must not let a caller wait: the page ends after so many reads, and the cursor continues.
READS_MAX = 10

# A part of an entry, such as a reservation's line, has up to 1 KB, and an answer of Lambda 6 MB.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PARTS_MAX = 1_500

CURSOR_LENGTH_MAX = 4_000
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: the shorter of a key's two parts
PART_BYTES_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Batch(Generic[Entry]):
    """What one read found: entries with their positions, and where the next read begins if there is one."""

    entries: Sequence[tuple[Position, Entry]]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """The answer of one call: it may be short or empty although the list continues."""

    items: list[Entry]
    next: Position | None

    def of_list(self, mark: str) -> "Page[Entry]":
        """The same page, whose cursor only the list with this fingerprint takes."""
        return Page(self.items, (mark, *self.next) if self.next else None)


Read = Callable[[Position | None], Batch[Entry]]


@dataclass(frozen=True, slots=True)
class PageEnds(Generic[Entry]):
    """What ends a page before it is full: `PARTS_MAX` parts of its entries, a number of reads, or what these cost."""

    parts_of: Callable[[Entry], int] = lambda _: 0
    reads_max: int | None = None  # None: READS_MAX
    is_spent: Callable[[], bool] = lambda: False  # whether reading more would cost too much


def fill_page(
    read: Read[Entry],
    start: Position | None,
    limit: int,
    matches: Callable[[Entry], bool],
    ends: PageEnds[Entry] | None = None,
) -> Page[Entry]:
    """Read from a position until there are enough matching entries, the list ends, or there were enough reads.

    Args:
        ends: what ends the page before it is full.
    """
    ends = ends or PageEnds()
    items: list[Entry] = []
    parts = 0
    for _ in range(ends.reads_max or READS_MAX):
        batch = read(start)
        for number, (position, entry) in enumerate(batch.entries, start=1):
            if matches(entry):
                items.append(entry)
                parts += ends.parts_of(entry)
            if len(items) == limit or parts >= PARTS_MAX:
                is_last = number == len(batch.entries) and batch.next is None
                return Page(items, None if is_last else position)
        start = batch.next
        if start is None or ends.is_spent():
            break
    return Page(items, start)


def iterate_all(read: Read[Entry]) -> Iterator[Entry]:
    """Every entry of a list, read batch by batch."""
    start: Position | None = None
    while True:
        batch = read(start)
        yield from (entry for _, entry in batch.entries)
        start = batch.next
        if start is None:
            return


def write_cursor(position: Position | None) -> str | None:
    """A position as callers get it: opaque, and safe in a URL."""
    if position is None:
        return None
    # Unescaped: two ids of 128 emoji are 1 KB, and would be 3 KB.
    text = json.dumps(position, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def fingerprint(*wanted: object) -> str:
    """A part of a position by which a list knows its own cursors: another list, search or filter has another one."""
    text = json.dumps([None if part is None else str(part) for part in wanted], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def own_position(position: Position | None, mark: str) -> Position | None:
    """The position behind the fingerprint of its list.

    Raises:
        InvalidRequest: another list, search or filter returned it.
    """
    if position is None:
        return None
    if position[0] != mark:
        raise InvalidRequest([FieldError("cursor", "is from another list, search or filter")])
    return position[1:]


def read_own_cursor(cursor: str | None, mark: str, parts: int) -> Position | None:
    """The position in a cursor of the list with this fingerprint.

    Args:
        parts: how many parts a position of this list has, without the fingerprint.

    Raises:
        InvalidRequest: this list never returned it.
    """
    return own_position(read_cursor(cursor, 1 + parts), mark)


def read_cursor(cursor: str | None, parts: int) -> Position | None:
    """The position in a cursor.

    Args:
        parts: how many parts a position of this list has.

    Raises:
        InvalidRequest: this list never returned it.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > CURSOR_LENGTH_MAX:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not (isinstance(position, list) and len(position) == parts and all(map(_is_part, position))):
            raise ValueError("not a position")
    except (ValueError, RecursionError) as error:
        raise InvalidRequest([FieldError("cursor", "is not one that this list has given out")]) from error
    return tuple(position)


def _is_part(part: object) -> bool:
    return isinstance(part, str) and 1 <= len(part.encode()) <= PART_BYTES_MAX
