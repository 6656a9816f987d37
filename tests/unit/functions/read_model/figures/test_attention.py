"""Levels that need attention: which they are, in which order, and page by page."""

import random
import time
from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InvalidRequest
from inventory.read_model.entries import LevelEntry
from inventory.read_model.figures.attention import Attention, days_of_cover, needing_attention, sold_per_day
from inventory.read_model.figures.sales import DAYS, Columns, Key, Sale, SoldUnits
from inventory.read_model.figures.times import day_of
from tests.support.read_model import a_level_entry

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def sold(*levels: tuple[str, int, int | None]) -> Columns:
    """Levels of which units were sold: product, units sold, and units available; None if it is retired."""
    units = SoldUnits.empty(NOW)
    for product_id, number, available in levels:
        units.add(Sale((product_id, "main"), day_of(NOW), number))
        units.set_available(
            (product_id, "main"), a_level_entry(product_id, available=available or 0, active=available is not None)
        )
    return Columns.decode(units.encode())


def listed(columns: Columns, changed: dict[Key, LevelEntry | None] | None = None) -> list[Attention]:
    """All that need attention, read in pages of two."""
    found: list[Attention] = []
    start: tuple[str, ...] | None = None
    while True:
        page = needing_attention(columns, changed or {}, NOW, start, 2)
        found += page.items
        if page.next is None:
            assert len(found) == page.total
            return found
        start = page.next


def products(found: list[Attention]) -> list[str]:
    return [one.key.product_id for one in found]


def test_the_most_urgent_is_first() -> None:
    found = listed(sold(("P-1", 14, 7), ("P-2", 28, 7), ("P-3", 5, 0), ("P-4", 9, 0), ("P-5", 14, 13)))

    assert products(found) == ["P-4", "P-3", "P-2", "P-1", "P-5"]
    assert [one.days_of_cover for one in found] == [0, 0, 3.5, 7, 13]
    assert found[2] == Attention(found[2].key, 28, 2.0, 3.5, found[2].position)


def test_enough_for_14_days_retired_or_not_sold_needs_none() -> None:
    columns = sold(("P-1", 14, 14), ("P-2", 3, None))

    assert listed(columns, {("P-3", "main"): a_level_entry("P-3", available=0)}) == []


def test_a_level_that_changed_since_is_judged_as_it_is_now() -> None:
    columns = sold(("P-1", 14, 1), ("P-2", 14, 100), ("P-3", 14, 2), ("P-4", 14, 3), ("P-5", 14, None))

    found = listed(
        columns,
        {
            ("P-1", "main"): a_level_entry("P-1", available=50),
            ("P-2", "main"): a_level_entry("P-2", available=-1),
            ("P-3", "main"): None,
            ("P-4", "main"): a_level_entry("P-4", available=1, active=False),
            ("P-5", "main"): a_level_entry("P-5", available=13),
        },
    )

    assert products(found) == ["P-2", "P-5"]


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=12), st.integers(1, 4))
def test_pages_have_each_level_once_in_order(levels: list[tuple[int, int]], limit: int) -> None:
    columns = sold(*((f"P-{number:02}", *level) for number, level in enumerate(levels)))

    found = listed(columns)

    wanted = [
        (available / units, -units, number) for number, (units, available) in enumerate(levels) if available < units
    ]
    assert products(found) == [f"P-{number:02}" for _, _, number in sorted(wanted)]


@pytest.mark.parametrize("position", [(), ("1",), ("x", "1", "P-1", "main"), ("1", "x", "P-1", "main")])
def test_a_position_of_another_list_is_refused(position: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest):
        needing_attention(sold(("P-1", 14, 1)), {}, NOW, position, 10)


@pytest.mark.parametrize(
    ("available", "units", "cover"), [(7, 14, 7.0), (-3, 14, 0.0), (5, 0, None), (1, 3, 4.7), (10**9, 1, 14.0 * 10**9)]
)
def test_days_of_cover(available: int, units: int, cover: float | None) -> None:
    assert days_of_cover(available, units) == cover


def test_sold_per_day_is_an_average_of_14_days() -> None:
    assert (sold_per_day(14), sold_per_day(1), sold_per_day(0)) == (1.0, 0.07, 0)


def test_a_hundred_thousand_levels_are_listed_in_a_second() -> None:
    draw = random.Random(1)
    number = 100_000
    columns = Columns(
        [f"P-{at:06}" for at in range(number)],
        ["main"] * number,
        array("q", (draw.randint(0, 60) for _ in range(number))),
        [array("I", (draw.randint(0, 5) for _ in range(number))) for _ in range(DAYS)],
        day_of(NOW),
    )

    began = time.process_time()
    page = needing_attention(columns, {}, NOW, None, 50)
    seconds = time.process_time() - began

    assert page.total > 10_000
    assert seconds < 1
