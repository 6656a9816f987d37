"""What a function works with, built once per container from its settings.

Each getter imports what it builds, so that a function loads only the modules that it uses.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from inventory.aws.clients import credentials, new_client, new_http_session, region
from inventory.aws.dynamodb import Tables
from inventory.aws.snapshots import draw_own_numbers_after_restore
from inventory.model import CustomerLimits
from inventory.settings import (
    BrowserSettings,
    ChangeSettings,
    CustomerSettings,
    FollowingSettings,
    ImportSettings,
    LiveStockKeySettings,
    LiveStockSettings,
    OperationsSettings,
    PublishingSettings,
    ReadModelSettings,
    ReservationSettings,
    SaleSettings,
    Settings,
    SourcingSettings,
    StorefrontSettings,
    WorkflowSettings,
    endpoint_url,
)

if TYPE_CHECKING:
    from inventory.admin.exports import Exports
    from inventory.admin.figures.overview_store import OverviewStore
    from inventory.admin.level_list import LevelList
    from inventory.admin.list_store import ListStore
    from inventory.admin.operations.alarms import Alarms
    from inventory.admin.operations.execution import InspectedExecutions
    from inventory.admin.row_store import RowStore
    from inventory.admin.search.everything import EverythingSearch
    from inventory.admin.search.reservations import ReservationSearch
    from inventory.admin.timeline.timeline import Timelines
    from inventory.after_sale.sold_units import SoldUnits
    from inventory.aws.executions import Executions
    from inventory.aws.queues import Queue
    from inventory.aws.sns import Topics
    from inventory.aws.task_tokens import Signals
    from inventory.feed.run import StockFeed
    from inventory.imports.run import ImportRun
    from inventory.imports.store import ImportStore
    from inventory.imports.submission import Imports
    from inventory.live.batch import ChangeBatch, RepublishBatch
    from inventory.live.current_key import CurrentKey
    from inventory.live.publication import Publication
    from inventory.live.published_store import PublishedStore
    from inventory.live.targets.event_bus import EventBus
    from inventory.live.targets.pages import Pages
    from inventory.read_model.files import Files
    from inventory.read_model.following.follower import Follower
    from inventory.read_model.journal import Journal
    from inventory.read_model.manifest import ManifestStore
    from inventory.read_model.merging.job import ReadModelJob
    from inventory.read_model.reader import ReadModel
    from inventory.reconciliation.counter_store import CounterStore
    from inventory.reconciliation.due_queue import DueQueue
    from inventory.reconciliation.due_refunds import DueRefunds
    from inventory.reconciliation.failed_execution_store import FailedExecutionStore
    from inventory.reconciliation.failed_executions import FailedExecutions
    from inventory.reconciliation.incremental.comparison import Comparison
    from inventory.reconciliation.incremental.result import ComparisonResults
    from inventory.reconciliation.low_stock_check import LowStockCheck
    from inventory.reconciliation.repairs import Repairs
    from inventory.reservations.checkout import Checkouts
    from inventory.reservations.hold_changes import HoldChanges
    from inventory.reservations.joint_release import JointRelease
    from inventory.reservations.lifecycle import Reservations
    from inventory.reservations.order_list import OrderList
    from inventory.reservations.outbox import Outbox
    from inventory.reservations.payments import Payments
    from inventory.reservations.placement import Placement
    from inventory.reservations.refund_store import RefundStore
    from inventory.reservations.refunds import Refunds
    from inventory.reservations.repeated_calls import RepeatedReservationCalls
    from inventory.reservations.reservation_request import HoldPolicy
    from inventory.reservations.store import ReservationStore
    from inventory.stock.batch import BatchStore
    from inventory.stock.changes import StockChanges
    from inventory.stock.ledger import Ledger
    from inventory.stock.low_stock_alerts import LowStockAlerts
    from inventory.stock.repeated_calls import RepeatedCalls
    from inventory.stock.shards.spreading import Shards
    from inventory.stock.sourcing import SourcingPolicy
    from inventory.stock.store import StockStore

# A function has 15 s and its state 20 s: every call must have failed or answered well before that.
# The SDK's check of parameters and the name that it builds of itself are half of its work for a call. The service checks
# parameters anyway, and CloudTrail shows this name.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=20,
    parameter_validation=False,
    user_agent="inventory",
)

# Step Functions limits the calls of an account: how often a call is made is decided where it is made.
ONE_ATTEMPT = CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))

# A page that waits for the key of live stock is better served by the stock alone.
TWO_ATTEMPTS = CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 2}))

# Pushes: many products wait for each other, and a page that misses one reads the stock by itself.
PUSH_CONNECT_SECONDS = 1
PUSH_READ_SECONDS = 2

draw_own_numbers_after_restore()

# --- settings


@cache
def settings() -> Settings:
    """The settings of every function."""
    return Settings.from_env()


@cache
def browser_settings() -> BrowserSettings:
    """The settings of functions that browsers call."""
    return BrowserSettings.from_env()


@cache
def storefront_settings() -> StorefrontSettings:
    """The settings of the storefront's function."""
    return StorefrontSettings.from_env()


