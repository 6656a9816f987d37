"""What a function works with, built once per container from its settings."""

from functools import cache

import boto3
from botocore.config import Config

from inventory.admin.list_store import ListStore
from inventory.admin.overview_store import OverviewStore
from inventory.aws.dynamodb import Tables
from inventory.aws.executions import Executions
from inventory.aws.sns import Topics
from inventory.aws.task_tokens import Signals
from inventory.imports.store import ImportStore
from inventory.model import CustomerLimits
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.due_queue import DueStore
from inventory.reservations.store import ReservationStore
from inventory.settings import (
    BrowserSettings,
    CustomerSettings,
    ImportSettings,
    Settings,
    StorefrontSettings,
    WorkflowSettings,
)
from inventory.stock.store import StockStore

# A function has 15 s and its state 20 s: every call must have failed or answered well before that.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=20,
)


@cache
def settings() -> Settings:
    """The function's settings."""
    return Settings.from_env()


@cache
def browser_settings() -> BrowserSettings:
    """The settings of functions that browsers call."""
    return BrowserSettings.from_env()


@cache
def storefront_settings() -> StorefrontSettings:
    """The storefront function's own settings."""
    return StorefrontSettings.from_env()


@cache
def customer_settings() -> CustomerSettings:
    """The settings of functions that take in checkouts."""
    return CustomerSettings.from_env()


def customer_limits() -> CustomerLimits:
    """How much one customer may hold."""
    return CustomerLimits(customer_settings().customer_holds_max, customer_settings().customer_units_max)


@cache
def reservation_store() -> ReservationStore:
    """The reservations in DynamoDB."""
    return ReservationStore(
        boto3.client("dynamodb", config=CONFIG), _tables(), retention_days=settings().reservation_retention_days
    )


@cache
def due_store() -> DueStore:
    """The reservations that something should have become of."""
    return DueStore(boto3.client("dynamodb", config=CONFIG), _tables())


@cache
def stock_store() -> StockStore:
    """The stock levels in DynamoDB."""
    return StockStore(boto3.client("dynamodb", config=CONFIG), _tables())


@cache
def counter_store() -> CounterStore:
    """The tables as an auditor reads them."""
    return CounterStore(boto3.client("dynamodb", config=CONFIG), _tables())


@cache
def list_store() -> ListStore:
    """The tables as lists."""
    return ListStore(boto3.client("dynamodb", config=CONFIG), _tables())


@cache
def overview_store() -> OverviewStore:
    """The tables as figures."""
    return OverviewStore(boto3.client("dynamodb", config=CONFIG), _tables())


@cache
def import_store() -> ImportStore:
    """Imported files and their reports."""
    return ImportStore(boto3.client("s3", config=CONFIG), ImportSettings.from_env().imports_bucket_name)


@cache
def signals() -> Signals:
    """The way to the executions that wait."""
    return Signals(boto3.client("stepfunctions", config=CONFIG))


@cache
def executions() -> Executions:
    """The workflow's executions."""
    return Executions(
        boto3.client("stepfunctions", config=CONFIG), state_machine_arn=WorkflowSettings.from_env().state_machine_arn
    )


@cache
def topics() -> Topics:
    """The topics of SNS."""
    return Topics(
        boto3.client("sns", config=CONFIG),
        low_stock=settings().low_stock_topic_arn,
        operations=settings().operations_topic_arn,
    )


def _tables() -> Tables:
    return Tables(
        inventory=settings().inventory_table_name,
        reservations=settings().reservations_table_name,
        movements=settings().movements_table_name,
        customers=settings().customers_table_name,
    )
