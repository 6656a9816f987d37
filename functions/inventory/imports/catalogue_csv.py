"""A catalogue as CSV: reading checks every line before anything is written. What `catalogue_export` writes, this reads.

What cannot be guessed wrong is recognised: the separator, the case of the header, empty rows and columns, spaces around a
value. A number is never guessed: 5.0 or 1e3 is refused.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TextIO

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from inventory.model import DEFAULT_WAREHOUSE, UNITS_MAX, LevelKey
from inventory.stock.counts import Count
from inventory.validation import MOMENT_EXPECTED, Identifier, Text, field_errors, read_moment

COLUMNS = ("product_id", "warehouse_id", "name", "category", "on_hand", "low_stock_threshold")
# An export has them too; with them an import knows the moment of its counts, and which units were counted at all.
COLUMNS_OF_EXPORT = ("on_hand_was", "as_of")
OPTIONAL = {"warehouse_id", *COLUMNS_OF_EXPORT}  # an empty value counts as missing

SEPARATORS = (",", ";", "\t")
ROWS_MAX = 10_000  # of a file that is the body of a call
FIRST_ROW = 2  # line 1 is the header
# What is reported of a file: a hostile one must not make a report that nobody can read.
ERRORS_MAX = 1_000
HEADER_ERRORS_MAX = 100
SHOWN_LENGTH_MAX = 60


def shown(text: str) -> str:
    """A text from a file as a message repeats it."""
    return repr(text if len(text) <= SHOWN_LENGTH_MAX else text[:SHOWN_LENGTH_MAX] + "…")


@dataclass(frozen=True, slots=True)
class RowError:
    """One error in a file: the line as an editor numbers it (0: the whole file), the column, and what is wrong."""

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
    """The content of a file, and its errors.

    A file that is not readable at all has errors and no rows; `rows_in_file` counts the wrong rows too.
    """

    rows: tuple[CountedRow, ...]
    errors: tuple[RowError, ...]  # the first ERRORS_MAX of `error_count`
    rows_in_file: int = 0
    error_count: int = 0

    @property
    def counts(self) -> tuple[Count, ...]:
        return tuple(row.count for row in self.rows)

    @property
    def wrong_rows(self) -> int:
        return self.rows_in_file - len(self.rows)


def _whole_number(text: str) -> str:
    # Digits only: "1e3", "5.0" or "٣" from a spreadsheet is refused, not guessed.
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise PydanticCustomError("digits", "{message}", {"message": f"must be a whole number, not {shown(text)}"})
    if int(text) > UNITS_MAX:
        raise PydanticCustomError("units", "{message}", {"message": f"must be at most {UNITS_MAX}"})
    return text


def _moment(text: str) -> str:
    moment = read_moment(text)
    if moment is None:
        raise PydanticCustomError("moment", "{message}", {"message": f"must be {MOMENT_EXPECTED}, not {shown(text)}"})
    return moment


Units = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_whole_number)]
Moment = Annotated[str, AfterValidator(_moment)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: Identifier
    warehouse_id: Identifier = DEFAULT_WAREHOUSE
    name: Text
    category: Text
    on_hand: Units
    low_stock_threshold: Units
    on_hand_was: Units | None = None
    as_of: Moment | None = None

    def to_count(self) -> Count:
        return Count(
            product_id=self.product_id,
            warehouse_id=self.warehouse_id,
            name=self.name,
            category=self.category,
            on_hand=int(self.on_hand),
            low_stock_threshold=int(self.low_stock_threshold),
            as_of=self.as_of,
            on_hand_was=None if self.on_hand_was is None else int(self.on_hand_was),
        )


def read_catalogue(file: TextIO, *, rows_max: int = ROWS_MAX, latest: str | None = None) -> Catalogue:
    """Read a CSV with the columns of COLUMNS and, if there are, COLUMNS_OF_EXPORT, in any order, UTF-8.

    Args:
        file: opened with `newline=""`, as the csv module requires; it must be seekable.
        latest: a later moment than this, as `iso` writes it, is in the future; None: any moment is accepted.
    """
    number = 0  # of lines that were read
    try:
        lines = csv.reader(file, delimiter=_separator_of(file), strict=True)
        header: Sequence[str] = ()
        for cells in lines:
            number = lines.line_num
            if any(cell.strip() for cell in cells):
                header = [cell.lstrip("\ufeff").strip().lower() for cell in cells]
                break
        errors = list(_header_errors(header, number or 1))
        if errors:
            return _unreadable(errors)
        reading = _Reading(header, rows_max, latest)
        for cells in lines:
            number = lines.line_num
            if not reading.take(number, cells):
                return _unreadable([RowError(number, "(line)", f"a file may have at most {rows_max} rows: split it")])
        return reading.catalogue()
    except csv.Error as error:
        return _unreadable([RowError(number + 1, "(line)", f"is not CSV: {error}")])
    except UnicodeDecodeError:
        return _unreadable([RowError(number + 1, "(line)", "is not UTF-8, from here on at the latest")])


def _unreadable(errors: Sequence[RowError]) -> Catalogue:
    return Catalogue((), tuple(errors[:HEADER_ERRORS_MAX]), error_count=len(errors))


def _separator_of(file: TextIO) -> str:
    """The separator with which the header has most of our columns."""
    header = next((line for line in file if line.strip(" \t\r\n,;\ufeff")), "")
    file.seek(0)

    def known_columns(separator: str) -> int:
        return sum(name.strip('" \ufeff').lower() in COLUMNS for name in header.strip("\r\n").split(separator))

    return max(SEPARATORS, key=known_columns)


def _header_errors(names: Sequence[str], line: int) -> Iterator[RowError]:
    """What is wrong with a header; a column without a name is ignored."""
    found = Counter(names)
    if not found.keys() & set(COLUMNS):
        yield RowError(line, "(line)", "names no known column; separate the columns with a comma, semicolon or tab")
    for column in COLUMNS:
        if column not in found:
            yield RowError(line, column, "is a column that the header must name")
    for name, times in found.items():
        if name and name not in (*COLUMNS, *COLUMNS_OF_EXPORT):
            yield RowError(line, shown(name)[1:-1], "is not a known column")
        elif name and times > 1:
            yield RowError(line, name, "is in the header more than once")


@dataclass(slots=True)
class _Reading:
    """The rows below a header, one after the other."""

    header: Sequence[str]
    rows_max: int
    latest: str | None
    rows: list[CountedRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    rows_in_file: int = 0
    first_line_of: dict[LevelKey, int] = field(default_factory=dict)

    def take(self, line: int, cells: Sequence[str]) -> bool:
        """Read one row; an empty one is ignored. False when there are too many rows."""
        if not any(cell.strip() for cell in cells):
            return True
        self.rows_in_file += 1
        if self.rows_in_file > self.rows_max:
            return False
        counted = self._read(cells)
        if isinstance(counted, Count) and counted.key in self.first_line_of:
            counted = [("product_id", f"and warehouse are those of line {self.first_line_of[counted.key]}")]
        if isinstance(counted, Count):
            self.first_line_of[counted.key] = line
            self.rows.append(CountedRow(line, counted))
        else:
            self._report(RowError(line, name, message) for name, message in counted)
        return True

    def catalogue(self) -> Catalogue:
        """All that was read."""
        if not self.rows_in_file:
            self._report([RowError(FIRST_ROW, "(line)", "there is no row below the header")])
        return Catalogue(tuple(self.rows), tuple(self.errors), self.rows_in_file, self.error_count)

    def _report(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.error_count += 1
            if len(self.errors) < ERRORS_MAX:
                self.errors.append(error)

    def _read(self, cells: Sequence[str]) -> Count | list[tuple[str, str]]:
        if any(cell.strip() for cell in cells[len(self.header) :]):
            return [("(line)", "has more values than the header has columns")]
        values = [(name, cell.strip()) for name, cell in zip(self.header, cells, strict=False)]
        for name, value in values:
            if value and not name:
                return [("(line)", f"has {shown(value)} in a column without a name")]
        given = {name: value for name, value in values if name and (value or name not in OPTIONAL)}
        try:
            count = _Row.model_validate(given).to_count()
        except ValidationError as error:
            return [(wrong.field, wrong.message) for wrong in field_errors(error)]
        if count.as_of and self.latest and count.as_of > self.latest:
            return [("as_of", f"is in the future: it is {self.latest} now")]
        return count


def in_memory(content: bytes) -> TextIO:
    """A file for `read_catalogue`, without its byte order mark."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
