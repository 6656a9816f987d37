"""A catalogue as CSV: read whole and checked line by line before any of it is written; and written again."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, TextIO

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from inventory.model import DEFAULT_WAREHOUSE, UNITS_MAX, Identifier, Level, LevelKey, Text, matching
from inventory.reservations.requests import field_errors
from inventory.stock.changes import Count

COLUMNS = ("product_id", "warehouse_id", "name", "category", "on_hand", "low_stock_threshold")
ROWS_MAX = 10_000
FIRST_ROW = 2  # line 1 is the header

# Digits only: a sheet's "1e3", "5.0" or "٣" is a question to ask, not a number to guess.
Units = Annotated[
    str, StringConstraints(strip_whitespace=True), matching(r"[0-9]{1,10}", "must be a whole number, digits only")
]


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in a file: the line as an editor shows it, the column, and what is wrong."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A row that could be read, and the line that it stands on."""

    line: int
    count: Count


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file says, and everything that is wrong with it.

    A file that cannot be read as a whole has errors and no rows; `rows_in_file` counts the wrong rows as well.
    """

    rows: tuple[CountedRow, ...]
    errors: tuple[RowError, ...]
    rows_in_file: int = 0

    @property
    def counts(self) -> tuple[Count, ...]:
        return tuple(row.count for row in self.rows)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: Identifier
    warehouse_id: Identifier = DEFAULT_WAREHOUSE
    name: Text
    category: Text
    on_hand: Units
    low_stock_threshold: Units


def read_catalogue(file: TextIO) -> Catalogue:
    """Read a CSV with the columns of COLUMNS, in any order, UTF-8.

    Args:
        file: opened with `newline=""`, as the csv module asks for.
    """
    rows = csv.DictReader(file, restkey="(more columns)", strict=True)
    try:
        errors = list(_header_errors(rows.fieldnames or ()))
        if errors:
            return Catalogue((), tuple(errors))
        return _read_rows(rows)
    except csv.Error as error:
        return Catalogue((), (RowError(rows.line_num, "(line)", f"is not CSV: {error}"),))
    except UnicodeDecodeError:
        return Catalogue((), (RowError(rows.line_num + 1, "(line)", "is not UTF-8, from here on at the latest"),))


def write_catalogue(levels: Iterable[Level]) -> Iterator[str]:
    """The CSV that `read_catalogue` reads, in pieces: its header, then a row a level."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    for level in levels:
        yield _take(line)
        writer.writerow([escape_formula(getattr(level, column)) for column in COLUMNS])
    yield _take(line)


def escape_formula(value: str | int) -> str | int:
    """A spreadsheet takes a text that begins like a formula for one, unless a space is before it; an import drops that."""
    return f" {value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _take(text: io.StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


def _header_errors(names: Iterable[str]) -> Iterable[RowError]:
    found = list(names)
    for column in COLUMNS:
        if column not in found:
            yield RowError(1, column, "is a column that the header must name")
    for name in found:
        if name not in COLUMNS:
            yield RowError(1, name or "(empty)", "is not a known column")
        elif found.count(name) > 1:
            yield RowError(1, name, "stands in the header more than once")


def _read_rows(rows: "csv.DictReader[str]") -> Catalogue:
    found: list[CountedRow] = []
    errors: list[RowError] = []
    first_line_of: dict[LevelKey, int] = {}
    number = 0
    for number, row in enumerate(rows, start=1):
        line = rows.line_num
        if number > ROWS_MAX:
            return Catalogue((), (RowError(line, "(line)", f"a file may have at most {ROWS_MAX} rows: split it"),))
        counted = _read_row(row)
        if isinstance(counted, Count) and counted.key in first_line_of:
            counted = [("product_id", f"and warehouse are those of line {first_line_of[counted.key]}")]
        if isinstance(counted, Count):
            first_line_of[counted.key] = line
            found.append(CountedRow(line, counted))
        else:
            errors += [RowError(line, field, message) for field, message in counted]
    if not number:
        errors.append(RowError(FIRST_ROW, "(line)", "there is no row below the header"))
    return Catalogue(tuple(found), tuple(errors), number)


def _read_row(row: Mapping[str, str | None]) -> Count | list[tuple[str, str]]:
    if "(more columns)" in row:
        return [("(line)", "has more values than the header has columns")]
    given = {name: value for name, value in row.items() if value is not None}
    if not given.get("warehouse_id"):
        given.pop("warehouse_id", None)
    try:
        read = _Row.model_validate(given)
    except ValidationError as error:
        return [(wrong.field, wrong.message) for wrong in field_errors(error)]
    too_many = [name for name in ("on_hand", "low_stock_threshold") if int(getattr(read, name)) > UNITS_MAX]
    if too_many:
        return [(name, f"must be at most {UNITS_MAX}") for name in too_many]
    return Count(
        product_id=read.product_id,
        warehouse_id=read.warehouse_id,
        name=read.name,
        category=read.category,
        on_hand=int(read.on_hand),
        low_stock_threshold=int(read.low_stock_threshold),
    )
