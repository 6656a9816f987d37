"""A page of an administrator reads at most 100 units, with and without the read model, in a shop of thousands of rows."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.identifiers import joined
from inventory.items import failed_execution_item, level_item, movement_item, refund_item, reservation_item
from inventory.model import (
    ExecutionStatus,
    FailedExecution,
    Level,
    Line,
    Movement,
    MovementKind,
    Refund,
    ReleaseReason,
    Reservation,
    Status,
    iso,
    utc_now,
)
from inventory.read_model.entries import Change, Kind, LevelEntry, RefundEntry, ReservationEntry
from tests.support.http.gateway import Caller
from tests.support.http.lists import pages
from tests.support.http.read_units import read_units
from tests.support.read_model.built import BuiltReadModel, shop_is_large
from tests.support.shop import Shop

UNITS_MAX = 100
LEVELS = 1_500
SHARDS = 32
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
    write_rows(shop, rows(shop))


def write_rows(shop: Shop, found: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Write rows into their tables, many at once."""
    batches: dict[str, list[dict[str, Any]]] = {}
    for table, item in found:
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


# --- the worst that can come together: the longest pages, a journal that is longer than a call reads, levels that are spread
# over shards, and payments that are looked up one by one

LONGEST = [
    (
        path,
        query
        | (
            {"limit": "50" if path == "/admin/search" else "100"} if "limit" in query or path == "/admin/search" else {}
        ),
    )
    for path, query in CALLS
] + [
    ("/admin/inventory", {"limit": "100", "search": "P-0000"}),
    ("/admin/reservations", {"limit": "100", "status": "UNFULFILLED"}),
    ("/admin/reservations", {"limit": "100", "status": "HELD", "sort": "held_until"}),
    ("/admin/search", {"query": "number", "limit": "50"}),
    ("/admin/search", {"query": "PAY", "limit": "50"}),
    ("/admin/movements", {"product_id": "P-0000", "limit": "100"}),
]


def worst_rows(shop: Shop) -> Iterator[tuple[str, dict[str, Any]]]:
    """Spread levels, reservations with payments that bought nothing, and payments of unknown reservations."""
    at = iso(utc_now() - timedelta(minutes=30))
    for number in range(0, 24, 2):
        name = f"A product of the shop with number {number}"
        own = Level(f"P-{number:04}", "main", name, "kitchen", 20, 0, 20, 2, 1, at, shards=SHARDS, shards_max=SHARDS)
        for shard in range(SHARDS):
            yield shop.tables.inventory, level_item(replace(own, shard=shard))
    for number in range(120):
        reservation = Reservation(
            f"U-{number:05}",
            Status.UNFULFILLED,
            (Line(f"P-{number:04}", "main", 1),),
            900,
            at,
            decided_at=at,
            reason=ReleaseReason.EXPIRED,
            order_id="O-7",
            customer_id="C-7",
            has_refunds=True,
        )
        yield shop.tables.reservations, reservation_item(reservation)
        yield shop.tables.refunds, refund_item(Refund(f"U-{number:05}", f"PAY-U{number}", at, None, "O-7"))
    for number in range(30):
        movement = Movement(
            "P-0000", "main", joined(at, f"{number:05}"), at, MovementKind.SOLD, -1, "checkout", "sold " * 30
        )
        for shard in range(SHARDS):
            yield shop.tables.movements, movement_item(replace(movement, shard=shard))


def names_with(shop: Shop, status: str) -> list[str]:
    """The names of the reservations of the shop that have a status."""
    written = [row for table, row in (*rows(shop), *worst_rows(shop)) if table == shop.tables.reservations]
    return sorted(row["reservation_id"] for row in written if row["status"] == status)


def journal_is_long(built: BuiltReadModel) -> None:
    """More changed than a call reads of the journal, and no two of the changes look alike."""
    at = iso(utc_now())
    texts = [sha256(str(number).encode()).hexdigest() for number in range(6_000)]
    levels = [LevelEntry.of(Level(f"J-{text}", "main", text[::-1], text[:9], 5, 0, 5, 2, 1, at)) for text in texts]
    held = [
        ReservationEntry.of(
            Reservation(text, Status.HELD, (Line(text, "main", 1),), 9, at, held_until=at, order_id=text[::-1])
        )
        for text in texts
    ]
    refunds = [RefundEntry.of(Refund(text, text[::-1], at, Status.RELEASED, text[9:])) for text in texts]
    of_each: dict[Kind, Sequence[Any]] = {Kind.LEVELS: levels, Kind.RESERVATIONS: held, Kind.REFUNDS: refunds}
    for kind, entries in of_each.items():
        changes = [Change(number, entry.entry_key, entry) for number, entry in enumerate(entries, start=1)]
        built.journal.append(built.manifest.generation, kind, changes)