@cache
def live_stock_settings() -> LiveStockSettings:
    """The settings of the call that says where changes of stock are pushed."""
    return LiveStockSettings.from_env()


@cache
def publishing_settings() -> PublishingSettings:
    """The settings of functions that publish changes."""
    return PublishingSettings.from_env()


@cache
def change_settings() -> ChangeSettings:
    """The settings of the function that reads the tables' streams."""
    return ChangeSettings.from_env()


@cache
def live_stock_key_settings() -> LiveStockKeySettings:
    """The settings of the job that renews the key of live stock."""
    return LiveStockKeySettings.from_env()


@cache
def customer_settings() -> CustomerSettings:
    """The settings of functions that accept checkouts."""
    return CustomerSettings.from_env()


@cache
def sourcing_settings() -> SourcingSettings:
    """The settings of functions that place lines, or show what can be held."""
    return SourcingSettings.from_env()


@cache
def sale_settings() -> SaleSettings:
    """The settings of functions that sell."""
    return SaleSettings.from_env()


@cache
def reservation_settings() -> ReservationSettings:
    """The settings of functions that write reservations into an index."""
    return ReservationSettings.from_env()


def customer_limits() -> CustomerLimits:
    """How much one customer may hold."""
    return CustomerLimits(customer_settings().customer_holds_max, customer_settings().customer_units_max)


@cache
def hold_policy() -> "HoldPolicy":
    """What a new checkout may ask for."""
    from inventory.reservations.reservation_request import HoldPolicy

    return HoldPolicy(
        settings().longest_hold_seconds,
        customer_settings().customer_id_required,
        customer_limits(),
        sourcing_policy(),
    )


@cache
def sourcing_policy() -> "SourcingPolicy":
    """Which warehouses a line is taken from that names none."""
    from inventory.stock.sourcing import Sourcing, SourcingPolicy

    return SourcingPolicy(sourcing_settings().warehouse_priority, Sourcing(sourcing_settings().sourcing))


# --- use cases


@cache
def reservations() -> "Reservations":
    """The life of a reservation."""
    from inventory.reservations.lifecycle import Reservations

    return Reservations(
        reservation_store(),
        placement(),
        low_stock_alerts(),
        signals(),
        outbox(),
        settings().longest_hold_seconds,
    )


@cache
def placement() -> "Placement":
    """Where lines are held."""
    from inventory.reservations.placement import Placement

    return Placement(reservation_store(), stock_store())


@cache
def checkouts() -> "Checkouts":
    """Checkouts over HTTP."""
    from inventory.reservations.checkout import Checkouts

    return Checkouts(reservation_store(), stock_store(), executions())


@cache
def hold_changes() -> "HoldChanges":
    """Changes of what is held."""
    from inventory.reservations.hold_changes import HoldChanges

    return HoldChanges(reservation_store(), stock_store(), repeated_reservation_calls())


@cache
def payments() -> "Payments":
    """Payments of reservations."""
    from inventory.reservations.payments import Payments

    return Payments(reservation_store(), refund_store(), reservations(), low_stock_alerts(), signals(), outbox())


@cache
def sold_units() -> "SoldUnits":
    """What happens to units after their sale."""
    from inventory.after_sale.sold_units import SoldUnits
    from inventory.after_sale.store import AfterSaleStore

    store = AfterSaleStore(_dynamodb(), _tables(), retention_days=settings().reservation_retention_days)
    return SoldUnits(reservation_store(), stock_store(), store, repeated_reservation_calls())


