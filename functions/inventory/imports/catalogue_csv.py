"""A catalogue as CSV: reading checks every line before anything is written. What `catalogue_export` writes, this reads.

What cannot be guessed wrong is recognised: the separator, the case of the header, empty rows and columns, spaces around a
value. A number is never guessed: 5.0 or 1e3 is refused.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, BinaryIO, TextIO

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from inventory.model import DEFAULT_WAREHOUSE, UNITS_MAX, LevelKey
from inventory.stock.counts import Count
from inventory.validation import MOMENT_EXPECTED, Identifier, Text, field_errors, read_moment

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

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
MISSING_COLUMN = "is a column that the header must name"
UNKNOWN_COLUMN = "is not a known column"


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
class Summary:
    """What a file contains, without its rows. One that is not readable at all has errors and no rows."""

    errors: tuple[RowError, ...]  # the first ERRORS_MAX of `error_count`
    error_count: int
    rows_in_file: int = 0  # the wrong ones too
    wrong_lines: frozenset[int] = frozenset()

    @property
    def wrong_rows(self) -> int:
        return len(self.wrong_lines)

    @property
    def good_rows(self) -> int:
        return self.rows_in_file - len(self.wrong_lines)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The content of a file that is small enough to be kept, and its errors."""

    rows: tuple[CountedRow, ...]
    summary: Summary

    @property
    def counts(self) -> tuple[Count, ...]:
        return tuple(row.count for row in self.rows)

    @property
    def errors(self) -> tuple[RowError, ...]:
        return self.summary.errors

    @property
    def error_count(self) -> int:
        return self.summary.error_count

    @property
    def rows_in_file(self) -> int:
        return self.summary.rows_in_file

    @property
    def wrong_rows(self) -> int:
        return self.summary.wrong_rows


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


@dataclass(frozen=True)
class CatalogueFile:
    """A file of any size: its rows are read again whenever they are needed, so that none are kept.

    Args:
        open_text: opens it from its beginning, as `read_catalogue` expects a file.
        latest: as in `read_catalogue`.
    """

    open_text: Callable[[], AbstractContextManager[TextIO]]
    rows_max: int
    latest: str | None = None

    @cached_property
    def summary(self) -> Summary:
        """What a first reading finds."""
        with self.open_text() as file:
            return _summarize(file, _Reading(self.rows_max, self.latest), lambda _: None)

    def rows(self) -> Iterator[CountedRow]:
        """The good rows, in the order of the file."""
        if self.summary.good_rows:
            with self.open_text() as file:
                yield from _good_rows(file, _Reading(self.rows_max, self.latest), self.summary.wrong_lines)


def read_catalogue(file: TextIO, *, rows_max: int = ROWS_MAX, latest: str | None = None) -> Catalogue:
    """Read a CSV with the columns of COLUMNS and, if there are, COLUMNS_OF_EXPORT, in any order, UTF-8.

    Args:
        file: opened with `newline=""`, as the csv module requires; it must be seekable.
        latest: a later moment than this, as `iso` writes it, is in the future; None: any moment is accepted.
    """
    rows: list[CountedRow] = []
    summary = _summarize(file, _Reading(rows_max, latest), rows.append)
    return Catalogue(tuple(rows) if summary.rows_in_file else (), summary)


def _summarize(file: TextIO, reading: "_Reading", keep: Callable[[CountedRow], object]) -> Summary:
    """Read all rows, and keep the good ones; those of a file that turns out to be unreadable do not count."""
    number = 0  # of lines that were read
    try:
        lines = csv.reader(file, delimiter=separator_of(file), strict=True)
        header, number = _header(lines)
        errors = list(_header_errors(header, number or 1))
        if errors:
            return _unreadable(errors)
        for cells in lines:
            number = lines.line_num
            found = reading.take(number, header, cells)
            if reading.has_too_many_rows:
                rows_max = reading.rows_max
                return _unreadable([RowError(number, "(line)", f"a file may have at most {rows_max} rows: split it")])
            if found:
                keep(found)
        return reading.summary()
    except csv.Error as error:
        return _unreadable([RowError(number + 1, "(line)", f"is not CSV: {error}")])
    except UnicodeDecodeError:
        return _unreadable([RowError(number + 1, "(line)", "is not UTF-8, from here on at the latest")])


