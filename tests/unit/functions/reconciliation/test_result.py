"""The result of the last comparison is kept, whatever else is in its row."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import Unreadable
from inventory.model import Level, iso
from inventory.reconciliation.findings import CustomerDrift, Drift, Findings
from inventory.reconciliation.incremental.result import FIRST_MAX, RESULT, ComparisonResult, ComparisonResults
from tests.support.shop.in_memory import MemoryShop

NOW = datetime.fromisoformat("2026-03-02T12:00:00Z")
LEVEL = Level("P-1", "main", "Mug", "kitchen", 10, 3, 7, 2, 1, "2026-03-01T12:00:00.000Z")
DRIFT = Drift(LEVEL, held=2, moved=10)
NOTHING = Findings((), 5, ())
FOUND = Findings(
    (DRIFT,),
    5,
    (LEVEL.key,),
    customers=(CustomerDrift("C-1", None, (1, 2), (0, 0)),),
    customers_unsure=("C-2", "C-3"),
    unreadable=(Unreadable("P-9 main", "ValueError('many')"),),
)


@pytest.fixture
def shop() -> MemoryShop:
    return MemoryShop()


@pytest.fixture
def results(shop: MemoryShop) -> ComparisonResults:
    return ComparisonResults(shop.client, shop.tables)


def result_of(findings: Findings = NOTHING, at: datetime = NOW) -> ComparisonResult:
    return ComparisonResult.of(findings, at)


def put(shop: MemoryShop, **row: Any) -> None:
    shop.client.put_item(TableName=shop.tables.ledger_checkpoints, Item=to_attributes({**RESULT, **row}))


def test_without_a_comparison_there_is_no_result(results: ComparisonResults) -> None:
    assert results.read() is None


def test_what_differs_is_counted_and_its_first_are_kept_levels_first(results: ComparisonResults) -> None:
    results.write(result_of(FOUND), NOW)

    kept = results.read()

    assert kept == result_of(FOUND)
    assert (kept.differences, kept.unsure, kept.is_complete, kept.checked_at) == (3, 3, True, iso(NOW))
    assert [found.to_json() for found in kept.first] == [
        {
            "kind": "LEVEL",
            "product_id": "P-1",
            "warehouse_id": "main",
            "customer_id": None,
            "what": ["3 reserved, but its reservations hold 2"],
        },
        {
            "kind": "CUSTOMER",
            "product_id": None,
            "warehouse_id": None,
            "customer_id": "C-1",
            "what": ["customer C-1: counted as 1 reservations with 2 units, but holds 0 with 0"],
        },
        {
            "kind": "ROW",
            "product_id": None,
            "warehouse_id": None,
            "customer_id": None,
            "what": ["P-9 main: ValueError('many')"],
        },
    ]


def test_of_many_differences_some_are_kept(results: ComparisonResults) -> None:
    rows = tuple(Unreadable(f"P-{number}", "x" * 100_000) for number in range(500))
    results.write(result_of(replace(NOTHING, unreadable=rows, is_complete=False)), NOW)

    kept = results.read()

    assert kept
    assert (kept.differences, len(kept.first), kept.is_complete) == (500, FIRST_MAX, False)


def test_a_later_comparison_replaces_the_result(results: ComparisonResults) -> None:
    results.write(result_of(FOUND), NOW)
    results.write(result_of(NOTHING, NOW + timedelta(hours=1)), NOW)

    assert results.read() == result_of(NOTHING, NOW + timedelta(hours=1))


def test_a_comparison_that_began_earlier_and_ended_later_replaces_nothing(results: ComparisonResults) -> None:
    results.write(result_of(NOTHING), NOW)
    results.write(result_of(FOUND, NOW - timedelta(minutes=10)), NOW)
    results.write(result_of(NOTHING), NOW)  # the answer was lost

    assert results.read() == result_of(NOTHING)


@pytest.mark.parametrize("checked_at", [7, True, "zzz", iso(NOW + timedelta(days=400)), ["x"]])
def test_a_row_of_another_tool_hides_no_result(shop: MemoryShop, results: ComparisonResults, checked_at: Any) -> None:
    put(shop, checked_at=checked_at, differences=0)

    results.write(result_of(FOUND), NOW)

    assert results.read() == result_of(FOUND)


@pytest.mark.parametrize(
    "changed",
    [
        {"checked_at": "soon"},
        {"checked_at": 7},
        {"differences": "many"},
        {"unsure": "1.5.2"},
        {"first": "[7]"},
        {"first": "{"},
        {"first": '[{"kind": "LEVEL"}]'},
    ],
)
def test_a_row_that_cannot_be_read_is_no_result(
    shop: MemoryShop, results: ComparisonResults, changed: dict[str, Any]
) -> None:
    put(shop, **result_of(FOUND).to_item() | changed)

    assert results.read() is None
