"""The world that tests are told in: a shop with stock, checkouts and payments over a real DynamoDB."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from botocore.config import Config

from inventory.aws.dynamodb import Tables, to_attributes, to_item
from inventory.aws.sns import Announcement, LowStockAlert, Topics
from inventory.aws.task_tokens import SignalResult, Signals
from inventory.errors import InventoryError
from inventory.imports.report import Mode, Report
from inventory.model import (
    Adjustment,
    CustomerLimits,
    Level,
    LevelKey,
    ReleaseReason,
    Reservation,
    Status,
    iso,
    utc_now,
)
from inventory.reconciliation import counter_drift as drift
from inventory.reconciliation.counter_drift import Drift, Findings
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.due_queue import DueStore
from inventory.reconciliation.stranded_holds import GRACE, Event, Reconciliation
from inventory.reservations import lifecycle as reservations
from inventory.reservations.lifecycle import Payment
from inventory.reservations.requests import PaymentResult, ReservationRequest
from inventory.reservations.store import ReservationStore
from inventory.stock import changes as stock
from inventory.stock import low_stock_alerts as alerts
from inventory.stock.changes import ChangeContext, Count
from inventory.stock.store import StockStore
from tests.support.template.source import table_definition
from tools.reconcile import invariants as books

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# AWS's task tokens have 668 characters (seen in published execution events, all of one length); emulators' have 36.
TASK_TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAA" + "t" * (668 - 25)

BY_HAND = ChangeContext(actor="inventory manager", reason="delivery")


@dataclass
class FakeSignals(Signals):
    """Executions that wait, as far as the use cases see them: what was signalled, and how it was received."""

    reception: SignalResult = "DELIVERED"
    heard: list[tuple[str, str]] = field(default_factory=list)

    def paid(self, task_token: str) -> SignalResult:
        self.heard.append(("paid", task_token))
        return self.reception

    def released(self, task_token: str, reason: ReleaseReason) -> SignalResult:
        self.heard.append((reason.value, task_token))
        return self.reception

    def extended(self, task_token: str) -> SignalResult:
        self.heard.append(("extended", task_token))
        return self.reception


@dataclass
class FakeTopics(Topics):
    """Whoever subscribed to the topics; `working` False is SNS being down."""

    working: bool = True
    low_stock: list[Announcement] = field(default_factory=list)
    operations: list[Announcement] = field(default_factory=list)

    def announce_low_stock(self, announcement: Announcement) -> bool:
        if self.working:
            self.low_stock.append(announcement)
        return self.working

    def announce_to_operations(self, announcement: Announcement) -> bool:
        if self.working:
            self.operations.append(announcement)
        return self.working


class Shop:
    """Drives the use cases as the workflow and a checkout service would, and checks the books."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self.client = client
        self.tables = tables
        self.reservations = ReservationStore(client, tables, retention_days=365)
        self.stock = StockStore(client, tables)
        self.due = DueStore(client, tables)
        self.books = CounterStore(client, tables)
        self.waiting = FakeSignals()
        self.inbox = FakeTopics()
        self.files: dict[str, bytes] = {}
        self.now = utc_now
        self.limits = CustomerLimits(holds_max=10, units_max=1_000)
        self._names = itertools.count(1)

    # --- what happens in a shop

    def stocks(
        self,
        product_id: str = "P-1",
        on_hand: int = 10,
        *,
        warehouse_id: str = "main",
        low_stock_threshold: int = 0,
        name: str = "Mug",
        category: str = "kitchen",
    ) -> Level:
        """A manager counts a product, which makes it known if it is new."""
        counted = Count(product_id, warehouse_id, name, category, on_hand, low_stock_threshold)
        stock.count(counted, BY_HAND, stock=self.stock, topics=self.inbox, now=self.now())
        return self.level(product_id, warehouse_id)

    def has_by_hand(self, product_id: str = "P-1", on_hand: int = 10, *, low_stock_threshold: int = 0) -> Level:
        """Another tool wrote the level's row, with no more than a complete row has."""
        row = {
            "product_id": product_id,
            "warehouse_id": "main",
            "name": "Mug",
            "category": "kitchen",
            "on_hand": on_hand,
            "reserved": 0,
            "available": on_hand,
            "low_stock_threshold": low_stock_threshold,
            "low_stock_alerted": False,
            "version": 1,
            "updated_at": iso(self.now()),
        }
        self.client.put_item(TableName=self.tables.inventory, Item=to_attributes(row))
        return self.level(product_id)

    def uploads(self, content: str, mode: Mode = Mode.ALL_OR_NONE) -> str:
        """A manager sends a catalogue, of which the worker is told next; its import's id."""
        now = iso(self.now())
        report = Report("0" * 32, mode, BY_HAND.actor, submitted_at=now, updated_at=now)
        self.files[f"reports/{report.import_id}.json"] = json.dumps(report.to_json()).encode()
        self.files[f"uploads/{report.import_id}.csv"] = content.encode()
        return report.import_id

    def adjusts(
        self, delta: int, product_id: str = "P-1", warehouse_id: str = "main", *, request_id: str | None = None
    ) -> Level:
        """A manager adds or takes away units."""
        adjustment = Adjustment(request_id or uuid4().hex, product_id, warehouse_id, delta, BY_HAND.reason)
        return stock.adjust(adjustment, BY_HAND.actor, stock=self.stock, topics=self.inbox, now=self.now())

    def reserves(
        self,
        *lines: tuple[str, int] | Mapping[str, Any],
        reservation_id: str | None = None,
        hold_seconds: int = 900,
        **more: Any,
    ) -> Reservation:
        """The workflow's first step: a checkout of lines, each `("P-1", 2)` or as in a request."""
        request = ReservationRequest.parse(
            {"lines": [_line(line) for line in lines], "hold_seconds": hold_seconds} | more
        )
        return reservations.reserve(
            reservation_id or f"R-{next(self._names)}",
            request,
            limits=self.limits,
            reservations=self.reservations,
            now=self.now(),
        )

    def waits(self, reservation: Reservation, token: str = TASK_TOKEN) -> bool:
        """The workflow stores its token, as AwaitPayment does; False when the reservation was decided before."""
        try:
            self.client.update_item(
                TableName=self.tables.reservations,
                Key={"reservation_id": {"S": reservation.reservation_id}},
                UpdateExpression="SET task_token = :token",
                ConditionExpression="#status = :held",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":token": {"S": token}, ":held": {"S": "HELD"}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def holds(self, *lines: tuple[str, int], **more: Any) -> Reservation:
        """A reservation that is held, and whose execution waits for the payment."""
        reservation = self.reserves(*lines, **more)
        assert reservation.status is Status.HELD, reservation
        self.waits(reservation)
        return reservation

    def pays(self, reservation: Reservation, reference: str = "PAY-1") -> Payment:
        """The payment provider says that the payment succeeded."""
        return self._payment(reservation, PaymentResult(outcome="SUCCEEDED", payment_reference=reference))

    def declines(self, reservation: Reservation, *, retry: bool = False) -> Payment:
        """The payment provider says that the payment failed."""
        return self._payment(reservation, PaymentResult(outcome="FAILED", retry=retry))

    def commits(self, reservation: Reservation) -> tuple[Reservation, list[LowStockAlert]]:
        """The workflow's step after a payment."""
        return reservations.commit(
            reservation.reservation_id, reservations=self.reservations, stock=self.stock, now=self.now()
        )

    def sells(self, *lines: tuple[str, int], **more: Any) -> list[LowStockAlert]:
        """A whole paid checkout; the alerts that the workflow would publish."""
        reservation = self.holds(*lines, **more)
        self.pays(reservation)
        return self.commits(reservation)[1]

    def times_out(self, reservation: Reservation) -> Reservation:
        """The workflow's step after a missed heartbeat."""
        return reservations.release(
            reservation.reservation_id, ReleaseReason.EXPIRED, reservations=self.reservations, now=self.now()
        )

    def cancels(self, reservation: Reservation) -> Reservation:
        """The shopper gives up."""
        return reservations.cancel(
            reservation.reservation_id,
            ReleaseReason.CANCELLED,
            reservations=self.reservations,
            signals=self.waiting,
            now=self.now(),
        )

    def extends(self, reservation: Reservation, *, longest_hold_seconds: int = 86_400) -> Reservation:
        """The shopper is still paying."""
        return reservations.extend(
            reservation.reservation_id,
            longest_hold_seconds=longest_hold_seconds,
            reservations=self.reservations,
            signals=self.waiting,
            now=self.now(),
        )

    def checks_low_stock(self, *, later: timedelta = timedelta()) -> int:
        """The scheduled check for alerts that nobody has sent."""
        return alerts.check_low_stock(stock=self.stock, topics=self.inbox, now=self.now() + later)

    def reconciles(
        self, *, later: timedelta = timedelta(), has_time: Callable[[], bool] = lambda: True
    ) -> dict[str, int]:
        """The scheduled run over what is stranded and untold, once the grace is over; what it came to, without zeros."""
        run = Reconciliation(
            due=self.due,
            reservations=self.reservations,
            stock=self.stock,
            signals=self.waiting,
            topics=self.inbox,
            now=self.now() + GRACE + later,
        )
        return {Event(event).value: count for event, count in run.run(has_time).items() if count}

    def audits(self, *, meanwhile: Callable[[], object] = lambda: None) -> Findings:
        """The scheduled comparison of counters; something may happen between its looks."""
        return drift.find_drift(books=self.books, stock=self.stock, pause=lambda seconds: meanwhile())

    def sets_right(self, found: Drift) -> bool:
        """Somebody has a drift repaired."""
        return drift.repair_level(found, books=self.books, actor="ada", reason="found broken", now=self.now())

    def publishes(self, owed: Iterable[LowStockAlert]) -> int:
        """The workflow's SNS task and what follows it."""
        return alerts.send_alerts(list(owed), stock=self.stock, topics=self.inbox)

    def _payment(self, reservation: Reservation, payment: PaymentResult) -> Payment:
        return reservations.record_payment(
            reservation.reservation_id,
            payment,
            reservations=self.reservations,
            stock=self.stock,
            signals=self.waiting,
            topics=self.inbox,
            now=self.now(),
        )

    # --- what the books say

    def held_by(self, customer_id: str) -> tuple[int, int]:
        """How many reservations, and units in them, a customer is counted to hold."""
        key = {"customer_id": {"S": customer_id}}
        found = self.client.get_item(TableName=self.tables.customers, Key=key, ConsistentRead=True).get("Item")
        row = to_item(found) if found else {}
        return int(row.get("active_holds", 0)), int(row.get("held_units", 0))

    def level(self, product_id: str = "P-1", warehouse_id: str = "main") -> Level:
        """A level as it stands."""
        [found] = self.stock.levels([LevelKey(product_id, warehouse_id)])
        return found

    def reservation(self, reservation: Reservation | str) -> Reservation:
        """A reservation as it stands."""
        reservation_id = reservation if isinstance(reservation, str) else reservation.reservation_id
        return self.reservations.reservation(reservation_id)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [to_item(item) for page in pages for item in page["Items"]]

    def adds_up(self) -> None:
        """Invariants 1, 2, 3 and 9, over all rows: nothing oversold, and every sum is what it is made of."""
        tables = self.tables
        levels, found, movements = map(self.rows, (tables.inventory, tables.reservations, tables.movements))
        assert books.differences(levels, found, movements) == []
        assert books.customer_differences(found, self.rows(tables.customers)) == []


def dynamodb_client(endpoint_url: str) -> "DynamoDBClient":
    """A client of DynamoDB Local."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(max_pool_connections=64, retries={"mode": "standard", "total_max_attempts": 3}),
    )


def new_shop(endpoint_url: str) -> Shop:
    """A shop with empty tables of its own."""
    client = dynamodb_client(endpoint_url)
    return Shop(client, create_tables(client))


def create_tables(client: "DynamoDBClient") -> Tables:
    """Empty tables with names of their own."""
    prefix = uuid4().hex
    tables = Tables(f"{prefix}-inventory", f"{prefix}-reservations", f"{prefix}-movements", f"{prefix}-customers")
    for resource, name in names_of(tables).items():
        client.create_table(**table_definition(resource, name))
    return tables


def names_of(tables: Tables) -> dict[str, str]:
    """What the tables are called, by their resources in the template."""
    return {
        "InventoryTable": tables.inventory,
        "ReservationsTable": tables.reservations,
        "MovementsTable": tables.movements,
        "CustomersTable": tables.customers,
    }


def at_once(*calls: Callable[[], Any], workers: int = 32) -> list[Any]:
    """Make calls side by side; what each answered, or which of our errors it raised, in their order."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except InventoryError as error:
            return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(outcome, calls))


def clock(start: datetime) -> Callable[[], datetime]:
    """A clock that goes forward a millisecond each time it is read."""
    ticks = itertools.count()
    return lambda: start + timedelta(milliseconds=next(ticks))


def _line(line: tuple[str, int] | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product_id": line[0], "quantity": line[1]} if isinstance(line, tuple) else line