def _good_rows(file: TextIO, reading: "_Reading", wrong_lines: Collection[int]) -> Iterator[CountedRow]:
    """The rows of a file that was read before, without those that were wrong."""
    lines = csv.reader(file, delimiter=separator_of(file), strict=True)
    header, _ = _header(lines)
    for cells in lines:
        if lines.line_num not in wrong_lines and any(cell.strip() for cell in cells):
            counted = reading.parse(header, cells)
            if isinstance(counted, Count):
                yield CountedRow(lines.line_num, counted)


def _header(lines: "CsvReader") -> tuple[list[str], int]:
    """The first line that is not empty, and its number."""
    for cells in lines:
        if any(cell.strip() for cell in cells):
            return [cell.lstrip("\ufeff").strip().lower() for cell in cells], lines.line_num
    return [], lines.line_num


def _unreadable(errors: Sequence[RowError]) -> Summary:
    return Summary(tuple(errors[:HEADER_ERRORS_MAX]), len(errors))


def separator_of(file: TextIO) -> str:
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
            yield RowError(line, column, MISSING_COLUMN)
    for name, times in found.items():
        if name and name not in (*COLUMNS, *COLUMNS_OF_EXPORT):
            yield RowError(line, shown(name)[1:-1], UNKNOWN_COLUMN)
        elif name and times > 1:
            yield RowError(line, name, "is in the header more than once")


@dataclass(slots=True)
class _Reading:
    """The rows below a header, one after the other."""

    rows_max: int
    latest: str | None
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    rows_in_file: int = 0
    wrong_lines: set[int] = field(default_factory=set)
    # By a hash of the level, which takes a third of the memory of its key.
    first_line_of: dict[bytes, int] = field(default_factory=dict)

    @property
    def has_too_many_rows(self) -> bool:
        return self.rows_in_file > self.rows_max

    def take(self, line: int, header: Sequence[str], cells: Sequence[str]) -> CountedRow | None:
        """Read one row; None if it is empty or wrong."""
        if not any(cell.strip() for cell in cells):
            return None
        self.rows_in_file += 1
        counted = self.parse(header, cells)
        if isinstance(counted, Count):
            first_line = self.first_line_of.setdefault(_hash_of(counted.key), line)
            if first_line == line:
                return CountedRow(line, counted)
            counted = [("product_id", f"and warehouse are those of line {first_line}")]
        self.wrong_lines.add(line)
        self._report(RowError(line, name, message) for name, message in counted)
        return None

    def summary(self) -> Summary:
        """What was read."""
        if not self.rows_in_file:
            self._report([RowError(FIRST_ROW, "(line)", "there is no row below the header")])
        return Summary(tuple(self.errors), self.error_count, self.rows_in_file, frozenset(self.wrong_lines))

    def _report(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.error_count += 1
            if len(self.errors) < ERRORS_MAX:
                self.errors.append(error)

    def parse(self, header: Sequence[str], cells: Sequence[str]) -> Count | list[tuple[str, str]]:
        """The count in a row, or its errors by column."""
        if any(cell.strip() for cell in cells[len(header) :]):
            return [("(line)", "has more values than the header has columns")]
        values = [(name, cell.strip()) for name, cell in zip(header, cells, strict=False)]
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


def _hash_of(key: LevelKey) -> bytes:
    """A hash of a level's key; that two of a million levels have the same has a probability of 10^-27."""
    return blake2b(f"{key.product_id}\x1f{key.warehouse_id}".encode(), digest_size=16).digest()


@contextmanager
def as_text(file: BinaryIO) -> Iterator[TextIO]:
    """A binary file from its beginning, as a file for `read_catalogue`, without its byte order mark."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield text
    finally:
        text.detach()  # the next reading needs the file


def in_memory(content: bytes) -> TextIO:
    """A file for `read_catalogue`, without its byte order mark."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
