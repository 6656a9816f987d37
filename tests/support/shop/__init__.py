"""The world of the tests: a shop with stock, checkouts and payments over a real DynamoDB."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from botocore.config import Config

from inventory.admin.export_store import Export
from inventory.after_sale.requests import DispatchContent, ReturnContent
from inventory.after_sale.sold_units import SoldUnits
from inventory.after_sale.store import AfterSaleStore
from inventory.aws.changes import to_attributes, to_item
from inventory.aws.dynamodb import Tables
from inventory.aws.sns import LowStockAlert
from inventory.errors import InventoryError
from inventory.feed.decisions import FeedDecisions
from inventory.feed.requests import parse_changes
from inventory.feed.run import ATTEMPT_SECONDS, Applied, StockFeed
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
from inventory.reconciliation.counter_drift import find_drift
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.due_queue import DueQueue
from inventory.reconciliation.due_refunds import DueRefunds
from inventory.reconciliation.failed_execution_store import FailedExecutionStore
from inventory.reconciliation.findings import CustomerDrift, Drift, Findings
from inventory.reconciliation.repairs import Author, Repairs
from inventory.reconciliation.stranded_holds import GRACE, Event, Reconciliation
from inventory.reservations.hold_changes import HoldChanges
from inventory.reservations.joint_release import JointRelease
from inventory.reservations.lifecycle import Reservations
from inventory.reservations.outbox import Outbox
from inventory.reservations.payment_result import PaymentResult
from inventory.reservations.payments import Payments, RecordedPayment
from inventory.reservations.placement import Placement
from inventory.reservations.refund_store import RefundStore
from inventory.reservations.refunds import Refunds
from inventory.reservations.repeated_calls import RepeatedReservationCalls
from inventory.reservations.reservation_request import HoldPolicy, ReservationRequest
from inventory.reservations.spread_levels import SpreadLevels
from inventory.reservations.store import ReservationStore
from inventory.stock.batch import BatchCounts, BatchStore
from inventory.stock.changes import ChangeContext, StockChanges
from inventory.stock.counts import Count
from inventory.stock.ledger import Ledger
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.shards.spreading import Shards
from inventory.stock.shards.store import ShardStore
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from inventory.stock.store import StockStore
from tests.support.shop.fakes import FakeSignals, FakeTopics
from tests.support.template.source import table_definition
from tools.reconcile import invariants

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# AWS's task tokens have 668 characters (seen in published execution events, all of one length); emulators' have 36.
TASK_TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAA" + "t" * (668 - 25)

BY_HAND = ChangeContext(actor="inventory manager", reason="delivery")


class Shop:
    """Drives the use cases as the workflow and a checkout service would, and checks the invariants."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self.client = client
        self.tables = tables
        self.tracks_dispatch = False
        self.spreads_reservations = True
        self.reservation_store = ReservationStore(
            client,
            tables,
            retention_days=365,
            tracks_dispatch=lambda: self.tracks_dispatch,
            spreads_reservations=lambda: self.spreads_reservations,
        )
        self.refund_store = RefundStore(client, tables, retention_days=365)
        self.stock_store = StockStore(client, tables)
        self.ledger = Ledger(client, tables)
        self.calls = RepeatedCalls(client, tables, retention_days=365)
        self.reservation_calls = RepeatedReservationCalls(client, tables, retention_days=365)
        self.due_queue = DueQueue(client, tables)
        self.failed_execution_store = FailedExecutionStore(client, tables, retention_days=365)
        self.due_refunds = DueRefunds(client, tables)
        self.counter_store = CounterStore(client, tables)
        self.repairs = Repairs(client, tables)
        self.spread_levels = SpreadLevels()
        self.signals = FakeSignals()
        self.topics = FakeTopics()
        self.files: dict[str, bytes] = {}
        self.read_model_files: dict[str, bytes] = {}
        self.down: set[str] = set()  # services that refuse every call
        self.days_of_keys = [7]  # until the keys of live stock end
        self.now = utc_now
        self.limits = CustomerLimits(holds_max=10, units_max=1_000)
        self.longest_hold_seconds = 86_400
        self.customer_id_required = False
        self.sourcing = SourcingPolicy(("main",), Sourcing.ONE_WAREHOUSE)
        self._names = itertools.count(1)

    # --- the use cases, over the shop's stores

    @property
    def policy(self) -> HoldPolicy:
        return HoldPolicy(self.longest_hold_seconds, self.customer_id_required, self.limits, self.sourcing)

    @property
    def placement(self) -> Placement:
        return Placement(self.reservation_store, self.stock_store, self.spread_levels)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.reservation_store, self.signals, self.topics, self.refund_store)

    @property
    def refunds(self) -> Refunds:
        return Refunds(self.reservation_store, self.refund_store)

    @property
    def alerts(self) -> LowStockAlerts:
        return LowStockAlerts(self.stock_store, self.topics)

    @property
    def reservations(self) -> Reservations:
        return Reservations(
            self.reservation_store,
            self.placement,
            self.alerts,
            self.signals,
            self.outbox,
            self.longest_hold_seconds,
        )

    @property
    def hold_changes(self) -> HoldChanges:
        return HoldChanges(self.reservation_store, self.stock_store, self.reservation_calls)

    @property
    def payments(self) -> Payments:
        return Payments(
            self.reservation_store, self.refund_store, self.reservations, self.alerts, self.signals, self.outbox
        )

    @property
    def sold_units(self) -> SoldUnits:
        return SoldUnits(
            self.reservation_store,
            self.stock_store,
            AfterSaleStore(self.client, self.tables, retention_days=365),
            RepeatedReservationCalls(self.client, self.tables, retention_days=365),
        )

    @property
    def stock_changes(self) -> StockChanges:
        return StockChanges(self.stock_store, self.ledger, self.calls, self.alerts, self.shards)

    @property
    def shards(self) -> Shards:
        return Shards(self.stock_store, ShardStore(self.client, self.tables))

    @property
    def batch_counts(self) -> BatchCounts:
        return BatchCounts(self.stock_changes, BatchStore(self.client, self.tables))

    # --- what happens in a shop

    def feeds(
        self, *changes: Mapping[str, Any], key: str = "night-1", attempts_max: int | None = None
    ) -> list[Applied]:
        """A machine sends a list of changes.

        Args:
            attempts_max: after how many the function has no time left; None: it has all the time.
        """
        tick = clock(self.now())
        readings = 0  # of the clock: one when the list is accepted, and one for each attempt

        def read_clock() -> datetime:
            nonlocal readings
            readings += 1
            return tick()

        def seconds_left() -> float:
            has_time = attempts_max is None or readings <= attempts_max
            return ATTEMPT_SECONDS * 5 if has_time else ATTEMPT_SECONDS - 1

        decisions = FeedDecisions(self.client, self.tables)
        feed = StockFeed(self.stock_changes, decisions, timedelta(days=365), read_clock, seconds_left)
        return feed.apply(key, parse_changes({"changes": list(changes)}), "till")

    def stocks(
        self,
        product_id: str = "P-1",
        on_hand: int = 10,
        *,
        warehouse_id: str = "main",
        low_stock_threshold: int = 0,
        **description: str,
    ) -> Level:
        """A manager counts a product, which creates its level if it is new. `description`: its name and category."""
        name, category = description.get("name", "Mug"), description.get("category", "kitchen")
        counted = Count(product_id, warehouse_id, name, category, on_hand, low_stock_threshold)
        self.stock_changes.count(counted, BY_HAND, self.now())
        return self.level(product_id, warehouse_id)

    def spreads(self, shards: int, product_id: str = "P-1", warehouse_id: str = "main") -> Level:
        """A manager spreads a level over so many shards."""
        return self.shards.set_shards(LevelKey(product_id, warehouse_id), shards, None, "ada", self.now())

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
        """A manager uploads a catalogue for the worker; the import's id."""
        now = iso(self.now())
        report = Report("0" * 32, mode, BY_HAND.actor, submitted_at=now, updated_at=now)
        self.files[f"reports/{report.import_id}.json"] = json.dumps(report.to_json()).encode()
        self.files[f"uploads/{report.import_id}.csv"] = content.encode()
        return report.import_id

    def asks_for_export(self, **filters: str) -> str:
        """A manager asks for a file that the worker writes; the export's id."""
        export = Export("1" * 32, filters, updated_at=iso(self.now()))
        self.files[f"exports/{export.export_id}.json"] = json.dumps(asdict(export)).encode()
        return export.export_id

    def adjusts(
        self, delta: int, product_id: str = "P-1", warehouse_id: str = "main", *, request_id: str | None = None
    ) -> Level:
        """A manager adds or removes units."""
        adjustment = Adjustment(request_id or uuid4().hex, product_id, warehouse_id, delta, BY_HAND.reason)
        return self.stock_changes.adjust(adjustment, BY_HAND.actor, self.now())

    def retires(self, product_id: str = "P-1", warehouse_id: str = "main", *, active: bool = False) -> Level:
        """A manager retires a level, or brings it back."""
        level = self.level(product_id, warehouse_id)
        edited = Count(
            product_id, warehouse_id, level.name, level.category, level.on_hand, level.low_stock_threshold, active
        )
        return self.stock_changes.put(edited, BY_HAND, level.version, self.now())[0]

    def deletes(self, product_id: str = "P-1", warehouse_id: str = "main", *, version: int | None = None) -> None:
        """A manager deletes a level."""
        key = LevelKey(product_id, warehouse_id)
        version = version or self.level(product_id, warehouse_id).version
        self.stock_changes.delete(key, version, BY_HAND.actor, self.now())

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
        return self.reservations.reserve(reservation_id or f"R-{next(self._names)}", request, self.policy, self.now())

    def waits(self, reservation: Reservation, token: str = TASK_TOKEN) -> bool:
        """The workflow stores its token, as AwaitPayment does; False when the reservation was decided before."""
        try:
            self.client.update_item(
                TableName=self.tables.reservations,
                Key={"reservation_id": {"S": reservation.name}},
                UpdateExpression="SET task_token = :token",
                ConditionExpression="#status = :held",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":token": {"S": token}, ":held": {"S": "HELD"}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def holds(self, *lines: tuple[str, int] | Mapping[str, Any], **more: Any) -> Reservation:
        """A reservation that is held, and whose execution waits for the payment."""
        reservation = self.reserves(*lines, **more)
        assert reservation.status is Status.HELD, reservation
        self.waits(reservation)
        return reservation

    def pays(self, reservation: Reservation | str, reference: str = "PAY-1", **more: Any) -> RecordedPayment:
        """The payment succeeded. `more`: its amount and currency."""
        return self._payment(reservation, PaymentResult(outcome="SUCCEEDED", payment_reference=reference, **more))

    def declines(self, reservation: Reservation, *, retry: bool = False) -> RecordedPayment:
        """The payment failed."""
        return self._payment(reservation, PaymentResult(outcome="FAILED", retry=retry))

    def commits(self, reservation: Reservation) -> tuple[Reservation, list[LowStockAlert]]:
        """The workflow's step after a payment."""
        return self.reservations.commit(reservation.reservation_id, self.now())

    def sells(self, *lines: tuple[str, int], **more: Any) -> list[LowStockAlert]:
        """A whole paid checkout; the alerts that the workflow would publish."""
        reservation = self.holds(*lines, **more)
        self.pays(reservation)
        return self.commits(reservation)[1]

    def sold(self, *lines: tuple[str, int] | Mapping[str, Any], **more: Any) -> Reservation:
        """A reservation after a whole paid checkout."""
        reservation = self.holds(*lines, **more)
        self.pays(reservation)
        return self.commits(reservation)[0]

    def returns(
        self,
        reservation: Reservation | str,
        *lines: tuple[str, int] | Mapping[str, Any],
        disposition: str = "RESTOCK",
        reference: str = "RMA-1",
        key: str | None = None,
    ) -> Reservation:
        """Sold units come back: lines as `("P-1", 2)` or as in a request."""
        content = {"lines": [_line(line) for line in lines], "disposition": disposition, "reference": reference}
        returned = ReturnContent.parse(content).units_return()
        return self.sold_units.return_units(_id_of(reservation), key or uuid4().hex, returned, self.now())

    def dispatches(
        self,
        reservation: Reservation | str,
        *lines: tuple[str, int] | Mapping[str, Any],
        reference: str | None = None,
    ) -> Reservation:
        """Sold units leave the warehouse: these lines, or all that are left."""
        content = {"lines": [_line(line) for line in lines] or None, "reference": reference or uuid4().hex}
        dispatch = DispatchContent.parse(content).units_dispatch()
        return self.sold_units.dispatch_units(_id_of(reservation), dispatch, self.now())

    def times_out(self, reservation: Reservation) -> Reservation:
        """The workflow's step after a missed heartbeat."""
        return self.reservations.release(reservation.reservation_id, ReleaseReason.EXPIRED, self.now())

    def cancels(self, reservation: Reservation) -> Reservation:
        """The shopper leaves the checkout."""
        return self.reservations.cancel(reservation.reservation_id, ReleaseReason.CANCELLED, self.now())

    def extends(self, reservation: Reservation) -> Reservation:
        """The shopper is still paying."""
        return self.reservations.extend(reservation.reservation_id, self.now())

    def changes(
        self, reservation: Reservation | str, *lines: tuple[str, int] | Mapping[str, Any], key: str | None = None
    ) -> Reservation:
        """The shopper changes the cart: these are all its lines."""
        request = ReservationRequest.parse_lines({"lines": [_line(line) for line in lines]})
        reservation_id = reservation if isinstance(reservation, str) else reservation.reservation_id
        return self.hold_changes.change(reservation_id, key or uuid4().hex, request, self.policy, self.now())

    def checks_low_stock(self, *, later: timedelta = timedelta()) -> int:
        """The scheduled check for alerts that nobody has sent."""
        return self.alerts.check(self.now() + later)

    def reconciles(
        self, *, later: timedelta = timedelta(), has_time: Callable[[], bool] = lambda: True
    ) -> dict[str, int]:
        """The scheduled run over stranded holds and pending notifications, after the grace; its events, without zeros."""
        now = self.now() + GRACE + later
        run = Reconciliation(
            self.due_queue,
            self.due_refunds,
            self.reservation_store,
            JointRelease(self.client, self.tables, self.reservation_store),
            self.refunds,
            self.alerts,
            self.outbox,
            self.counter_store,
            self.repairs,
            now,
        )
        return {Event(event).value: count for event, count in run.run(has_time).items() if count}

    def finds_drift(self, *, meanwhile: Callable[[], object] = lambda: None) -> Findings:
        """The scheduled comparison of counters; something may happen between its readings."""
        return find_drift(counters=self.counter_store, stock=self.stock_store, pause=lambda seconds: meanwhile())

    def repairs_drift(self, found: Drift | CustomerDrift) -> bool:
        """An operator repairs a drift."""
        if isinstance(found, CustomerDrift):
            return self.repairs.repair_customer(found)
        return self.repairs.repair_level(found, Author("ada", "found broken", self.now()))

    def takes_over(self, findings: Findings) -> list[bool]:
        """The scheduled comparison opens the ledgers of levels that another tool wrote."""
        author = Author("reconciliation", "written by another tool", self.now())
        return [self.repairs.take_over(drift, author) for drift in findings.unopened]

    def publishes(self, alerts: Iterable[LowStockAlert]) -> int:
        """The workflow's SNS task and what follows it."""
        return self.alerts.send(list(alerts))

    def _payment(self, reservation: Reservation | str, payment: PaymentResult) -> RecordedPayment:
        return self.payments.record(_id_of(reservation), payment, self.now())

    # --- what is stored

    def held_by(self, customer_id: str) -> tuple[int, int]:
        """How many reservations a customer holds, and how many units, by the counts of the customer."""
        key = {"customer_id": {"S": customer_id}}
        found = self.client.get_item(TableName=self.tables.customers, Key=key, ConsistentRead=True).get("Item")
        row = to_item(found) if found else {}
        return int(row.get("active_holds", 0)), int(row.get("held_units", 0))

    def level(self, product_id: str = "P-1", warehouse_id: str = "main") -> Level:
        """The current level."""
        [found] = self.stock_store.levels([LevelKey(product_id, warehouse_id)])
        return found

    def reservation(self, reservation: Reservation | str) -> Reservation:
        """The current reservation."""
        return self.reservation_store.get(_id_of(reservation))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [to_item(item) for page in pages for item in page["Items"]]

    def adds_up(self) -> None:
        """Invariants 1, 2, 3 and 9, over all rows: nothing is oversold, and every counter agrees with its parts."""
        tables = self.tables
        levels, found, movements = map(self.rows, (tables.inventory, tables.reservations, tables.movements))
        assert invariants.differences(levels, found, movements) == []
        assert invariants.customer_differences(found, self.rows(tables.customers)) == []


def dynamodb_client(endpoint_url: str) -> "DynamoDBClient":
    """A client of DynamoDB Local."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # As in the functions: the name that the SDK builds of itself is a part of the work for each call.
        config=Config(
            max_pool_connections=64, retries={"mode": "standard", "total_max_attempts": 3}, user_agent="tests"
        ),
    )


def new_shop(endpoint_url: str) -> Shop:
    """A shop with empty tables of its own."""
    client = dynamodb_client(endpoint_url)
    return Shop(client, create_tables(client))


def create_tables(client: "DynamoDBClient") -> Tables:
    """Empty tables with names of their own."""
    prefix = uuid4().hex
    tables = Tables(*(f"{prefix}-{field.name}" for field in fields(Tables)))
    for resource, name in names_of(tables).items():
        client.create_table(**table_definition(resource, name))
    return tables


def names_of(tables: Tables) -> dict[str, str]:
    """The names of the tables, by their resources in the template."""
    return {
        "InventoryTable": tables.inventory,
        "ReservationsTable": tables.reservations,
        "MovementsTable": tables.movements,
        "CustomersTable": tables.customers,
        "RefundsTable": tables.refunds,
        "FailedExecutionsTable": tables.failed_executions,
        "IdempotencyTable": tables.idempotency,
        "PublishedTable": tables.published,
        "ReadModelTable": tables.read_model,
        "LedgerCheckpointsTable": tables.ledger_checkpoints,
    }


def at_once(*calls: Callable[[], Any], workers: int = 32) -> list[Any]:
    """Make calls in parallel; the result of each, or the InventoryError that it raised, in their order."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except InventoryError as error:
            return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(outcome, calls))


def clock(start: datetime) -> Callable[[], datetime]:
    """A clock that advances by a millisecond each time it is read."""
    ticks = itertools.count()
    return lambda: start + timedelta(milliseconds=next(ticks))


def _id_of(reservation: Reservation | str) -> str:
    return reservation if isinstance(reservation, str) else reservation.reservation_id


def _line(line: tuple[str, int] | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product_id": line[0], "quantity": line[1]} if isinstance(line, tuple) else line