@pytest.mark.usefixtures("large")
def test_the_longest_pages_end_before_they_read_more_than_100_units_and_list_everything_once(
    manager: Caller, shop: Shop, built: BuiltReadModel
) -> None:
    write_rows(shop, worst_rows(shop))
    built.is_built()

    for query in ({"status": "UNFULFILLED"}, {"status": "HELD", "sort": "held_until"}):
        listed = [found for page in pages(manager, "/admin/reservations", limit="100", **query) for found in page]
        assert sorted(found["execution_name"] for found in listed) == names_with(shop, query["status"])
    levels = [level["product_id"] for page in pages(manager, "/admin/inventory", limit="100") for level in page]
    assert levels == [f"P-{number:04}" for number in range(LEVELS)]

    journal_is_long(built)
    units: dict[str, float] = {}
    behind: set[str] = set()

    for path, query in LONGEST:
        with read_units(shop.client) as charged:
            answer = manager.get(path, **query)
        assert answer.status == 200, (path, query, answer)
        units[f"{path} {query}"] = charged.total
        if answer.content.get("read_model", {}).get("state") == "BEHIND":
            behind.add(path)

    assert {call: charged for call, charged in units.items() if charged > UNITS_MAX} == {}
    # Each says that it has not read all of the journal.
    assert behind >= {"/admin/overview", "/admin/attention", "/admin/lost-demand", "/admin/inventory", "/admin/search"}


def test_payments_with_long_references_are_counted_within_the_units_of_their_list(manager: Caller, shop: Shop) -> None:
    at = iso(utc_now())
    written = [
        refund_item(Refund(f"{number:080}", f"{number:0128}", at, Status.RELEASED, "O-7")) for number in range(1_100)
    ]
    write_rows(shop, ((shop.tables.refunds, item) for item in written))

    with read_units(shop.client) as charged:
        answer = manager.get("/admin/refunds", limit="100")

    assert charged.total <= UNITS_MAX
    assert (answer.content["total"], len(answer.content["items"]) > 50) == (None, True)


# --- rows that are larger than most, and a product whose levels are spread in many warehouses

LARGE = 25
WAREHOUSES = 6


def large_rows(shop: Shop) -> Iterator[tuple[str, dict[str, Any]]]:
    """An order of long reservations, each with a payment to return and a failed execution; and a product with 192 rows."""
    at = iso(utc_now() - timedelta(minutes=30))
    for number in range(LARGE):
        name = f"LARGE-{number:02}"
        lines = tuple(Line(f"{line:03}-{'x' * 120}", "main", 1) for line in range(60))
        reservation = Reservation(
            name,
            Status.UNFULFILLED,
            lines,
            900,
            at,
            decided_at=at,
            reason=ReleaseReason.EXPIRED,
            order_id="O-LARGE",
            customer_id="C-LARGE",
            has_refunds=True,
        )
        yield shop.tables.reservations, reservation_item(reservation)
        yield shop.tables.refunds, refund_item(Refund(name, f"PAY-{number}", at, Status.RELEASED, "O-LARGE"))
        failed = FailedExecution(name, name, ExecutionStatus.FAILED, at, at, "O-LARGE", "Error", "cause " * 5_000, "{}")
        yield shop.tables.failed_executions, failed_execution_item(failed)
    for warehouse in range(WAREHOUSES):
        wide = Level("WIDE", f"w-{warehouse}", "Wide", "kitchen", 20, 0, 20, 2, 1, at, shards=SHARDS, shards_max=SHARDS)
        for shard in range(SHARDS):
            yield shop.tables.inventory, level_item(replace(wide, shard=shard))


def all_of(caller: Caller, shop: Shop, path: str, kind: str, **query: str) -> tuple[list[dict[str, Any]], float]:
    """Everything of one kind on all pages, and the units of the page that read most."""
    found: list[dict[str, Any]] = []
    most = 0.0
    for _ in range(100):
        with read_units(shop.client) as charged:
            answer = caller.get(path, **query)
        assert answer.status == 200, answer
        found += answer.content[kind]
        most = max(most, charged.total)
        if answer.content["cursor"] is None:
            return found, most
        query["cursor"] = answer.content["cursor"]
    raise AssertionError("the list does not end")


def test_pages_of_large_rows_are_shorter_and_list_everything_once(
    manager: Caller, shop: Shop, built: BuiltReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(shop, large_rows(shop))
    built.is_built()
    shop_is_large(monkeypatch)
    names = [f"LARGE-{number:02}" for number in range(LARGE)]
    warehouses = [f"w-{number}" for number in range(WAREHOUSES)]
    of_search = {"levels": "warehouse_id", "reservations": "execution_name", "executions": "execution_name"}
    read: dict[str, float] = {}

    for text in ("LARGE", "O-LARGE", "WIDE"):
        for kind, key in of_search.items():
            found, read[f"search {text}"] = all_of(manager, shop, "/admin/search", kind, query=text)
            wanted = {"levels": warehouses if text == "WIDE" else []}.get(kind, [] if text == "WIDE" else names)
            assert sorted(one[key] for one in found) == wanted, (text, kind)
    listed, read["levels"] = all_of(manager, shop, "/admin/inventory", "items", search="WIDE")
    assert sorted(level["warehouse_id"] for level in listed) == warehouses
    for query in ({"order_id": "O-LARGE"}, {"customer_id": "C-LARGE"}):
        entries, read[f"timeline {query}"] = all_of(manager, shop, "/admin/timeline", "items", **query)
        decided = [entry["reservation_id"] for entry in entries if entry["kind"] == "UNFULFILLED"]
        assert sorted(decided) == names

    assert {call: units for call, units in read.items() if units > UNITS_MAX} == {}