@cache
def refunds() -> "Refunds":
    """Payments to return."""
    from inventory.reservations.refunds import Refunds

    return Refunds(reservation_store(), refund_store())


@cache
def failed_executions() -> "FailedExecutions":
    """Executions that did not succeed."""
    from inventory.reconciliation.failed_executions import FailedExecutions

    return FailedExecutions(failed_execution_store(), reservation_store(), executions())


@cache
def outbox() -> "Outbox":
    """Pending notifications of reservations."""
    from inventory.reservations.outbox import Outbox

    return Outbox(reservation_store(), signals(), topics(), refund_store())


@cache
def stock_changes() -> "StockChanges":
    """Changes of stock by hand."""
    from inventory.stock.changes import StockChanges

    return StockChanges(stock_store(), ledger(), repeated_calls(), low_stock_alerts(), shards())


@cache
def shards() -> "Shards":
    """Over how many shards levels are spread."""
    from inventory.stock.shards.spreading import Shards
    from inventory.stock.shards.store import ShardStore

    return Shards(stock_store(), ShardStore(_dynamodb(), _tables()))


@cache
def low_stock_alerts() -> "LowStockAlerts":
    """Alerts of levels that became low."""
    from inventory.stock.low_stock_alerts import LowStockAlerts

    return LowStockAlerts(stock_store(), topics())


@cache
def imports() -> "Imports":
    """Imports of catalogues, as callers submit them."""
    from inventory.imports.submission import Imports

    return Imports(import_store())


def import_run(clock: Callable[[], datetime], has_time: Callable[[], bool]) -> "ImportRun":
    """The worker of imports, for one invocation."""
    from inventory.imports.run import ImportRun
    from inventory.stock.batch import BatchCounts

    return ImportRun(import_store(), BatchCounts(stock_changes(), batch_store()), clock, has_time)


def stock_feed(clock: Callable[[], datetime], seconds_left: Callable[[], float]) -> "StockFeed":
    """The changes that machines send, for one invocation."""
    from inventory.feed.decisions import FeedDecisions
    from inventory.feed.run import StockFeed

    retention = timedelta(days=settings().reservation_retention_days)
    return StockFeed(stock_changes(), FeedDecisions(_dynamodb(), _tables()), retention, clock, seconds_left)


def publication(clock: Callable[[], datetime], has_time: Callable[[], bool]) -> "Publication":
    """The publication of changes, for one invocation."""
    from inventory.live.products.decisions import Display
    from inventory.live.products.publisher import Products
    from inventory.live.publication import Publication
    from inventory.live.reservations.publisher import Reservations

    display = Display(sourcing_policy(), publishing_settings().storefront_quantity_cap)
    products = Products(stock_store(), published_store(), pages(), display, clock, time.sleep)
    reservations = Reservations(_dynamodb(), _tables(), published_store(), refund_store, clock)
    return Publication(products, reservations, event_bus(), undelivered_events(), clock, has_time)


def change_batch(clock: Callable[[], datetime], has_time: Callable[[], bool]) -> "ChangeBatch":
    """The publisher of a stream's records, for one invocation."""
    from inventory.live.batch import ChangeBatch

    return ChangeBatch(publication(clock, has_time), _tables(), undelivered_pushes(), unreadable_changes())


def republish_batch(clock: Callable[[], datetime], has_time: Callable[[], bool]) -> "RepublishBatch":
    """The publisher of what was not delivered before, for one invocation."""
    from inventory.live.batch import RepublishBatch

    return RepublishBatch(publication(clock, has_time))


@cache
def read_model_job() -> "ReadModelJob":
    """The job that keeps the snapshot of the read model up to date."""
    from inventory.read_model.figures.update import FigureUpdates
    from inventory.read_model.merging.job import Heartbeat, ReadModelJob
    from inventory.read_model.merging.merge import Merge
    from inventory.read_model.merging.rebuild import Rebuild
    from inventory.read_model.merging.scan import TableScan
    from inventory.read_model.merging.snapshots import SnapshotBuilder

    manifests, files, figures = read_model_manifests(), read_model_files(), FigureUpdates(_dynamodb(), _tables())
    merge = Merge(manifests, read_model_journal(), files, SnapshotBuilder(files, figures))
    scan = TableScan(_dynamodb(), _tables(), stock_store())
    rebuild = Rebuild(manifests, files, scan, figures, merge)
    return ReadModelJob(manifests, files, merge, rebuild, Heartbeat(_dynamodb(), _tables()))


