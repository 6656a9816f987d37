"""A page of an administrator reads at most 100 units, with and without the read model, in a shop of thousands of rows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import failed_execution_item, level_item, refund_item, reservation_item
from inventory.model import (
    ExecutionStatus,
    FailedExecution,
    Level,
    Line,
    Refund,
    ReleaseReason,
    Reservation,
    Status,
    iso,
    utc_now,
)
from tests.support.http.built_read_model import BuiltReadModel
from tests.support.http.gateway import Caller
from tests.support.http.read_units import read_units
from tests.support.shop import Shop

UNITS_MAX = 100
LEVELS = 1_500
RESERVATIONS = 600
# Each call of the page, with the limits that it sends.
CALLS: list[tuple[str, dict[str, str]]] = [
    ("/admin/overview", {}),
    ("/admin/attention", {"limit": "50"}),
    ("/admin/lost-demand", {}),
    ("/admin/inventory", {"limit": "50"}),
    ("/admin/inventory", {"limit": "50", "sort": "available", "order": "desc"}),
    ("/admin/inventory", {"limit": "50", "category": "garden"}),
    ("/admin/inventory", {"limit": "50", "status": "OUT_OF_STOCK", "warehouse_id": "main"}),
    ("/admin/inventory", {"limit": "50", "search": "P-000"}),
    ("/admin/search", {"query": "O-7"}),
    ("/admin/search", {"query": "R-1"}),
    ("/admin/reservations", {"limit": "50"}),
    ("/admin/reservations", {"limit": "50", "status": "HELD"}),
    ("/admin/reservations", {"limit": "50", "product_id": "P-9999"}),
    ("/admin/reservations", {"limit": "50", "search": "R-"}),
    ("/admin/refunds", {"limit": "50"}),
    ("/admin/executions", {"limit": "50"}),
    ("/admin/timeline", {"order_id": "O-7"}),
    ("/admin/timeline", {"customer_id": "C-7"}),
]


def rows(shop: Shop) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a shop, each with its table."""
    now = utc_now()
    at = iso(now - timedelta(minutes=30))
    for number in range(LEVELS):
        category = ("kitchen", "garden")[number % 2]
        name = f"A product of the shop with number {number}"
        level = Level(f"P-{number:04}", "main", name, category, 20, 0, 20, 2, 1, at)
        yield shop.tables.inventory, level_item(level)
    for number in range(RESERVATIONS):
        held = number % 3 == 0
        reservation = Reservation(
            f"R-{number:05}",
            Status.HELD if held else Status.RELEASED,
            (Line(f"P-{number:04}", "main", 1),),
            900,
            at,
            held_until=iso(now + timedelta(minutes=10)) if held else None,
            decided_at=None if held else at,
            reason=None if held else ReleaseReason.EXPIRED,
            order_id=f"O-{number % 9}",
            customer_id=f"C-{number % 9}",
        )
        yield shop.tables.reservations, reservation_item(reservation)
    for number in range(80):
        yield shop.tables.refunds, refund_item(Refund(f"R-{number:05}", f"PAY-{number}", at, Status.RELEASED, "O-7"))
        failed = FailedExecution(
            f"F-{number}", f"F-{number}", ExecutionStatus.FAILED, at, at, "O-7", "Error", "cause " * 50, "{}" * 400
        )
        yield shop.tables.failed_executions, failed_execution_item(failed)


@pytest.fixture
def large(shop: Shop) -> None:
    """A shop with thousands of rows."""
    batches: dict[str, list[dict[str, Any]]] = {}
    for table, item in rows(shop):
        batches.setdefault(table, []).append({"PutRequest": {"Item": to_attributes(item)}})
    requests = [
        {table: puts[start : start + 25]} for table, puts in batches.items() for start in range(0, len(puts), 25)
    ]

    def write(request: Any) -> None:
        assert not shop.client.batch_write_item(RequestItems=request)["UnprocessedItems"]

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, requests))


@pytest.mark.usefixtures("large")
def test_every_page_reads_at_most_100_units_whatever_the_read_model_is(
    manager: Caller, shop: Shop, built: BuiltReadModel
) -> None:
    units: dict[str, float] = {}

    def measure(state: str) -> None:
        for path, query in CALLS:
            with read_units(shop.client) as charged:
                answer = manager.get(path, **query)
            assert answer.status == 200 or answer.content["code"] == "READ_MODEL_MISSING", answer
            units[f"{state}: {path} {query}"] = charged.total

    measure("missing")
    built.is_built()
    measure("current")

    assert {call: charged for call, charged in units.items() if charged > UNITS_MAX} == {}
    assert min(units.values()) > 0
