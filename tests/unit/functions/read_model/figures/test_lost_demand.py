"""Lost demand: the units of each rejected reservation count once, for a day."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.model import Status, iso
from inventory.read_model.entries import ReservationEntry
from inventory.read_model.figures import lost_demand
from inventory.read_model.figures.lost_demand import RefusedUnits
from tests.support.read_model import A_RESERVATION

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

Short = tuple[str, int, int]


def rejected(name: str, *short: Short, at: datetime = NOW) -> ReservationEntry:
    """A rejected reservation."""
    return replace(
        A_RESERVATION,
        name=name,
        status=Status.REJECTED,
        created_at=iso(at),
        decided_at=iso(at),
        held_until=None,
        shortages=short,
    )


def refused(*entries: ReservationEntry | None, now: datetime = NOW) -> RefusedUnits:
    """What was refused to these, as it is read from its file."""
    found = RefusedUnits()
    found.add(entries, now)
    found.trim(now)
    return RefusedUnits.decode(found.encode())


@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abc"), st.integers(1, 9), st.integers(0, 3)), max_size=30)
)
def test_each_reservation_counts_once_however_often_it_comes(found: list[tuple[int, str, int, int]]) -> None:
    once: dict[int, tuple[str, int]] = {}
    state = RefusedUnits()
    for number, product_id, asked, available in found:
        entry = rejected(f"R-{number}", (product_id, asked, available))
        state.add([entry, entry], NOW)
        state = RefusedUnits.decode(state.encode())
        once.setdefault(number, (product_id, max(0, asked - available)))

    shown = state.shown(NOW)

    units: Counter[str] = Counter()
    for product_id, missing in once.values():
        units[product_id] += missing
    assert {item.product_id: item.units for item in shown.items} == +units
    assert shown.total_units == units.total()
    assert [item.units for item in shown.items] == sorted(units.values() if all(units.values()) else (+units).values())[
        ::-1
    ]


def test_units_requests_and_the_last_time_of_a_product_are_shown() -> None:
    earlier = NOW - timedelta(hours=3)
    state = refused(
        rejected("R-1", ("P-1", 5, 2), ("P-2", 1, 0), at=earlier),
        rejected("R-2", ("P-1", 2, 0), ("P-1", 2, 1), at=NOW),
    )

    shown = state.shown(NOW)

    assert [tuple(item) for item in shown.items] == [("P-1", 6, 2, iso(NOW)), ("P-2", 1, 1, iso(earlier))]
    assert shown.total_units == 7
    assert shown.since == datetime(2026, 3, 1, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        A_RESERVATION,
        rejected("R-1"),
        replace(rejected("R-1", ("P-1", 1, 0)), decided_at="soon"),
        rejected("R-1", ("P-1", 1, 0), at=NOW + timedelta(days=1)),
        rejected("R-1", ("P-1", 1, 0), at=NOW - timedelta(days=2)),
        rejected("R-1", ("P-1", 1, 3)),
    ],
    ids=["gone", "held", "a limit", "unreadable", "of the future", "too old", "nothing missing"],
)
def test_nothing_else_is_lost_demand(entry: ReservationEntry | None) -> None:
    shown = refused(entry).shown(NOW)

    assert (shown.items, shown.total_units) == ([], 0)


def test_what_is_older_than_a_day_is_not_shown_and_forgotten() -> None:
    state = refused(rejected("R-1", ("P-1", 1, 0)))

    assert state.shown(NOW + timedelta(hours=23, minutes=55)).total_units == 1
    assert state.shown(NOW + timedelta(hours=24)).total_units == 0
    state.trim(NOW + timedelta(hours=26))
    assert (state.cells, state.totals, state.counted) == ({}, {}, {})


def test_the_products_with_the_most_units_of_a_cell_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_demand, "PRODUCTS_MAX", 2)

    shown = refused(*(rejected(f"R-{n}", (f"P-{n}", n, 0)) for n in range(1, 5))).shown(NOW)

    assert [(item.product_id, item.units) for item in shown.items] == [("P-4", 4), ("P-3", 3)]
    assert shown.total_units == 1 + 2 + 3 + 4


def test_at_most_100_products_are_shown() -> None:
    shown = refused(*(rejected(f"R-{n}", (f"P-{n}", n, 0)) for n in range(1, 151))).shown(NOW)

    assert [item.units for item in shown.items] == list(range(150, 50, -1))


def test_a_reservation_that_is_no_longer_known_is_not_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_demand, "KNOWN_MAX", 2)
    entries = [rejected(f"R-{n}", ("P-1", 1, 0), at=NOW - timedelta(minutes=10 * n)) for n in range(5)]
    state = refused(*entries)

    state.add(entries, NOW)

    assert len(state.counted) == 2
    assert state.shown(NOW).total_units == 5
