"""A catalogue as CSV: what a spreadsheet may make of it is read, a number is never guessed, and errors are few and fast."""

import csv
import io
import json
import time
import tracemalloc
from collections.abc import Iterator
from unicodedata import normalize

import pytest

from inventory.errors import FieldError, InvalidRequest
from inventory.imports.catalogue_csv import (
    ERRORS_MAX,
    HEADER_ERRORS_MAX,
    Catalogue,
    CatalogueFile,
    as_text,
    read_catalogue,
)
from inventory.imports.catalogue_export import write_catalogue
from inventory.model import Level
from inventory.stock.counts import Count
from tests.support.identifiers import IDENTIFIERS
from tests.support.shop.catalogue import HEADER

ROW = "P-1,main,Mug,kitchen,7,2\n"
MUG = Count("P-1", "main", "Mug", "kitchen", 7, 2)
NOON = "2026-03-01T12:00:00.000Z"


def read(text: str, **limits: str | int) -> Catalogue:
    """Read a file that a spreadsheet has written."""
    return read_catalogue(io.StringIO(text, newline=""), **limits)  # type: ignore[arg-type]


def errors(text: str, **limits: str | int) -> list[tuple[int, str]]:
    """The line and the field of each error."""
    return [(error.line, error.field) for error in read(text, **limits).errors]


@pytest.mark.parametrize(
    "text",
    [
        (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace(",", "\t"),
        HEADER.replace("product_id", "Product_ID").replace("name", " NAME ") + ROW,
        '"' + HEADER.strip().replace(",", '";"') + '"\r\n' + ROW.replace(",", ";"),
        HEADER + ROW + ",,,,,\n" + "\n" + "  ,\t,,,, \n",
        "\n,,,\n" + HEADER + ROW,
        HEADER.strip() + ",,,\n" + ROW.strip() + ",,,\n",
        HEADER + ROW.strip() + ",,,,\n",
        HEADER + " P-1 , main ,\u00a0Mug, kitchen , 7 ,2 \n",
        HEADER + "P-1,,Mug,kitchen,7,2\n",
        "\ufeff" + HEADER + ROW,
        HEADER.replace(",category", ",category;").replace(";", "") + ROW,
    ],
    ids=[
        "semicolons",
        "tabs",
        "the case of the header",
        "quoted with semicolons",
        "empty rows",
        "empty rows above the header",
        "empty columns",
        "empty values beyond the header",
        "spaces around values",
        "no warehouse",
        "a byte order mark",
        "as it is written",
    ],
)
def test_what_cannot_be_guessed_wrong_is_read(text: str) -> None:
    found = read(text)

    assert (found.counts, found.errors, found.rows_in_file) == ((MUG,), (), 1)


@pytest.mark.parametrize("units", ["5.0", "1e3", "-1", "1 000", "٣", "5,0", "+5", "many", "0x5", "12345678901"])
def test_a_number_is_never_guessed_and_the_message_repeats_it(units: str) -> None:
    [error] = read(HEADER.replace(",", ";") + f"P-1;main;Mug;kitchen;{units};2\n").errors

    assert (error.line, error.field) == (2, "on_hand")
    assert repr(units) in error.message


def test_a_separator_that_is_none_of_ours_is_named() -> None:
    [first, *_] = read((HEADER + ROW).replace(",", "|")).errors

    assert (first.line, first.field) == (1, "(line)")
    assert "comma, semicolon or tab" in first.message


def test_each_error_names_its_line_and_its_field() -> None:
    text = HEADER + ROW + "\nP-2,main,,kitchen,many,2\n" + ROW + "P-3,main,Mug,kitchen,7,2,8\n"

    assert errors(text) == [(4, "name"), (4, "on_hand"), (5, "product_id"), (6, "(line)")]
    assert errors(HEADER.strip() + ",\n" + ROW.strip() + ",8\n") == [(2, "(line)")]


# --- the columns of an export

EXPORT_HEADER = HEADER.strip() + ",on_hand_was,as_of\n"


@pytest.mark.parametrize(
    ("moment", "as_of"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T13:00:00.000+01:00", NOON),
        ("2026-03-01 12:00:00.000999999Z", NOON),
        ("2026-03-01T06:30-05:30", NOON),
    ],
)
def test_a_moment_may_have_any_offset_and_nine_digits(moment: str, as_of: str) -> None:
    [count] = read(EXPORT_HEADER + ROW.strip() + f",9,{moment}\n").counts

    assert (count.as_of, count.on_hand_was, count.has_units) == (as_of, 9, True)


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z"])
def test_a_moment_without_its_offset_is_no_moment(moment: str) -> None:
    assert errors(EXPORT_HEADER + ROW.strip() + f",9,{moment}\n") == [(2, "as_of")]


def test_a_moment_in_the_future_is_an_error() -> None:
    row = EXPORT_HEADER + ROW.strip() + ",9,2026-03-01T12:00:00.001Z\n"

    assert errors(row, latest=NOON) == [(2, "as_of")]
    assert errors(row.replace("00.001Z", "00.000Z"), latest=NOON) == []


def test_what_an_export_writes_an_import_reads_for_every_identifier() -> None:
    stored = [normalize("NFC", identifier) for identifier in IDENTIFIERS]
    levels = [
        Level(product_id, warehouse_id, "=1+1", "@kitchen", 7, 2, 5, 2, 1, NOON)
        for product_id, warehouse_id in zip(stored, reversed(stored), strict=True)
    ]

    text = "".join(write_catalogue((level, NOON) for level in levels))
    with as_text(io.BytesIO(text.encode())) as file:
        found = read_catalogue(file)

    assert text.startswith("\ufeff")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(text)) for cell in row)
    assert found.errors == ()
    assert [count.key for count in found.counts] == [level.key for level in levels]
    assert {(count.name, count.category, count.has_units, count.as_of) for count in found.counts} == {
        ("=1+1", "@kitchen", False, NOON)
    }


