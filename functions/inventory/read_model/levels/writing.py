"""Snapshots of levels are written: from all entries, or from the snapshot before and what changed since."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

from inventory.model import LevelKey
from inventory.read_model.entries import Change, LevelEntry
from inventory.read_model.levels.changes import contents_of
from inventory.read_model.levels.columns import (
    CODED,
    COLUMNS,
    CONTENTS,
    NUMBERS,
    SORTED,
    STATE,
    TEXTS,
    LevelColumns,
    file_of,
    file_of_order,
    state_of,
)
from inventory.read_model.levels.matching import search_line
from inventory.read_model.levels.order import LevelSort, comparable
from inventory.read_model.levels.packing import compress as compressed
from inventory.read_model.levels.packing import pack_codes, pack_numbers, pack_rows, pack_texts
from inventory.values import dataclass

# Above this part of the rows it is faster to sort all of them than to put changed ones into the orders that there are.
SORTED_ANEW_FROM = 0.05

# The values of each column, in the order of the rows.
Table = Mapping[str, Sequence[Any]]


def encode(entries: Iterable[LevelEntry]) -> dict[str, bytes]:
    """The files of a snapshot with these levels, which may be in any order; of two with one key the later counts."""
    by_key = {(entry.product_id, entry.warehouse_id): entry for entry in entries}
    rows = [by_key[key] for key in sorted(by_key)]
    table = {column: [_value(entry, column) for entry in rows] for column in COLUMNS}
    return _files(table, lambda sort: _sorted(table, sort))


def apply(columns: LevelColumns, changes: Iterable[Change[LevelEntry]]) -> dict[str, bytes]:
    """The files of the snapshot that follows another one, after some changes."""
    columns.prefetch([*map(file_of, COLUMNS), *map(file_of_order, SORTED)])
    spliced = _Splice.of(columns, contents_of(changes))
    table = {column: spliced.column(columns.values(column), column) for column in COLUMNS}
    if len(spliced.new_rows) > SORTED_ANEW_FROM * spliced.count:
        return _files(table, lambda sort: _sorted(table, sort))
    return _files(table, lambda sort: spliced.order(columns.order(sort), table, sort))


def _files(table: Table, order: Callable[[LevelSort], Sequence[int]]) -> dict[str, bytes]:
    files = {CONTENTS: json.dumps({"count": len(table[STATE])}).encode()}
    files |= {file_of(column): pack_texts(table[column]) for column in TEXTS}
    files |= {file_of(column): pack_codes(table[column]) for column in CODED}
    files |= {file_of(column): pack_numbers(table[column]) for column in NUMBERS}
    files |= {file_of(STATE): bytes(table[STATE])}
    files |= {file_of_order(sort): pack_rows(order(sort)) for sort in SORTED}
    return {name: compressed(content) for name, content in files.items()}


def _value(entry: LevelEntry, column: str) -> Any:
    if column == "search":
        return search_line(entry.product_id, entry.name)
    return state_of(entry) if column == STATE else getattr(entry, column)


def _sorted(table: Table, sort: LevelSort) -> list[int]:
    """The rows in the order of a column. The sort is stable, so equal ones are in the order of their keys."""
    values = table[sort]
    if sort in CODED:  # few texts: each is compared once
        ranks = {value: rank for rank, value in enumerate(sorted({comparable(text, sort) for text in values}))}
        rank_of = {text: ranks[comparable(text, sort)] for text in set(values)}
        compared: list[Any] = [rank_of[text] for text in values]
    else:
        compared = [comparable(value, sort) for value in values]
    return sorted(range(len(values)), key=compared.__getitem__)


@dataclass(frozen=True, slots=True)
class _Splice:
    """How the rows of a snapshot become those of the next one: which are kept, and what comes between them."""

    kept: Sequence[tuple[int, int, LevelEntry | None]]  # rows from, to, and the new row after them
    moved: Sequence[int]  # of each row its number in the next snapshot
    stays: bytes  # 1 for each row that is kept
    new_rows: Sequence[int]  # the numbers of the new rows
    count: int

    @classmethod
    def of(cls, columns: LevelColumns, changes: Mapping[LevelKey, LevelEntry | None]) -> "_Splice":
        kept: list[tuple[int, int, LevelEntry | None]] = []
        moved: list[int] = []
        stays = bytearray(b"\x01" * columns.count)
        new_rows: list[int] = []
        begin = count = 0
        for key in sorted(changes):
            row, is_there = columns.row_at(key)
            kept.append((begin, row, changes[key]))
            moved += range(count, count + row - begin)
            count += row - begin
            begin = row
            if is_there:
                stays[row] = 0
                moved.append(-1)
                begin += 1
            if changes[key] is not None:
                new_rows.append(count)
                count += 1
        kept.append((begin, columns.count, None))
        moved += range(count, count + columns.count - begin)
        return cls(kept, moved, bytes(stays), new_rows, count + columns.count - begin)

    def column(self, before: Sequence[Any], name: str) -> list[Any]:
        """The values of a column in the next snapshot."""
        values: list[Any] = []
        for begin, end, entry in self.kept:
            values += before[begin:end]
            if entry is not None:
                values.append(_value(entry, name))
        return values

    def order(self, before: Sequence[int], table: Table, sort: LevelSort) -> list[int]:
        """The order of the rows in the next snapshot: kept ones keep theirs, and new ones are put between them."""
        values = table[sort]

        def place(row: int) -> tuple[Any, int]:
            return comparable(values[row], sort), row  # rows are in the order of their keys

        kept = [self.moved[row] for row in compress(before, map(self.stays.__getitem__, before))]
        return list(_merged(kept, sorted(self.new_rows, key=place), place))


def _merged(kept: Sequence[int], new: Iterable[int], place: Callable[[int], tuple[Any, int]]) -> Iterator[int]:
    """Many sorted rows and a few, in one order."""
    begin = 0
    for row in new:
        end = bisect_left(kept, place(row), begin, key=place)
        yield from kept[begin:end]
        yield row
        begin = end
    yield from kept[begin:]
