"""A snapshot of all levels as columns, one file each, sorted by key: a list loads only the columns that it needs.

Each sort column has the order of the rows beside it, so that no list sorts.
"""

import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from threading import RLock
from typing import Any, TypeVar

from inventory.errors import ReadModelMissing
from inventory.model import LevelKey, StockStatus
from inventory.read_model.entries import LevelEntry
from inventory.read_model.files import Files
from inventory.read_model.levels.matching import needs_alert
from inventory.read_model.levels.order import LevelSort, Place, comparable
from inventory.read_model.levels.packing import Codes, unpack_codes, unpack_numbers, unpack_texts
from inventory.values import dataclass

Column = TypeVar("Column")

CONTENTS = "levels/contents"
TEXTS = ("product_id", "name", "search", "updated_at")
CODED = ("warehouse_id", "category")
NUMBERS = ("on_hand", "reserved", "allocated", "available", "low_stock_threshold", "version", "shards", "alert")
STATE = "state"
COLUMNS = (*TEXTS, *CODED, *NUMBERS, STATE)
ENTRY_COLUMNS = tuple(column for column in COLUMNS if column != "search")
# Rows are sorted by key, so the column of the product needs no order beside it.
SORTED = tuple(sort for sort in LevelSort if sort is not LevelSort.PRODUCT_ID)

# A row's state: the number of its status, and bits.
STATUSES = tuple(StockStatus)
STATUS_BITS = 3
RETIRED = 4
NEEDS_ALERT = 8

# Reads a file by its name; None if it is not there.
Load = Callable[[str], bytes | None]

# S3 answers one read of a container slowly, and several at once. Decompression does not hold the interpreter's lock.
_reads = ThreadPoolExecutor(8, thread_name_prefix="columns")


def file_of(column: str) -> str:
    """The name of a column's file."""
    return f"levels/{column}"


def file_of_order(sort: LevelSort) -> str:
    """The name of the file with the order of the rows by a column."""
    return f"levels/order-{sort}"


def state_of(entry: LevelEntry) -> int:
    """What lists and figures need of a level's numbers."""
    bits = (0 if entry.active else RETIRED) | (NEEDS_ALERT if needs_alert(entry) else 0)
    return STATUSES.index(entry.status) | bits


class LevelColumns:
    """The columns of one snapshot. Each is loaded when it is first needed, and kept. Threads may share it."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._columns: dict[str, Any] = {}
        self._contents: dict[str, Future[bytes]] = {}
        self._lock = RLock()

    @classmethod
    def in_files(cls, files: Files, snapshot: str) -> "LevelColumns":
        """The levels of a snapshot in S3."""
        return cls(lambda name: files.read(f"snapshots/{snapshot}/{name}"))

    def prefetch(self, names: Iterable[str]) -> None:
        """Begin to load files, several at once."""
        with self._lock:
            for name in names:
                if name not in self._columns and name not in self._contents:
                    self._contents[name] = _reads.submit(self._read, name)

    # --- columns

    @property
    def count(self) -> int:
        """How many levels there are."""
        count: int = self._column(CONTENTS, json.loads)["count"]
        return count

    def texts(self, column: str) -> list[str]:
        """A column of texts."""
        return self._column(file_of(column), unpack_texts)

    def codes(self, column: str) -> Codes:
        """A column of texts that many levels share."""
        return self._column(file_of(column), unpack_codes)

    def numbers(self, column: str) -> Sequence[int]:
        """A column of whole numbers."""
        return self._column(file_of(column), unpack_numbers)

    @property
    def states(self) -> bytes:
        """The state of each level."""
        return self._column(file_of(STATE), bytes)

    def order(self, sort: LevelSort) -> Sequence[int]:
        """The rows in ascending order of a column, then of their keys."""
        if sort is LevelSort.PRODUCT_ID:
            return range(self.count)
        return self._column(file_of_order(sort), unpack_numbers)

    def values(self, column: str) -> Sequence[Any]:
        """The value of each row, whatever it is."""
        if column in TEXTS:
            return self.texts(column)
        if column in CODED:
            return self.codes(column).listed()
        return self.states if column == STATE else self.numbers(column)

    # --- rows

    def key(self, row: int) -> LevelKey:
        """The key of a row."""
        return LevelKey(self.texts("product_id")[row], self.codes("warehouse_id")[row])

    def row_at(self, key: LevelKey) -> tuple[int, bool]:
        """The row of a level; or, and False, where it would be."""
        products, warehouses = self.texts("product_id"), self.codes("warehouse_id")
        low = bisect_left(products, key.product_id)
        high = bisect_right(products, key.product_id, low)
        row = bisect_left(range(high), key.warehouse_id, low, key=warehouses.__getitem__)
        return row, row < high and warehouses[row] == key.warehouse_id

    def first_row_of(self, product_id: str) -> int | None:
        """The first row of a product."""
        products = self.texts("product_id")
        row = bisect_left(products, product_id)
        return row if row < len(products) and products[row] == product_id else None

    def place_in(self, sort: LevelSort) -> Callable[[int], Place]:
        """What gives the place of a row in an order."""
        products, warehouses = self.texts("product_id"), self.codes("warehouse_id")
        values = self._by_row(sort)
        return lambda row: (comparable(values[row], sort), products[row], warehouses[row])

    def entry(self, row: int) -> LevelEntry:
        """All that is kept of a row."""
        return LevelEntry(*(column[row] for column in self._entry_columns(listed=False)))

    def entries(self) -> Iterator[LevelEntry]:
        """Every level, in the order of their keys."""
        self.prefetch(map(file_of, ENTRY_COLUMNS))
        return map(LevelEntry, *self._entry_columns(listed=True))

    def _entry_columns(self, *, listed: bool) -> list[Any]:
        """The columns of an entry's fields, in their order.

        Args:
            listed: whether all rows will be read, and not only one.
        """
        return [self._entry_column(field.name, listed) for field in fields(LevelEntry)]

    def _entry_column(self, name: str, listed: bool) -> "Sequence[Any] | Codes | _Active":
        if name == "active":
            return [not state & RETIRED for state in self.states] if listed else _Active(self.states)
        return self.values(name) if listed else self._by_row(name)

    def _by_row(self, column: str) -> "Sequence[Any] | Codes":
        """A column of which few rows are read."""
        if column in CODED:
            return self.codes(column)
        return self.texts(column) if column in TEXTS else self.numbers(column)

    # --- files

    def _column(self, name: str, unpack: Callable[[bytes], Column]) -> Column:
        found: Column | None = self._columns.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._columns:
                self._columns[name] = _unpacked(name, self._content(name), unpack)
            column: Column = self._columns[name]
            return column

    def _content(self, name: str) -> bytes:
        loading = self._contents.pop(name, None)
        return loading.result() if loading else self._read(name)

    def _read(self, name: str) -> bytes:
        content = self._load(name)
        if content is None:
            raise ReadModelMissing(f"{name} of the snapshot is gone")
        return _unpacked(name, content, zlib.decompress)


@dataclass(frozen=True, slots=True)
class _Active:
    """Whether the level of a row is active."""

    states: bytes

    def __getitem__(self, row: int) -> bool:
        return not self.states[row] & RETIRED


def _unpacked(name: str, content: bytes, unpack: Callable[[bytes], Column]) -> Column:
    try:
        return unpack(content)
    except (zlib.error, LookupError, TypeError, ValueError) as error:
        raise ReadModelMissing(f"{name} of the snapshot cannot be read") from error
