"""What `make load` says of a file that it cannot load: the file, the line, and what to do."""

from pathlib import Path

import pytest

from tools.load.__main__ import main
from tools.load.catalogue_file import ERRORS_SHOWN, BadCatalogue, read_catalogue_file, separator_name

HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold"
ROW = "MUG-1,main,Mug,kitchen,5,1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal_of(path: Path) -> str:
    """What is said of a file, without its first line."""
    with pytest.raises(BadCatalogue, match="^Nothing was loaded:\n") as refused:
        read_catalogue_file(path)
    return str(refused.value).removeprefix("Nothing was loaded:\n")


def a_file(*lines: str, name: str = "stock.csv") -> Path:
    """A file with these lines."""
    path = Path(name)
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(("separator", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs")])
def test_columns_may_be_separated_by_commas_semicolons_or_tabs(folder: Path, separator: str, name: str) -> None:
    file = a_file(HEADER.replace(",", separator), ROW.replace(",", separator))

    assert [counted.on_hand for counted in read_catalogue_file(file).counts] == [5]
    assert separator_name(file) == name


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((HEADER, ROW, "MUG-2,main,Mug,kitchen,1.5,1"), "stock.csv:3: on_hand must be a whole number, not '1.5'"),
        ((HEADER, ROW, ROW), "stock.csv:3: product_id and warehouse are those of line 2. Remove one of the two lines."),
        ((HEADER, ROW, '"MUG-2,main,Mug,kitchen,5,1'), 'stock.csv:3: the line is not CSV: unexpected end of data. A quote (")'),
        ((HEADER, 'PIPE,main,"a 6" pipe",kitchen,5,1'), "Write a quote inside a value twice"),
        ((HEADER, "MUG-1,main,Mug, large,kitchen,5,1"), "stock.csv:2: the line has more values than the header"),
        ((HEADER,), "stock.csv:2: there is no row below the header. Add a line for each level."),
        ((f"{HEADER},colour", f"{ROW},red"), "stock.csv:1: colour is not a known column. Remove it, or correct its name."),
        (("product_id,name", "MUG-1,Mug"), "stock.csv:1: the header lacks warehouse_id, category, on_hand, low_stock"),
        (("sku;qty", "MUG-1;5"), "stock.csv:1: the first line must name the columns, but it is 'sku;qty', separated by semico"),
        ((HEADER.replace(",", "|"), ROW), "stock.csv:1: the columns are separated by something else. Use commas, semi"),
        (("",), "stock.csv is empty. Its first line names the columns: product_id, warehouse_id"),
    ],
    ids=["number", "twice", "open quote", "quote", "wide", "no row", "column", "missing", "other", "separator", "empty"],
)  # fmt: skip
def test_an_error_names_the_file_its_line_and_what_to_do(folder: Path, lines: tuple[str, ...], sentence: str) -> None:
    assert sentence in refusal_of(a_file(*lines))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "stock.csv is text in UTF-16."),
        (f"{HEADER}\nMUG-1,main,Café,kitchen,5,1\n".encode("latin-1"), "stock.csv:2: the byte 0xe9 is not UTF-8."),
        (b"PK\x03\x04 a spreadsheet", "stock.csv is a spreadsheet or another zip file."),
        (b"\x1f\x8b\x08", "stock.csv is compressed with gzip."),
        (b"\x7fELF\x00\x01", "stock.csv is not a text file."),
    ],
    ids=["utf-16", "latin-1", "zip", "gzip", "binary"],
)
def test_a_file_that_is_no_text_in_utf_8_says_how_to_save_it(folder: Path, content: bytes, sentence: str) -> None:
    file = Path("stock.csv")
    file.write_bytes(content)

    assert refusal_of(file) == f"  {sentence} Save it as CSV in UTF-8; a spreadsheet calls this “CSV UTF-8”."


def test_a_file_that_does_not_exist_names_those_beside_it(folder: Path) -> None:
    a_file(HEADER, ROW, name="spring.csv")

    assert refusal_of(Path("sprung.csv")) == (
        f"  There is no file sprung.csv. The path begins at {folder}. Name a file, for example: spring.csv"
    )
    assert "There is no file spring.csv/stock.csv." in refusal_of(Path("spring.csv/stock.csv"))


def test_a_folder_names_its_files(folder: Path) -> None:
    Path("files").mkdir()
    a_file(HEADER, ROW, name="files/spring.csv")

    assert refusal_of(Path("files")) == "  files is a folder, not a file. Name a file, for example: files/spring.csv"


def test_of_many_errors_the_first_are_shown_and_the_others_counted(folder: Path) -> None:
    rows = [f"MUG-{number},main,Mug,kitchen,many,1" for number in range(3_000)]

    shown = refusal_of(a_file(HEADER, *rows)).splitlines()

    assert len(shown) == ERRORS_SHOWN + 1
    assert shown[-1] == f"  … and {3_000 - ERRORS_SHOWN:,} more"


def test_a_file_without_a_name_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([""]) == 1

    assert "FILE is empty. Name a file: make load FILE=" in capsys.readouterr().err