@cache
def follower() -> "Follower":
    """Writes what changed in the tables into the journal of the read model."""
    from inventory.read_model.following.follower import Follower
    from inventory.read_model.following.level_orders import LevelOrders
    from inventory.read_model.following.rows import Rows

    return Follower(
        Rows(_dynamodb(), _tables(), stock_store()),
        LevelOrders(_dynamodb(), _tables()),
        read_model_manifests(),
        read_model_journal(),
        _queue(FollowingSettings.from_env().unreadable_changes_queue_url),
        _tables(),
    )


# --- DynamoDB


@cache
def reservation_store() -> "ReservationStore":
    """The reservations."""
    from inventory.reservations.store import ReservationStore

    return ReservationStore(
        _dynamodb(),
        _tables(),
        retention_days=settings().reservation_retention_days,
        tracks_dispatch=lambda: sale_settings().dispatch_tracking,
        spreads_reservations=lambda: reservation_settings().spread_reservations,
    )


@cache
def joint_release() -> "JointRelease":
    """The release of several holds together."""
    from inventory.reservations.joint_release import JointRelease

    return JointRelease(_dynamodb(), _tables(), reservation_store())


@cache
def refund_store() -> "RefundStore":
    """The payments to return."""
    from inventory.reservations.refund_store import RefundStore

    return RefundStore(_dynamodb(), _tables(), retention_days=settings().reservation_retention_days)


@cache
def order_list() -> "OrderList":
    """The reservations of an order."""
    from inventory.reservations.order_list import OrderList

    return OrderList(_dynamodb(), _tables())


@cache
def failed_execution_store() -> "FailedExecutionStore":
    """The executions that did not succeed."""
    from inventory.reconciliation.failed_execution_store import FailedExecutionStore

    return FailedExecutionStore(_dynamodb(), _tables(), retention_days=settings().reservation_retention_days)


@cache
def due_refunds() -> "DueRefunds":
    """The payments to return of which operations must still be notified."""
    from inventory.reconciliation.due_refunds import DueRefunds

    return DueRefunds(_dynamodb(), _tables())


@cache
def due_queue() -> "DueQueue":
    """The reservations that the reconciliation must process."""
    from inventory.reconciliation.due_queue import DueQueue

    return DueQueue(_dynamodb(), _tables())


@cache
def stock_store() -> "StockStore":
    """The stock levels."""
    from inventory.stock.store import StockStore

    return StockStore(_dynamodb(), _tables())


@cache
def ledger() -> "Ledger":
    """The movements."""
    from inventory.stock.ledger import Ledger

    return Ledger(_dynamodb(), _tables())


@cache
def repeated_calls() -> "RepeatedCalls":
    """The decisions of calls that are made once."""
    from inventory.stock.repeated_calls import RepeatedCalls

    return RepeatedCalls(_dynamodb(), _tables(), retention_days=settings().reservation_retention_days)


@cache
def repeated_reservation_calls() -> "RepeatedReservationCalls":
    """The decisions of calls that change a reservation once."""
    from inventory.reservations.repeated_calls import RepeatedReservationCalls

    return RepeatedReservationCalls(_dynamodb(), _tables(), retention_days=settings().reservation_retention_days)


@cache
def batch_store() -> "BatchStore":
    """The decisions of batches."""
    from inventory.stock.batch import BatchStore

    return BatchStore(_dynamodb(), _tables())


@cache
def published_store() -> "PublishedStore":
    """What was published of each product and reservation."""
    from inventory.live.published_store import PublishedStore

    return PublishedStore(_dynamodb(), _tables())


@cache
def counter_store() -> "CounterStore":
    """The tables as the comparison reads them."""
    from inventory.reconciliation.counter_store import CounterStore

    return CounterStore(_dynamodb(), _tables())


@cache
def low_stock_check() -> "LowStockCheck":
    """The scheduled check of low-stock alerts."""
    from inventory.reconciliation.low_stock_check import LowStockCheck

    return LowStockCheck(low_stock_alerts(), stock_store(), read_model())


