"""The import page: a catalogue is checked before anything is written, then loaded and reported."""

import csv
import io
import re
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Download, FilePayload, Page, expect

from inventory.imports.catalogue_csv import ERRORS_MAX
from inventory.imports.store import UPLOAD_BYTES_MAX
from inventory.imports.submission import FILE_BYTES_MAX
from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import Browsing, Display, assert_accessible, lose_the_response, photograph
from tests.support.browser.other_manager import OtherManager
from tools.demo.stock_loader import StockLoader

HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold"
POLL_SECONDS = 0.2
SOON_MILLISECONDS = 60_000  # the file passes through S3 and an event before it is processed


@pytest.fixture
def product_id() -> str:
    """A product id that no other test uses."""
    return f"IMP-{uuid4().hex[:8]}"


def a_catalogue(*rows: str, name: str = "catalogue.csv") -> FilePayload:
    return a_file("\r\n".join([HEADER, *rows, ""]).encode(), name)


def a_file(content: bytes, name: str = "catalogue.csv") -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def choose(page: Page, file: FilePayload) -> None:
    # The whole file goes to the browser, which takes its time on a busy machine.
    page.locator("input[type=file]").set_input_files(file, timeout=60_000)


def expect_verdict(page: Page, verdict: str) -> None:
    """Wait until the page shows the result of the import."""
    expect(page.get_by_text(verdict, exact=True)).to_be_visible(timeout=SOON_MILLISECONDS)


def figure(page: Page, label: str) -> str:
    return page.locator("dt", has_text=re.compile(f"^{label}$")).locator("xpath=following-sibling::dd[1]").inner_text()


def on_hand(stock_loader: StockLoader, product_id: str) -> Sequence[int]:
    return [int(level["on_hand"]) for level in stock_loader.levels() if level["product_id"] == product_id]


def await_on_hand(stock_loader: StockLoader, product_id: str, units: int) -> None:
    """Wait until the import has set a product's only level."""
    deadline = time.monotonic() + SOON_MILLISECONDS / 1000
    while on_hand(stock_loader, product_id) != [units]:
        assert time.monotonic() < deadline, f"{product_id} does not have {units} units yet"
        time.sleep(POLL_SECONDS)


def content_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


# --- valid files


def test_a_valid_file_is_checked_first_and_then_loaded(
    as_manager: OpenPage, stock_loader: StockLoader, product_id: str
) -> None:
    page = as_manager("import")

    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3", f"{product_id},north,Kettle,imported,5,1"))
    expect_verdict(page, "The file is valid")
    assert (figure(page, "Rows in the file"), figure(page, "New levels")) == ("2", "2")
    assert on_hand(stock_loader, product_id) == []

    page.get_by_role("button", name="Load the file").click()
    expect_verdict(page, "Loaded")
    assert figure(page, "Levels created") == "2"
    assert sorted(on_hand(stock_loader, product_id)) == [5, 12]


def test_a_file_can_be_dropped(as_manager: OpenPage, product_id: str) -> None:
    page = as_manager("import")
    expect(page.get_by_text("Drop a CSV here, or")).to_be_visible()

    dropped = page.evaluate_handle(
        "content => { const data = new DataTransfer(); data.items.add(new File([content], 'dropped.csv')); return data; }",
        f"{HEADER}\n{product_id},main,Kettle,imported,1,0\n",
    )
    page.get_by_text("Drop a CSV here, or").dispatch_event("drop", {"dataTransfer": dropped})

    expect_verdict(page, "The file is valid")


def test_a_file_that_changes_nothing_cannot_be_loaded(as_manager: OpenPage, stock_loader: StockLoader) -> None:
    level = next(level for level in stock_loader.levels() if level["product_id"] == "OUT-0139")
    names = HEADER.split(",")
    page = as_manager("import")

    choose(page, a_catalogue(",".join(str(level[name]) for name in names)))

    expect_verdict(page, "Nothing to load")
    expect(page.get_by_role("button", name="Load the file")).to_have_count(0)


# --- what a file does


def test_a_file_names_what_it_would_create_and_can_be_limited_to_existing_levels(
    as_manager: OpenPage, stock_loader: StockLoader, product_id: str
) -> None:
    page = as_manager("import")

    choose(page, a_catalogue(f"{product_id}/A,mian,Kettle,imported,12,3"))
    expect_verdict(page, "The file is valid")
    new = page.get_by_role("table", name="Levels that do not exist yet")
    expect(new.get_by_role("row").filter(has_text=f"{product_id}/A")).to_contain_text("mian")

    page.get_by_text("Only change levels that exist").click()
    expect_verdict(page, "The file cannot be loaded")
    expect(page.get_by_role("button", name="Load the file")).to_have_count(0)
    assert on_hand(stock_loader, f"{product_id}/A") == []


