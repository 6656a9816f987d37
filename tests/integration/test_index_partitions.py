"""Readers find reservations in every partition of a phase, whichever version or tool wrote them, at a bounded cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest

from inventory.admin.figures import overview
from inventory.admin.figures.overview_store import OverviewStore
from inventory.admin.list_store import ListStore
from inventory.admin.lists import list_reservations
from inventory.admin.pagination import write_cursor
from inventory.admin.queries import ReservationQuery
from inventory.index_partitions import ACTIVE, index_partition, index_partitions
from inventory.model import Line, Reservation, Status, iso
from inventory.reconciliation.due_queue import UNDECIDED, UNNOTIFIED
from tests.support.aws_calls import Call, recorded
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop
from tests.support.shop.bulk_holds import hold_in_bulk
from tools.local.emulators.metering import Consistency, item_bytes, read_units

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = timedelta(hours=1)
PAGE = 50


@pytest.fixture(params=[True, None], ids=["spread", "both"])
def spread(request: pytest.FixtureRequest, shop: Shop) -> None:
    """How the shop writes each next reservation: during a deployment, functions of two versions write."""
    kinds: Iterator[bool] = cycle([True] if request.param else [True, False])
    reserve = shop.reserves

    def reserves(*arguments: Any, **more: Any) -> Reservation:
        shop.spreads_reservations = next(kinds)
        return reserve(*arguments, **more)

    shop.reserves = reserves  # type: ignore[method-assign]
    shop.stocks("P-1", on_hand=1_000)


def sell(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)
    shop.commits(reservation)


def at(shop: Shop, minutes: int) -> None:
    shop.now = lambda: NOON + timedelta(minutes=minutes)


def phases(shop: Shop) -> set[str]:
    return {row["phase"] for row in shop.rows(shop.tables.reservations)}


def listed(shop: Shop, *, limit: int, status: Status | None = None) -> list[str]:
    """The ids of a whole list, page by page; each page that another follows is full."""
    found: list[str] = []
    cursor = None
    while True:
        query = ReservationQuery(status=status, limit=limit, cursor=cursor)
        page = list_reservations(query, store=ListStore(shop.client, shop.tables))
        found += [reservation.reservation_id for reservation in page.items]
        cursor = write_cursor(page.next)
        if cursor is None:
            return found
        assert len(page.items) == limit


# --- lists


@pytest.mark.parametrize("limit", [5, 100])
@pytest.mark.usefixtures("spread")
def test_a_list_has_the_reservations_of_all_partitions_in_their_order(shop: Shop, limit: int) -> None:
    held, sold, rejected = [], [], []
    for minute in range(6):
        at(shop, minute)
        held.append(shop.holds(("P-1", 1), hold_seconds=3_600).reservation_id)
        sold.append(shop.holds(("P-1", 1)))
        rejected.append(shop.reserves(("P-1", 5_000)).reservation_id)
    for minute, reservation in enumerate(sold, start=10):
        at(shop, minute)
        sell(shop, reservation)

    names = [reservation.reservation_id for reservation in sold]
    assert listed(shop, limit=limit) == [*reversed(held), *reversed(names), *reversed(rejected)]
    assert listed(shop, limit=limit, status=Status.HELD) == held[::-1]
    assert listed(shop, limit=limit, status=Status.COMMITTED) == names[::-1]
    assert listed(shop, limit=limit, status=Status.REJECTED) == rejected[::-1]


@pytest.mark.parametrize("limit", [3, 100])
@pytest.mark.usefixtures("spread")
def test_reservations_of_one_moment_are_listed_once_each(shop: Shop, limit: int) -> None:
    at(shop, 0)
    names = {shop.holds(("P-1", 1)).reservation_id for _ in range(8)}
    at(shop, 1)
    names |= {shop.holds(("P-1", 1)).reservation_id for _ in range(8)}

    found = listed(shop, limit=limit)

    assert len(found) == 16
    assert set(found) == names


@pytest.mark.usefixtures("spread")
def test_what_is_decided_while_a_list_is_read_moves_and_the_others_stay(shop: Shop) -> None:
    store = ListStore(shop.client, shop.tables)
    for minute in range(20):
        at(shop, minute)
        shop.holds(("P-1", 1), reservation_id=f"R-{minute}")
    query = ReservationQuery(status=Status.HELD, limit=7)
    first = list_reservations(query, store=store)
    shop.cancels(shop.reservation("R-16"))
    shop.cancels(shop.reservation("R-9"))

    second = list_reservations(
        ReservationQuery(status=Status.HELD, limit=20, cursor=write_cursor(first.next)), store=store
    )

    assert [found.reservation_id for found in first.items] == [f"R-{number}" for number in range(19, 12, -1)]
    assert [found.reservation_id for found in second.items] == [f"R-{n}" for n in range(12, -1, -1) if n != 9]


def index_units(shop: Shop, calls: list[Call]) -> float:
    """The read units of queries of an index, which are eventually consistent."""
    units = 0.0
    for call in calls:
        if call.operation == "Query":
            items = shop.client.query(**call.request)["Items"]
            units += read_units(sum(map(item_bytes, items)), Consistency.EVENTUAL)
    return units


def many_reservations(shop: Shop) -> None:
    """A hundred and fifty reservations of each of four kinds, a second apart."""
    shop.stocks("P-1", on_hand=1_000)
    reservations = []
    for number in range(600):
        status = (Status.HELD, Status.COMMITTED, Status.RELEASED, Status.REJECTED)[number % 4]
        moment = iso(NOON + timedelta(seconds=number))
        reservations.append(
            Reservation(
                f"2026-03-01-{number:06}",
                status,
                (Line("P-1", "main", 1),),
                hold_seconds=900,
                created_at=moment,
                held_until=moment if status.is_active else None,
                decided_at=None if status.is_active else moment,
            )
        )
    hold_in_bulk(shop, reservations)


def test_a_page_of_50_reads_no_more_reservations_than_before_and_few_units_of_the_index(shop: Shop) -> None:
    many_reservations(shop)
    costs = {}

    for status in (None, Status.HELD, Status.COMMITTED, Status.UNFULFILLED):
        with recorded(shop.client) as calls:
            list_reservations(ReservationQuery(status=status, limit=PAGE), store=ListStore(shop.client, shop.tables))
        read = [call.request["RequestItems"] for call in calls if call.operation == "BatchGetItem"]
        rows = sum(len(request[shop.tables.reservations]["Keys"]) for request in read)
        costs[status] = (rows, index_units(shop, calls))

    # With one partition for each phase it was 2.5, 1, 0.5 and 0.5 units of the index, and as many reservations.
    assert costs[None] == (50, 12.5)
    assert costs[Status.HELD] == (80, 4.5)
    assert costs[Status.COMMITTED] == (50, 2.5)
    assert costs[Status.UNFULFILLED] == (0, 0.5)


# --- the reconciliation


def overdue(shop: Shop, number: int) -> list[str]:
    """Holds whose end has passed, the longest overdue first, in all partitions."""
    shop.stocks("P-1", on_hand=number)
    holds = [
        Reservation(
            f"R-{index}",
            Status.HELD,
            (Line("P-1", "main", 1),),
            hold_seconds=600,
            created_at=iso(NOON),
            held_until=iso(NOON + timedelta(milliseconds=index)),
        )
        for index in range(number)
    ]
    hold_in_bulk(shop, holds)
    return [hold.name for hold in holds]


def test_the_longest_overdue_of_all_partitions_come_first_with_bounded_reads(shop: Shop) -> None:
    names = overdue(shop, 250)

    with recorded(shop.client) as calls:
        due = shop.due_queue.due(UNDECIDED, NOON + LATER)
        first, second = next(due), next(due)

    assert {found.reservation_id for found in first} == set(names[:100])
    assert {found.reservation_id for found in second} == set(names[100:200])
    queries = [call for call in calls if call.operation == "Query"]
    assert len(queries) <= len(index_partitions(ACTIVE)) + 2
    assert all(call.request["Limit"] == 100 for call in queries)
    assert [len(batch) for batch in due] == [50]


@pytest.mark.usefixtures("spread")
def test_overdue_holds_of_every_version_are_settled(shop: Shop) -> None:
    at(shop, 0)
    expired = [shop.holds(("P-1", 1), hold_seconds=60) for _ in range(10)]
    paid = [shop.holds(("P-1", 1), hold_seconds=60) for _ in range(2)]
    for reservation in paid:
        shop.pays(reservation)
    at(shop, 10)

    found = shop.reconciles()

    assert (found["released"], found["committed"]) == (len(expired), len(paid))
    assert shop.level().reserved == 0
    shop.adds_up()


@pytest.mark.usefixtures("spread")
def test_pending_notifications_of_every_version_are_sent(shop: Shop) -> None:
    at(shop, 0)
    shop.signals.result = "FAILED"
    cancelled = [shop.holds(("P-1", 1)) for _ in range(10)]
    for reservation in cancelled:
        shop.cancels(reservation)
    at(shop, 10)
    assert len([due for batch in shop.due_queue.due(UNNOTIFIED, shop.now()) for due in batch]) == len(cancelled)

    shop.signals.result = "DELIVERED"
    shop.reconciles()

    assert not list(shop.due_queue.due(UNNOTIFIED, shop.now()))
    assert len(shop.signals.sent) >= len(cancelled)


# --- counts


@pytest.mark.usefixtures("spread")
def test_the_units_of_every_version_are_compared_and_counted(shop: Shop) -> None:
    at(shop, 0)
    for number in range(12):
        shop.holds(("P-1", 2), customer_id=f"C-{number}")
    for _ in range(8):
        sell(shop, shop.holds(("P-1", 1)))
        shop.reserves(("P-1", 5_000))

    held = shop.counter_store.held()
    read_model: Any = FakeReadModel(shop)
    store = OverviewStore(shop.client, shop.tables)
    counted = overview.get_overview(read_model=read_model, store=store, now=shop.now()).to_json()

    assert (held.units.total(), len(held.customers), held.unreadable) == (24, 12, [])
    assert counted["holds"] | {"ending_soon": 0} == {"active": 12, "units": 24, "ending_soon": 0}
    assert counted["reservations"]["hours"][-1] | {"hour": ""} == {
        "hour": "",
        "committed": 8,
        "released": 0,
        "rejected": 8,
        "unfulfilled": 0,
    }


def test_the_latest_decisions_are_counted_if_there_are_too_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.admin.figures.overview_store.TIMES_A_READ", 2)
    for minute in range(20):
        at(shop, minute)
        shop.stocks("P-1")
        shop.reserves(("P-1", 5_000))

    times = list(OverviewStore(shop.client, shop.tables).decided(Status.REJECTED, iso(NOON)))

    assert times == [iso(NOON + timedelta(minutes=minute)) for minute in range(19, -1, -1)]


# --- updates and rollbacks


def test_without_spreading_the_version_before_finds_every_reservation(shop: Shop) -> None:
    shop.spreads_reservations = False
    shop.stocks("P-1", on_hand=100)
    at(shop, 0)
    for end in (lambda _: None, shop.pays, lambda found: sell(shop, found), shop.times_out, shop.cancels):
        end(shop.holds(("P-1", 1)))
    shop.reserves(("P-1", 1_000))

    assert phases(shop) == {"ACTIVE", "COMMITTED", "RELEASED", "REJECTED"}


@pytest.mark.parametrize("before", [True, False], ids=["spread before", "not spread before"])
def test_a_reservation_of_one_setting_ends_in_the_other(shop: Shop, before: bool) -> None:
    shop.stocks("P-1", on_hand=100)
    shop.spreads_reservations = before
    reservations = [shop.holds(("P-1", 1), customer_id=f"C-{number}") for number in range(4)]
    extended, changed, cancelled, sold = reservations
    shop.spreads_reservations = not before

    shop.extends(extended)
    shop.changes(changed, ("P-1", 2))
    shop.cancels(cancelled)
    sell(shop, sold)

    rows = {row["reservation_id"]: row["phase"] for row in shop.rows(shop.tables.reservations)}
    for reservation in (extended, changed):
        assert rows[reservation.name] == index_partition(ACTIVE, reservation.name, spread=before)
    assert rows[cancelled.name] == index_partition(Status.RELEASED, cancelled.name, spread=not before)
    assert rows[sold.name] == index_partition(Status.COMMITTED, sold.name, spread=not before)
    assert sorted(listed(shop, limit=2)) == sorted(reservation.reservation_id for reservation in reservations)
    shop.adds_up()