def comparison(pause: Callable[[float], object], has_time: Callable[[], bool]) -> "Comparison":
    """The scheduled comparison, for one invocation."""
    from inventory.reconciliation.incremental.changes import ChangedKeys
    from inventory.reconciliation.incremental.checkpoints import Checkpoints
    from inventory.reconciliation.incremental.comparison import Comparison
    from inventory.reconciliation.incremental.state import ComparisonStates

    return Comparison(
        counter_store(),
        stock_store(),
        Checkpoints(_dynamodb(), _tables()),
        ChangedKeys(read_model_manifests(), read_model_files()),
        ComparisonStates(_dynamodb(), _tables()),
        pause,
        has_time,
    )


@cache
def comparison_results() -> "ComparisonResults":
    """What the last comparison found."""
    from inventory.reconciliation.incremental.result import ComparisonResults

    return ComparisonResults(_dynamodb(), _tables())


@cache
def repairs() -> "Repairs":
    """The repairs of what a comparison of the tables found."""
    from inventory.reconciliation.repairs import Repairs

    return Repairs(_dynamodb(), _tables())


@cache
def list_store() -> "ListStore":
    """The tables as lists."""
    from inventory.admin.list_store import ListStore

    return ListStore(_dynamodb(), _tables())


@cache
def row_store() -> "RowStore":
    """Rows by their keys, as lists show them."""
    from inventory.admin.row_store import RowStore

    return RowStore(_dynamodb(), _tables())


@cache
def level_list() -> "LevelList":
    """The list of levels."""
    from inventory.admin.level_list import LevelList

    return LevelList(list_store(), row_store(), read_model())


@cache
def reservation_search() -> "ReservationSearch":
    """The list of reservations that a search finds."""
    from inventory.admin.search.reservations import ReservationSearch

    return ReservationSearch(list_store(), row_store(), read_model())


@cache
def everything_search() -> "EverythingSearch":
    """The search over everything."""
    from inventory.admin.search.everything import EverythingSearch
    from inventory.admin.search.exact import ExactSearch

    exact = ExactSearch(list_store(), row_store(), refund_store())
    return EverythingSearch(exact, row_store(), read_model(), refunds().is_due)


@cache
def timelines() -> "Timelines":
    """What happened to orders and customers."""
    from inventory.admin.timeline.timeline import Timelines

    return Timelines(list_store(), row_store(), refunds(), read_model())


@cache
def inspected_executions() -> "InspectedExecutions":
    """Executions as operators see them."""
    from inventory.admin.operations.execution import InspectedExecutions, Sights

    own = OperationsSettings.from_env()
    sights = Sights(own.log_group_names, own.dashboard_name)
    return InspectedExecutions(reservation_store(), row_store(), executions(), sights)


@cache
def overview_store() -> "OverviewStore":
    """The tables as figures."""
    from inventory.admin.figures.overview_store import OverviewStore

    return OverviewStore(_dynamodb(), _tables())


@cache
def read_model_manifests() -> "ManifestStore":
    """What the read model consists of, and how far it has come."""
    from inventory.read_model.manifest import ManifestStore

    return ManifestStore(_dynamodb(), _tables())


@cache
def read_model_journal() -> "Journal":
    """What changed in the tables and is not in the snapshot of the read model yet."""
    from inventory.read_model.journal import Journal

    return Journal(_dynamodb(), _tables())


# --- other services


@cache
def read_model() -> "ReadModel":
    """What administrators' lists, searches and figures are made of."""
    from inventory.model import utc_now
    from inventory.read_model.levels.small_table import SmallTable
    from inventory.read_model.reader import ReadModel

    return ReadModel(
        read_model_manifests(), read_model_journal(), read_model_files(), SmallTable(_dynamodb(), _tables()), utc_now
    )


@cache
def read_model_files() -> "Files":
    """The files of the read model in S3."""
    from inventory.read_model.files import Files

    return Files(_s3(), ReadModelSettings.from_env().read_model_bucket_name)


@cache
def import_store() -> "ImportStore":
    """Imported files and their reports in S3."""
    from inventory.imports.store import ImportStore

    return ImportStore(_s3(), ImportSettings.from_env().imports_bucket_name)


