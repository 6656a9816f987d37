"""Findings: what counts as a difference between the books, and how it is said."""

from dataclasses import replace
from typing import Any

import pytest

from inventory.items import Unreadable
from inventory.model import Level, LevelKey
from inventory.reconciliation.findings import (
    NO_MOVEMENTS,
    CustomerDrift,
    Drift,
    Findings,
    LedgerSum,
    absent_level,
    by_level,
    name_of,
)

KEY = LevelKey("P-1", "main")
LEVEL = Level("P-1", "main", "Mug", "kitchen", 10, 3, 7, 2, 1, "2026-03-01T12:00:00.000Z")
AGREES = Drift(LEVEL, held=3, moved=10)
ABSENT = Drift(absent_level(KEY), held=0, moved=0, exists=False)
BY_HAND = replace(AGREES, moved=0, entries=0)


def with_figures(drift: Drift, **figures: Any) -> Drift:
    """The same, with other figures in its level."""
    return replace(drift, level=replace(drift.level, **figures))


def test_a_ledger_is_the_sum_of_its_movements_in_whatever_order() -> None:
    assert NO_MOVEMENTS.plus(5, "b").plus(-2, "c").plus(4, "a") == LedgerSum(units=7, entries=3, last_id="c")


def test_a_level_that_does_not_exist_has_nothing() -> None:
    assert absent_level(KEY) == Level("P-1", "main", "P-1", "unknown", 0, 0, 0, 0, 0, "")


def test_a_key_is_compared_with_its_level_or_with_nothing() -> None:
    ledger = LedgerSum(10, 2, "b")

    assert Drift.of(KEY, LEVEL, 3, ledger) == Drift(LEVEL, 3, 10, exists=True, entries=2, last_movement_id="b")
    assert Drift.of(KEY, None, 3, ledger) == Drift(absent_level(KEY), 3, 10, False, 2, "b")


# --- drift


@pytest.mark.parametrize(
    ("drift", "gaps", "sentences"),
    [
        (AGREES, (0, 0, 0, 0), []),
        (with_figures(AGREES, available=9), (-2, 0, 0, 0), ["10 on hand, but 9 available + 3 reserved"]),
        (replace(AGREES, held=2), (0, 1, 0, 0), ["3 reserved, but its reservations hold 2"]),
        (replace(AGREES, moved=14), (0, 0, -4, 0), ["10 on hand, but its movements add up to 14"]),
        (
            with_figures(replace(AGREES, moved=2), on_hand=2, available=-1),
            (0, 0, 0, 0),
            ["-1 are available"],
        ),
        (with_figures(replace(AGREES, held=10), reserved=10, available=0), (0, 0, 0, 0), []),
        (BY_HAND, (0, 0, 0, 0), []),
        (ABSENT, (0, 0, 0, 0), []),
        (replace(ABSENT, held=3), (0, -3, 0, 0), ["the level does not exist, but its reservations hold 3"]),
        (with_figures(replace(AGREES, allocated=2), allocated=2, available=5), (0, 0, 0, 0), []),
        (
            with_figures(replace(AGREES, allocated=2), allocated=2),
            (-2, 0, 0, 0),
            ["10 on hand, but 7 available + 3 reserved + 2 allocated"],
        ),
        (
            replace(AGREES, allocated=2),
            (0, 0, 0, -2),
            ["0 allocated, but 2 are sold and not dispatched, by its movements"],
        ),
        (
            replace(ABSENT, allocated=2),
            (0, 0, 0, -2),
            ["the level does not exist, but 2 are sold and not dispatched, by its movements"],
        ),
        (replace(ABSENT, moved=-5), (0, 0, 5, 0), ["the level does not exist, but its movements add up to -5"]),
    ],
)
def test_every_difference_of_a_level_is_drift_and_is_named(
    drift: Drift, gaps: tuple[int, int, int, int], sentences: list[str]
) -> None:
    assert (drift.gaps, drift.differences(), bool(drift)) == (gaps, sentences, bool(sentences))


@pytest.mark.parametrize(
    ("drift", "is_unopened"),
    [
        (BY_HAND, True),
        (with_figures(BY_HAND, on_hand=1), True),
        (with_figures(BY_HAND, on_hand=0), False),
        (replace(AGREES, moved=0, entries=1), False),
        (replace(AGREES, moved=0, entries=2), False),
        (replace(ABSENT, moved=5, entries=0), False),
    ],
)
def test_only_an_existing_level_with_units_and_without_movements_is_taken_over(drift: Drift, is_unopened: bool) -> None:
    assert drift.is_unopened is is_unopened


def test_the_opening_of_a_level_is_what_its_movements_do_not_explain() -> None:
    assert replace(AGREES, moved=-2).opening == 12


def test_drifts_are_in_the_order_of_their_levels() -> None:
    first, second, third = (
        replace(AGREES, level=replace(LEVEL, product_id=product, warehouse_id=warehouse))
        for product, warehouse in (("P-1", "main"), ("P-1", "north"), ("P-2", "main"))
    )

    assert by_level([third, second, first]) == (first, second, third)


# --- customers


@pytest.mark.parametrize(
    ("counted", "differs", "sentence"),
    [
        ((1, 3), False, "customer C-1: counted as 1 reservations with 3 units, but holds 1 with 3"),
        ((2, 3), True, "customer C-1: counted as 2 reservations with 3 units, but holds 1 with 3"),
        ((1, 4), True, "customer C-1: counted as 1 reservations with 4 units, but holds 1 with 3"),
        (None, True, "customer C-1: counted as what cannot be read, but holds 1 with 3"),
    ],
)
def test_a_customer_who_is_counted_otherwise_than_they_hold_differs(
    counted: tuple[int, int] | None, differs: bool, sentence: str
) -> None:
    drift = CustomerDrift("C-1", {}, counted, held=(1, 3))

    assert (bool(drift), str(drift)) == (differs, sentence)


# --- all together


def test_books_without_a_finding_agree() -> None:
    assert Findings((), 4, (), customers_checked=2, unopened=(BY_HAND,)).agree


@pytest.mark.parametrize(
    "found",
    [
        {"drifts": (replace(AGREES, held=2),)},
        {"unsure": (KEY,)},
        {"customers": (CustomerDrift("C-1", {}, None, (1, 3)),)},
        {"customers_unsure": ("C-1",)},
        {"unreadable": (Unreadable("P-1 main", "KeyError('name')"),)},
    ],
    ids=lambda found: next(iter(found)),
)
def test_books_do_not_agree_with_anything_that_differs_or_was_not_compared(found: dict[str, Any]) -> None:
    assert not replace(Findings((), 4, ()), **found).agree


@pytest.mark.parametrize(("shard", "name"), [(0, "P-1 in main"), (3, "P-1 in main, shard 3")])
def test_a_level_and_a_shard_have_names(shard: int, name: str) -> None:
    assert name_of(replace(LEVEL, shard=shard)) == name
