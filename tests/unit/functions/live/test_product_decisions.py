"""Which events follow from a product's levels, given what was published of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.live.products.decisions import Display, announce
from inventory.live.published import PublishedProduct
from inventory.model import Level, iso
from inventory.stock.sourcing import Sourcing, SourcingPolicy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DISPLAY = Display(SourcingPolicy(("main", "berlin"), Sourcing.SPLIT), cap=0)
NEW = PublishedProduct("P-1")


def level(available: int = 5, warehouse_id: str = "main", **more: Any) -> Level:
    """A level as it was created, with a threshold of 0."""
    fields: dict[str, Any] = {
        "name": "Mug",
        "reserved": 0,
        "low_stock_threshold": 0,
        "version": 1,
        "updated_at": "T-1",
    } | more
    on_hand = available + fields["reserved"]
    return Level("P-1", warehouse_id, category="kitchen", on_hand=on_hand, available=available, **fields)


def published(*levels: Level, display: Display = DISPLAY) -> PublishedProduct:
    """The row after these levels were published, with everything sent and pushed."""
    row = announce(NEW, levels, display, NOW)
    assert row
    return replace(row, pending=(), pushed_sequence=row.sequence)


def events(
    row: PublishedProduct, *levels: Level, display: Display = DISPLAY, now: datetime = NOW
) -> list[tuple[str, int]]:
    """The new events, each with its sequence; the row must be written if there are any."""
    changed = announce(row, levels, display, now)
    return [(event.detail_type, event.detail["sequence"]) for event in changed.pending] if changed else []


CHANGES: dict[str, tuple[Sequence[Level], Sequence[Level], list[str]]] = {
    "nothing": ([level(5)], [level(5)], []),
    "only the time of the last change": ([level(5)], [level(5, updated_at="T-2")], []),
    "only what a shopper does not see": ([level(5)], [level(5, reserved=3, version=2)], []),
    "only units that are still above the threshold": ([level(9)], [level(8)], ["StockChanged"]),
    "the name": ([level(5)], [level(5, name="Cup")], ["StockChanged"]),
    "the last unit is held": ([level(1)], [level(0, reserved=1)], ["StockChanged", "SoldOut"]),
    "the last unit is sold": ([level(1)], [level(0)], ["StockChanged", "SoldOut", "StockLow"]),
    "units come back": ([level(0, reserved=1)], [level(1)], ["StockChanged", "BackInStock"]),
    "a level that was low is sold out": (
        [level(2, low_stock_threshold=2)],
        [level(0, low_stock_threshold=2)],
        ["StockChanged", "SoldOut"],
    ),
    "a threshold is crossed by a sale": (
        [level(3, low_stock_threshold=2)],
        [level(2, low_stock_threshold=2)],
        ["StockChanged", "StockLow"],
    ),
    "a threshold is crossed by holds only": (
        [level(3, low_stock_threshold=2)],
        [level(2, reserved=1, low_stock_threshold=2)],
        ["StockChanged"],
    ),
    "what was sold is low although a shopper saw it before": (
        [level(2, reserved=1, low_stock_threshold=2)],
        [level(2, low_stock_threshold=2)],
        ["StockLow"],
    ),
    "a second warehouse becomes low": (
        [level(1, low_stock_threshold=1), level(2, "berlin", low_stock_threshold=1)],
        [level(1, low_stock_threshold=1), level(1, "berlin", low_stock_threshold=1)],
        ["StockChanged", "StockLow"],
    ),
    "one of two warehouses is empty": (
        [level(1), level(1, "berlin")],
        [level(0, reserved=1), level(1, "berlin")],
        ["StockChanged"],
    ),
    "a warehouse that nobody is shown": ([level(5)], [level(5), level(9, "elsewhere")], []),
    "a level is retired": ([level(5)], [level(5, active=False)], ["StockChanged", "SoldOut"]),
    "a level is deleted": ([level(5)], [], ["StockChanged", "SoldOut"]),
    "an empty level is deleted": ([level(0, reserved=1)], [], ["StockChanged"]),
    "a retired level comes back": ([level(5, active=False)], [level(5)], ["StockChanged", "BackInStock"]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_has_its_events(before: Sequence[Level], after: Sequence[Level], expected: list[str]) -> None:
    assert [kind for kind, _ in events(published(*before), *after)] == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (level(5), ["StockChanged"]),
        (level(0, low_stock_threshold=-1), ["StockChanged"]),
        (level(0, version=2, low_stock_threshold=-1), ["StockChanged", "SoldOut"]),
        (level(0, reserved=1), ["StockChanged", "SoldOut"]),
        (level(1, version=2), ["StockChanged"]),
        (level(2, low_stock_threshold=2), ["StockChanged", "StockLow"]),
    ],
)
def test_a_product_that_is_seen_for_the_first_time_is_not_back_and_sold_out_only_if_it_had_units(
    first: Level, expected: list[str]
) -> None:
    assert events(NEW, first) == [(kind, 1) for kind in expected]


def test_a_new_product_had_units_if_any_of_its_levels_had() -> None:
    sold_out = [level(0, low_stock_threshold=-1), level(0, "berlin", version=2, low_stock_threshold=-1)]

    assert events(NEW, *sold_out) == [("StockChanged", 1), ("SoldOut", 1)]


def test_a_product_that_was_never_published_and_has_no_level_is_shown_as_sold_out() -> None:
    row = announce(NEW, [], DISPLAY, NOW)

    assert row
    assert row.shown == {
        "product_id": "P-1",
        "name": "P-1",
        "available": 0,
        "status": "OUT_OF_STOCK",
        "warehouses": [],
        "updated_at": iso(NOW),
    }


def test_a_product_without_levels_keeps_its_name_and_is_announced_once() -> None:
    row = announce(published(level(5)), [], DISPLAY, NOW)

    assert row
    assert row.shown
    assert (row.shown["name"], row.shown["available"], row.sequence) == ("Mug", 0, 2)
    assert announce(row, [], DISPLAY, NOW + timedelta(hours=1)) is None


def test_a_level_that_becomes_low_raises_no_sequence_and_keeps_what_is_shown() -> None:
    before = published(level(2, reserved=1, low_stock_threshold=2))

    row = announce(before, [level(2, low_stock_threshold=2, updated_at="T-2")], DISPLAY, NOW)

    assert row
    assert (row.sequence, row.shown, row.low) == (1, before.shown, frozenset({"main"}))


def test_a_level_that_is_no_longer_low_is_written_without_an_event_and_may_become_low_again() -> None:
    low = level(2, low_stock_threshold=2)
    row = announce(published(low), [level(2, reserved=1, low_stock_threshold=2)], DISPLAY, NOW)

    assert row
    assert (row.low, row.pending) == (frozenset(), ())
    assert events(row, low) == [("StockLow", 1)]


def test_a_retired_level_is_not_low() -> None:
    row = announce(published(level(3, low_stock_threshold=2)), [level(0, active=False)], DISPLAY, NOW)

    assert row
    assert row.low == frozenset()


def test_a_newer_state_replaces_one_that_is_not_sent_yet_and_nothing_else() -> None:
    sold_out = announce(published(level(1)), [level(0, reserved=1)], DISPLAY, NOW)
    assert sold_out

    assert events(sold_out, level(2)) == [("SoldOut", 2), ("StockChanged", 3), ("BackInStock", 3)]


def test_an_alert_replaces_no_state_that_is_not_sent_yet() -> None:
    row = announce(NEW, [level(2, reserved=1, low_stock_threshold=2)], DISPLAY, NOW)
    assert row

    assert events(row, level(2, low_stock_threshold=2)) == [("StockChanged", 1), ("StockLow", 1)]


def test_events_say_what_has_changed() -> None:
    row = announce(published(level(1)), [level(0, low_stock_threshold=3, updated_at="T-2")], DISPLAY, NOW)

    assert row
    state, sold_out, low = (dict(event.detail) for event in row.pending)
    about = {"sequence": 2, "at": iso(NOW), "product_id": "P-1", "name": "Mug"}
    assert state | about == state
    assert (state["available"], state["status"], state["updated_at"]) == (0, "OUT_OF_STOCK", "T-2")
    assert not {"channel"} & state.keys()
    assert {**about, "event_id": sold_out["event_id"]} == sold_out
    figures = {"warehouse_id": "main", "on_hand": 0, "available": 0, "low_stock_threshold": 3}
    assert {**about, **figures, "event_id": low["event_id"]} == low


def test_a_product_that_is_back_says_how_many_units_it_has() -> None:
    row = announce(published(level(0, reserved=1)), [level(2, low_stock_threshold=3)], DISPLAY, NOW)

    assert row
    [back] = [event.detail for event in row.pending if event.detail_type == "BackInStock"]
    assert (back["product_id"], back["name"], back["available"], back["status"]) == ("P-1", "Mug", 2, "LOW_STOCK")


def test_changes_above_the_cap_are_not_shown() -> None:
    capped = Display(DISPLAY.policy, cap=3)
    row = published(level(9), display=capped)

    assert events(row, level(8), display=capped) == []
    assert events(row, level(2), display=capped) == [("StockChanged", 2)]


def test_what_is_pushed_with_a_state_is_no_part_of_what_is_compared() -> None:
    shown = published(level(5)).shown

    assert shown
    assert not {"sequence", "channel"} & shown.keys()