@cache
def exports() -> "Exports":
    """Exports that a worker writes."""
    from inventory.admin.export_store import ExportStore
    from inventory.admin.exports import Exports

    return Exports(ExportStore(_s3(), ImportSettings.from_env().imports_bucket_name))


@cache
def signals() -> "Signals":
    """Signals to waiting executions."""
    from inventory.aws.task_tokens import Signals

    return Signals(_at_first_use("stepfunctions"))


@cache
def executions() -> "Executions":
    """The executions of the workflow."""
    from inventory.aws.executions import Executions

    return Executions(
        new_client("stepfunctions", ONE_ATTEMPT),
        state_machine_arn=WorkflowSettings.from_env().state_machine_arn,
    )


@cache
def topics() -> "Topics":
    """The topics in SNS."""
    from inventory.aws.sns import Topics

    return Topics(
        _at_first_use("sns"), low_stock=settings().low_stock_topic_arn, operations=settings().operations_topic_arn
    )


@cache
def alarms() -> "Alarms":
    """The alarms that report to the operations topic."""
    from inventory.admin.operations.alarms import Alarms

    return Alarms(_at_first_use("cloudwatch", ONE_ATTEMPT), settings().operations_topic_arn)


@cache
def event_bus() -> "EventBus":
    """The bus on which other systems read events."""
    from inventory.live.targets.event_bus import EventBus

    return EventBus(_at_first_use("events", TWO_ATTEMPTS), publishing_settings().event_bus_name)


@cache
def pages() -> "Pages":
    """The pages that stock is pushed to."""
    from inventory.live.targets.pages import Connection, Pages

    connect = cache(
        lambda: Connection(new_http_session(PUSH_CONNECT_SECONDS, PUSH_READ_SECONDS), credentials, region())
    )
    return Pages(connect, publishing_settings().live_stock_http_host, endpoint_url())


@cache
def undelivered_events() -> "Queue":
    """The queue of events that EventBridge did not accept."""
    return _queue(publishing_settings().undelivered_events_queue_url)


@cache
def undelivered_pushes() -> "Queue":
    """The queue of products whose push AppSync did not accept."""
    return _queue(change_settings().undelivered_pushes_queue_url)


@cache
def unreadable_changes() -> "Queue":
    """The queue of the keys of changes that cannot be read."""
    return _queue(change_settings().unreadable_changes_queue_url)


def _queue(url: str) -> "Queue":
    from inventory.aws.queues import Queue

    return Queue(_sqs(), url)


@cache
def _sqs() -> Callable[[], Any]:
    return _at_first_use("sqs", TWO_ATTEMPTS)


@cache
def live_stock_key() -> "CurrentKey":
    """The key that pages are given to subscribe to live stock."""
    from inventory.live.current_key import CurrentKey

    return CurrentKey(_at_first_use("appsync", TWO_ATTEMPTS), live_stock_settings().live_stock_api_id)


@cache
def appsync() -> Any:
    """A client of AppSync."""
    return new_client("appsync", CONFIG)


def _at_first_use(service: str, config: Config = CONFIG) -> Callable[[], Any]:
    """A client that is created when it is first needed: a function that never signals does not pay for it."""
    creating = Lock()
    create = cache(lambda: new_client(service, config))

    def client() -> Any:
        with creating:  # threads that need it at once get the same one
            return create()

    return client


@cache
def _s3() -> Any:
    # Presigned URLs have the current signature and the host of the region: the global host redirects for a new bucket,
    # and regions that are newer than it refuse it.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    # A key is a part of a URL: that of an empty one would be the bucket's, so the SDK must refuse it.
    own = Config(signature_version="s3v4", s3={"addressing_style": "virtual"}, parameter_validation=True)
    return new_client("s3", CONFIG.merge(own))


@cache
def _dynamodb() -> Any:
    return new_client("dynamodb", CONFIG)


def _tables() -> Tables:
    return Tables(
        inventory=settings().inventory_table_name,
        reservations=settings().reservations_table_name,
        movements=settings().movements_table_name,
        customers=settings().customers_table_name,
        refunds=settings().refunds_table_name,
        failed_executions=settings().failed_executions_table_name,
        idempotency=settings().idempotency_table_name,
        published=settings().published_table_name,
        read_model=settings().read_model_table_name,
        ledger_checkpoints=settings().ledger_checkpoints_table_name,
    )