def test_a_file_that_sets_many_levels_to_0_must_be_confirmed(
    as_manager: OpenPage, other_manager: OtherManager, stock_loader: StockLoader
) -> None:
    product = other_manager.adds(20, name="Slate Clock", category="clocks")
    page = as_manager("import")

    choose(page, a_catalogue(f"{product},main,Slate Clock,clocks,0,2"))
    expect_verdict(page, "The file is valid")
    page.get_by_role("button", name="Load the file").click()
    expect(page.get_by_text("Confirm this, or correct the file.")).to_be_visible()
    page.get_by_role("checkbox", name="Yes, set 1 level to 0").check()
    page.get_by_role("button", name="Load the file").click()

    expect_verdict(page, "Loaded")
    assert on_hand(stock_loader, product) == [0]


def test_a_large_file_is_uploaded_and_checked(as_manager: OpenPage, product_id: str) -> None:
    empty_row = " " * 1_000
    page = as_manager("import")

    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3", *[empty_row] * (FILE_BYTES_MAX // 1_000)))

    expect_verdict(page, "The file is valid")
    assert figure(page, "New levels") == "1"


# --- invalid files


def test_invalid_rows_are_listed_and_the_valid_ones_can_be_loaded(
    as_manager: OpenPage, stock_loader: StockLoader, product_id: str
) -> None:
    page = as_manager("import")

    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3", f"{product_id} 2,main,Pot,imported,many,3"))
    expect_verdict(page, "Some rows cannot be loaded")
    assert (figure(page, "New levels"), figure(page, "Rows that cannot be loaded")) == ("1", "1")
    expect(page.get_by_role("row").filter(has_text="on_hand")).to_contain_text("must be a whole number, not 'many'")
    expect(page.get_by_role("row").filter(has_text="on_hand")).to_contain_text("3")
    expect(page.get_by_role("radio", name="Load nothing")).to_be_disabled()

    page.get_by_role("button", name="Load the valid rows").click()
    expect_verdict(page, "Loaded, except for some rows")
    assert on_hand(stock_loader, product_id) == [12]
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download these rows").click()
    assert content_of(downloading.value).splitlines() == [HEADER, f"{product_id} 2,main,Pot,imported,many,3"]


def test_a_corrected_file_is_checked_again_and_loaded(
    as_manager: OpenPage, stock_loader: StockLoader, product_id: str
) -> None:
    page = as_manager("import")
    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,-1,3", f"{product_id},north,Kettle,imported,5,1"))
    expect_verdict(page, "Some rows cannot be loaded")

    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,1,3", f"{product_id},north,Kettle,imported,5,1"))
    expect_verdict(page, "The file is valid")
    page.get_by_role("button", name="Load the file").click()

    expect_verdict(page, "Loaded")
    assert sorted(on_hand(stock_loader, product_id)) == [1, 5]


def test_many_problems_are_counted_paginated_and_downloaded(as_manager: OpenPage, product_id: str) -> None:
    count = ERRORS_MAX + 50
    page = as_manager("import")

    choose(page, a_catalogue(*(f"{product_id}-{row},main,Kettle,imported,many,3" for row in range(count))))
    expect_verdict(page, "The file cannot be loaded")

    assert figure(page, "Rows that cannot be loaded") == f"{count:,}"
    expect(page.get_by_text("The first 1,000 of 1,050.")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("row").filter(has_text="22")).to_be_visible()  # line 1 is the header, 20 are on a page
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download as CSV").click()
    problems = list(csv.DictReader(io.StringIO(content_of(downloading.value).removeprefix("\ufeff"))))
    assert len(problems) == ERRORS_MAX
    assert problems[0] == {"line": "2", "field": "on_hand", "message": "must be a whole number, not 'many'"}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (a_file(b""), "It is empty."),
        (a_file(b"\x89PNG\r\n\x1a\n\x00\xff", "photo.csv"), "It is not UTF-8 text."),
    ],
    ids=["empty", "not text"],
)
def test_a_file_that_cannot_be_a_catalogue_is_not_sent(as_manager: OpenPage, file: FilePayload, reason: str) -> None:
    page = as_manager("import")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    choose(page, file)

    expect(page.get_by_text(reason)).to_be_visible()
    expect(page).to_have_url(re.compile("/#/import$"))
    assert not [url for url in sent if "/admin/imports" in url]


def test_a_file_that_is_too_large_is_not_sent(as_manager: OpenPage, tmp_path: Path) -> None:
    page = as_manager("import")
    large = tmp_path / "catalogue.csv"
    with large.open("wb") as file:
        file.truncate(UPLOAD_BYTES_MAX + 1)  # takes no space on the disk

    page.locator("input[type=file]").set_input_files(large)

    expect(page.get_by_text("It is larger than 100 MB.")).to_be_visible()
    expect(page).to_have_url(re.compile("/#/import$"))