# --- hostile files


def hostile_files() -> Iterator[str]:
    """Files that took long or made long reports."""
    yield "name," * 20_000 + "\n" + ROW
    yield ",".join(f"c{number}" for number in range(200_000)) + "\n" + ROW
    yield "x" * 130_000 + "," + HEADER + ROW
    yield HEADER + "".join("y" * 400 + f"{number},main,,,many,{number}.0\n" for number in range(9_000))
    yield HEADER + "," * 500_000 + "\n" + ROW + ",,,,,,,,,,x" * 200_000
    yield HEADER + '"' + "\n" * 100_000
    yield "\n" * 1_000_000


@pytest.mark.parametrize("number", range(7))
def test_a_hostile_file_is_answered_fast_and_small(number: int) -> None:
    text = list(hostile_files())[number]
    began = time.process_time()

    found = read(text)

    assert time.process_time() - began < 5
    assert found.errors
    assert len(found.errors) <= ERRORS_MAX
    assert len(json.dumps([str(error) for error in found.errors])) < 500_000


def test_a_header_of_20_000_columns_reports_the_first_of_them() -> None:
    found = read(",".join(f"column-{number}" for number in range(20_000)) + "\n" + ROW)

    assert (len(found.errors), found.error_count) == (HEADER_ERRORS_MAX, 20_000 + 6 + 1)


def test_an_answer_lists_the_first_of_many_errors_shortened() -> None:
    refused = InvalidRequest([FieldError("f" * 10_000, "is not a known field") for _ in range(50_000)])

    assert len(refused.errors) == 101
    assert refused.errors[-1] == FieldError("(more)", "49900 more errors are not listed")
    assert len(json.dumps(refused.details())) + len(str(refused)) < 200_000


# --- a file that is read again for each pass


FILES_WITH_ERRORS = [
    HEADER + ROW,
    HEADER + ROW + "P-2,main,Mug,kitchen,many,2\n\nP-3,main,Mug,kitchen,1,2\n",
    HEADER + ROW + ROW + "P-1,north,Mug,kitchen,1,2\n",
    HEADER + 'P-1,main,"Mug,\nlarge",kitchen,7,2\nP-1,main,Mug,kitchen,7,2\n' + "P-2,main,Mug,kitchen,1,2\n",
    HEADER + ROW + 'P-2,main,"Mug,kitchen,1,2\n',
    HEADER + "P-1,main,Mug,kitchen,many,2\n",
    HEADER,
    "name\nMug\n",
    "",
]


def a_catalogue_file(text: str, rows_max: int = 100_000) -> CatalogueFile:
    content = io.BytesIO(text.encode())
    return CatalogueFile(lambda: as_text(content), rows_max)


@pytest.mark.parametrize("text", FILES_WITH_ERRORS, ids=range(len(FILES_WITH_ERRORS)))
def test_a_file_that_is_read_again_has_the_rows_and_errors_of_one_that_is_kept(text: str) -> None:
    kept = read(text)
    file = a_catalogue_file(text)

    assert file.summary == kept.summary
    assert tuple(file.rows()) == tuple(file.rows()) == kept.rows


def test_a_reading_can_be_left_and_begun_again() -> None:
    file = a_catalogue_file(HEADER + "".join(f"P-{number},main,Mug,kitchen,1,0\n" for number in range(5_000)))
    first = next(file.rows())

    assert next(file.rows()) == first
    assert sum(1 for _ in file.rows()) == 5_000


def test_the_memory_of_a_reading_does_not_grow_with_the_rows() -> None:
    def peak(rows: int) -> int:
        file = a_catalogue_file(HEADER + "".join(f"P-{number},main,Mug,kitchen,1,0\n" for number in range(rows)))
        assert file.summary.good_rows == rows
        tracemalloc.start()
        try:
            assert sum(1 for _ in file.rows()) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(10_000) < 2 * peak(100)
