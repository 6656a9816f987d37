"""A catalogue as CSV: reading checks every line before anything is written; writing gives what reading accepts."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, TextIO

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from inventory.identifiers import TextRule
from inventory.model import DEFAULT_WAREHOUSE, UNITS_MAX, Level, LevelKey
from inventory.stock.changes import Count
from inventory.validation import Identifier, Text, field_errors, matching

COLUMNS = ("product_id", "warehouse_id", "name", "category", "on_hand", "low_stock_threshold")
ROWS_MAX = 10_000
FIRST_ROW = 2  # line 1 is the header

# Digits only: "1e3", "5.0" or "٣" from a spreadsheet is refused, not guessed.
UNITS = TextRule(
    lambda text: text if re.fullmatch(r"[0-9]{1,10}", text) else None, "must be a whole number, digits only"
)
Units = Annotated[str, StringConstraints(strip_whitespace=True), matching(UNITS)]


@dataclass(frozen=True, slots=True)
class RowError:
    """One error in a file: the line as an editor numbers it, the column, and what is wrong."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A readable row and its line."""

    line: int
    count: Count


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The content of a file, and all its errors.

    A file that is not readable at all has errors and no rows; `rows_in_file` counts the wrong rows too.
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
        file: opened with `newline=""`, as the csv module requires.
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
    """Prefix formula-like text with a space (CSV injection); the import strips it."""
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
            yield RowError(1, name, "is in the header more than once")


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