def test_the_missing_columns_of_a_file_are_listed(as_manager: OpenPage) -> None:
    page = as_manager("import")

    choose(page, a_file(b'{"product_id": "KIT-0001"}\n', "catalogue.json"))

    expect_verdict(page, "The file cannot be loaded")
    expect(page.get_by_role("row").filter(has_text="low_stock_threshold")).to_contain_text(
        "is a column that the header must name"
    )
    expect(page.get_by_role("button", name=re.compile("^Load"))).to_have_count(0)


# --- reloads and lost connections


def test_a_report_survives_a_reload(as_manager: OpenPage, product_id: str) -> None:
    page = as_manager("import")
    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3"))
    expect_verdict(page, "The file is valid")

    page.reload()
    expect_verdict(page, "The file is valid")
    expect(page.get_by_text("Choose the file again to load it")).to_be_visible()
    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3"))
    page.get_by_role("button", name="Load the file").click(timeout=SOON_MILLISECONDS)
    expect_verdict(page, "Loaded")

    page.reload()
    expect_verdict(page, "Loaded")


def test_a_file_that_could_not_be_sent_can_be_sent_again(
    as_manager: OpenPage, browsing: Browsing, product_id: str
) -> None:
    browsing.tolerate("ERR_INTERNET_DISCONNECTED")
    page = as_manager("import")
    expect(page.get_by_text("Drop a CSV here, or")).to_be_visible()

    page.context.set_offline(True)
    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3"))
    expect(page.get_by_text("The API did not answer.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("main").get_by_role("button", name="Try again").last.click()

    expect_verdict(page, "The file is valid")


def test_retrying_a_load_with_a_lost_response_does_not_undo_sales_made_since(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager, stock_loader: StockLoader, product_id: str
) -> None:
    browsing.tolerate("ERR_FAILED")
    page = as_manager("import")
    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3"))
    expect_verdict(page, "The file is valid")

    page.route(re.compile("/admin/imports"), lose_the_response)
    page.get_by_role("button", name="Load the file").click()
    expect(page.get_by_text("The API did not answer.")).to_be_visible(timeout=SOON_MILLISECONDS)
    await_on_hand(stock_loader, product_id, 12)
    other_manager.sells(product_id, 2)
    page.unroute(re.compile("/admin/imports"))
    page.get_by_role("main").get_by_role("button", name="Try again").last.click()

    expect_verdict(page, "Loaded")
    assert on_hand(stock_loader, product_id) == [10]


def test_an_unknown_import_is_explained(as_manager: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 40[04]")

    page = as_manager(f"import/{uuid4().hex}")

    expect(page.get_by_text("Import not found")).to_be_visible()
    page.get_by_role("button", name="Start an import").click()
    expect(page.get_by_text("Drop a CSV here, or")).to_be_visible()


# --- templates and exports


def test_the_template_with_a_row_is_a_valid_file(as_manager: OpenPage, product_id: str) -> None:
    page = as_manager("import")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download a template").click()
    assert downloading.value.suggested_filename == "inventory-template.csv"

    template = content_of(downloading.value)
    choose(page, a_file(f"{template}{product_id},,Kettle,imported,12,3\r\n".encode()))

    expect_verdict(page, "The file is valid")


def test_an_export_has_every_level(as_viewer: OpenPage, stock_loader: StockLoader) -> None:
    page = as_viewer("import")

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export everything").click()

    exported = list(csv.DictReader(io.StringIO(content_of(downloading.value).removeprefix("\ufeff"))))
    # A text that a spreadsheet might take for a formula has a space before it.
    keys = {(row["product_id"].lstrip(), row["warehouse_id"].lstrip()) for row in exported}
    assert keys == {(level["product_id"], level["warehouse_id"]) for level in stock_loader.levels()}


def test_a_viewer_cannot_import(as_viewer: OpenPage) -> None:
    page = as_viewer("import")

    expect(page.get_by_text("Only managers can import")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Side navigation").get_by_role("link", name="Import")).to_have_count(0)


# --- accessibility and appearance


def test_the_import_page_is_accessible(as_manager: OpenPage, display: Display, product_id: str) -> None:
    page = as_manager("import", display=display)
    expect(page.get_by_text("Drop a CSV here, or")).to_be_visible()
    assert_accessible(page)
    photograph(page, f"import-{display}")

    choose(page, a_catalogue(f"{product_id},main,Kettle,imported,12,3", f"{product_id} 2,main,Pot,imported,many,3"))
    expect_verdict(page, "Some rows cannot be loaded")
    assert_accessible(page)
    photograph(page, f"import-checked-{display}")

    page.get_by_role("button", name="Load the valid rows").click()
    expect_verdict(page, "Loaded, except for some rows")
    assert_accessible(page)
    photograph(page, f"import-loaded-{display}")
