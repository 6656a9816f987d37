"""Reads a catalogue from a file. What is wrong with the file is said in sentences: the file, the line, and what to do."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from inventory.imports.catalogue_csv import (
    COLUMNS,
    MISSING_COLUMN,
    Catalogue,
    RowError,
    in_memory,
    read_catalogue,
    separator_of,
    shown,
)

BYTES_MAX = 100_000_000
ROWS_MAX = 200_000
ERRORS_SHOWN = 20
FILES_SHOWN = 3
EXAMPLE = "events/catalogue.csv"
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
SAVE_AS_CSV = "Save it as CSV in UTF-8; a spreadsheet calls this “CSV UTF-8”."

# How the content of a file begins that is no text.
BEGINNINGS = {
    b"PK\x03\x04": "is a spreadsheet or another zip file.",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet of an old Excel.",
    b"\x1f\x8b": "is compressed with gzip.",
    b"\xff\xfe": "is text in UTF-16.",
    b"\xfe\xff": "is text in UTF-16.",
}

# What to do about an error in a row, where its message does not say so.
HINTS = {
    "unexpected end of data": 'A quote (") that begins a value here has no end: close it, or remove it.',
    "expected after": 'Write a quote inside a value twice: "a 6"" pipe".',
    "more values than the header": 'Put quotes around a value that contains the separator: "mug, large".',
    "are those of line": "Remove one of the two lines.",
    "is not a known column": "Remove it, or correct its name.",
    "no row below the header": "Add a line for each level.",
}


class BadCatalogue(Exception):
    """The catalogue cannot be loaded; nothing was written. The message says what to do."""

    def __init__(self, sentences: Sequence[str], count: int = 1) -> None:
        lines = [f"  {sentence}" for sentence in sentences[:ERRORS_SHOWN]]
        if count > len(lines):
            lines.append(f"  … and {count - len(lines):,} more")
        super().__init__("\n".join(["Nothing was loaded:", *lines]))


def read_catalogue_file(path: Path) -> Catalogue:
    """The catalogue in a file, whose rows are all valid.

    Raises:
        BadCatalogue: the file cannot be read, or a row is invalid.
    """
    content = _content_of(path)
    _require_text(path, content)
    catalogue = read_catalogue(in_memory(content), rows_max=ROWS_MAX)
    if not catalogue.errors:
        return catalogue
    if catalogue.rows_in_file == 0:
        raise BadCatalogue(list(_header_sentences(path, content, catalogue.errors)))
    raise BadCatalogue([_sentence(path, error) for error in catalogue.errors], catalogue.error_count)


def separator_name(path: Path) -> str:
    """What separates the columns of a file, for example `semicolons`."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return SEPARATOR_NAMES[separator_of(file)]


def _content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        BadCatalogue: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BadCatalogue([f"There is no file {path}.{_where(path)}{_csv_files_in(path.parent)}"]) from error
    except IsADirectoryError as error:
        raise BadCatalogue([f"{path} is a folder, not a file.{_csv_files_in(path)}"]) from error
    except PermissionError as error:
        raise BadCatalogue([f"{path} cannot be read: you have no permission. Allow it: chmod u+r {path}"]) from error
    except OSError as error:
        raise BadCatalogue([f"{path} cannot be read: {error.strerror or error}."]) from error
    if len(content) > BYTES_MAX:
        raise BadCatalogue([f"{path} is larger than {BYTES_MAX // 1_000_000} MB. Split it, and load the parts."])
    return content


def _where(path: Path) -> str:
    """From where a relative path is read, which a caller in another folder does not know."""
    return "" if path.is_absolute() else f" The path begins at {Path.cwd()}."


def _csv_files_in(folder: Path) -> str:
    """A sentence about the CSV files of a folder, or about the example."""
    files = [file for file in sorted(folder.glob("*.csv")) if file.is_file()] if folder.is_dir() else []
    names = ", ".join(map(str, files[:FILES_SHOWN])) or EXAMPLE
    return f" Name a file, for example: {names}"


def _require_text(path: Path, content: bytes) -> None:
    """Check that a file is text in UTF-8 with something in it.

    Raises:
        BadCatalogue: it is not.
    """
    for beginning, what in BEGINNINGS.items():
        if content.startswith(beginning):
            raise BadCatalogue([f"{path} {what} {SAVE_AS_CSV}"])
    if b"\0" in content:
        raise BadCatalogue([f"{path} is not a text file. {SAVE_AS_CSV}"])
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadCatalogue([f"{path} is empty. Its first line names the columns: {', '.join(COLUMNS)}."])
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise BadCatalogue([f"{path}:{line}: the byte {byte:#04x} is not UTF-8. {SAVE_AS_CSV}"]) from error


def _header_sentences(path: Path, content: bytes, errors: Sequence[RowError]) -> Iterator[str]:
    """What is wrong with a file of which no row was read: most often its header."""
    missing = [error.field for error in errors if error.message == MISSING_COLUMN]
    if len(missing) == len(COLUMNS):
        yield _no_known_column(path, content, errors[0].line)
        return
    if missing:
        yield f"{path}:{errors[0].line}: the header lacks {', '.join(missing)}. Name all columns, as in {EXAMPLE}."
    yield from (_sentence(path, error) for error in errors if error.message != MISSING_COLUMN)


def _no_known_column(path: Path, content: bytes, line: int) -> str:
    """A file with other columns, or whose columns are separated by something else."""
    file = in_memory(content)
    header = next(text.strip() for text in file if text.strip())
    if set(COLUMNS) <= set(re.findall(r"\w+", header.lower())):
        return f"{path}:{line}: the columns are separated by something else. Use commas, semicolons or tabs."
    file.seek(0)
    separator = next((one for one in SEPARATOR_NAMES if one in header), None)
    separated = f", separated by {SEPARATOR_NAMES[separator]}" if separator else ""
    return (
        f"{path}:{line}: the first line must name the columns, but it is {shown(header)}{separated}. "
        f"Name them {', '.join(COLUMNS)}, as in {EXAMPLE}."
    )


def _sentence(path: Path, error: RowError) -> str:
    """An error of a row with its file and line, as editors and terminals open them."""
    column = "" if error.field == "(line)" else f"{error.field} "
    hint = next((f" {hint}" for part, hint in HINTS.items() if part in error.message), "")
    what = f"{column}{error.message}" if column or " row" in error.message else f"the line {error.message}"
    return f"{path}:{error.line}: {what}{'.' if hint else ''}{hint}"
