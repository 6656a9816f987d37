"""What a screen reader says of each page: its headings and tables by name, in their order, on a desktop and on a phone."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import TIMEOUT_MILLISECONDS, Display, assert_accessible
from tests.support.browser.other_manager import OtherManager

SIDEWAYS_MAX_PX = 16  # a table that scrolls less hides no number
NAMES = "(tables) => tables.map((table) => table.getAttribute('aria-label'))"
WIDER_PX = "(tables) => Math.max(0, ...tables.map(({ parentElement: box }) => box.scrollWidth - box.clientWidth))"


@dataclass(frozen=True)
class Read:
    """What is read of one page."""

    path: str
    headings: tuple[str, ...]
    tables: tuple[str, ...] = ()


PAGES = (
    Read(
        "",
        (
            "Overview",
            "Books and alarms",
            "Running out",
            "Payments to return",
            "Refused in the last 24 hours",
            "Holds that end soon",
            "Reservations of the last 24 hours",
        ),
        ("Running out", "Payments to return", "Refused in the last 24 hours", "Holds that end soon"),
    ),
    Read("stock", ("Stock",), ("Stock",)),
    Read("reservations", ("Reservations",), ("Reservations",)),
    Read("refunds", ("Payments to return",), ("Payments to return",)),
    Read("executions", ("Failed orders",), ("Failed orders",)),
    Read("import", ("Import", "Choose a file", "File format")),
)


def read_headings(page: Page) -> list[str]:
    """The headings without their counters."""
    return [heading.split("(")[0].strip() for heading in page.get_by_role("heading").all_inner_texts()]


@pytest.mark.parametrize("read", PAGES, ids=lambda read: read.path or "overview")
def test_headings_and_tables_are_read_by_name_in_their_order(
    as_manager: OpenPage, other_manager: OtherManager, read: Read, display: Display
) -> None:
    page = as_manager(read.path, display=display)

    for heading in read.headings:
        shown = page.get_by_role("heading", name=heading).first
        expect(shown).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    tables = page.locator("table[aria-label]")
    expect(tables).to_have_count(len(read.tables))

    assert tuple(read_headings(page)) == read.headings
    assert tuple(tables.evaluate_all(NAMES)) == read.tables
    assert tables.evaluate_all(WIDER_PX) <= SIDEWAYS_MAX_PX
    assert_accessible(page)
