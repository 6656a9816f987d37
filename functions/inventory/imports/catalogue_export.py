"""Levels as the CSV that an import reads: the only writer of this form."""

import csv
import io
from collections.abc import Iterable, Iterator

from inventory.imports.catalogue_csv import COLUMNS, COLUMNS_OF_EXPORT
from inventory.model import Level

# Spreadsheets read a file without it in the encoding of the machine.
BYTE_ORDER_MARK = "\ufeff"


def write_catalogue(levels: Iterable[tuple[Level, str]]) -> Iterator[str]:
    """The file in pieces: its header, then a row a level.

    Args:
        levels: each with the moment, as `iso` writes it, just before it was read.
    """
    line = io.StringIO()
    line.write(BYTE_ORDER_MARK)
    writer = csv.writer(line)
    writer.writerow((*COLUMNS, *COLUMNS_OF_EXPORT))
    for level, as_of in levels:
        yield _take(line)
        writer.writerow([*(escape_formula(getattr(level, column)) for column in COLUMNS), level.on_hand, as_of])
    yield _take(line)


def escape_formula(value: str | int) -> str | int:
    """Prefix formula-like text with a space (CSV injection); the import strips it."""
    return f" {value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _take(text: io.StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken
