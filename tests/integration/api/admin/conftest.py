"""The admin API over the tables of a shop, with fakes of S3 and Step Functions."""

from collections.abc import Iterator
from threading import Lock
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

import admin_api
from inventory import dependencies
from inventory.admin.export_store import ExportStore
from inventory.admin.exports import Exports
from inventory.admin.figures.overview_store import OverviewStore
from inventory.admin.level_list import LevelList
from inventory.admin.list_store import ListStore
from inventory.admin.operations.execution import InspectedExecutions, Sights
from inventory.admin.row_store import RowStore
from inventory.admin.search.everything import EverythingSearch
from inventory.admin.search.exact import ExactSearch
from inventory.admin.search.reservations import ReservationSearch
from inventory.admin.timeline.timeline import Timelines
from inventory.aws.executions import Executions
from inventory.imports.report import Report
from inventory.imports.run import ImportRun
from inventory.imports.store import ImportStore
from inventory.imports.submission import Imports
from inventory.reconciliation.failed_executions import FailedExecutions
from inventory.settings import BrowserSettings
from tests.support.http.fake_history import FakeHistory
from tests.support.http.gateway import Caller
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop

STATE_MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:Reservation"
BUCKET = "imports"
PAGE = "https://admin.example.com"


@pytest.fixture
def history() -> FakeHistory:
    """The fake execution history."""
    return FakeHistory()


class SerialImportStore(ImportStore):
    """One call after the other: moto closes an object that another thread replaces while it is read."""

    lock = Lock()

    def report(self, import_id: str) -> Report:
        with self.lock:
            return super().report(import_id)

    def save(self, report: Report) -> None:
        with self.lock:
            super().save(report)


@pytest.fixture
def imports() -> Iterator[ImportStore]:
    """An import store over an empty bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", config=Config(signature_version="s3v4"))
        client.create_bucket(Bucket=BUCKET)
        yield SerialImportStore(client, BUCKET)


@pytest.fixture
def read_model(shop: Shop) -> FakeReadModel:
    """The read model of a small shop, until it follows."""
    return FakeReadModel(shop)


@pytest.fixture
def manager(
    shop: Shop,
    history: FakeHistory,
    imports: ImportStore,
    read_model: FakeReadModel,
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    """A signed-in inventory manager."""
    lists, rows = ListStore(shop.client, shop.tables), RowStore(shop.client, shop.tables)
    reader: Any = read_model
    executions = Executions(history.client(), state_machine_arn=STATE_MACHINE_ARN)
    for name, connection in {
        "reservation_store": shop.reservation_store,
        "stock_store": shop.stock_store,
        "list_store": lists,
        "row_store": rows,
        "read_model": read_model,
        "level_list": LevelList(lists, rows, reader),
        "reservation_search": ReservationSearch(lists, rows, reader),
        "everything_search": EverythingSearch(
            ExactSearch(lists, rows, shop.refund_store), rows, reader, shop.refunds.is_due
        ),
        "timelines": Timelines(lists, rows, shop.refunds, reader),
        "overview_store": OverviewStore(shop.client, shop.tables),
        "import_store": imports,
        "reservations": shop.reservations,
        "refunds": shop.refunds,
        "failed_executions": FailedExecutions(shop.failed_execution_store, shop.reservation_store, executions),
        "stock_changes": shop.stock_changes,
        "shards": shop.shards,
        "imports": Imports(imports),
        "exports": Exports(ExportStore(imports._client, BUCKET)),
        "import_run": lambda clock, has_time: ImportRun(imports, shop.batch_counts, clock, has_time),
        "executions": executions,
        "inspected_executions": InspectedExecutions(
            shop.reservation_store, rows, executions, Sights(["workflow-logs", "checkout-logs"], "inventory-dashboard")
        ),
        "browser_settings": BrowserSettings(PAGE),
    }.items():
        is_run = name == "import_run"
        monkeypatch.setattr(dependencies, name, connection if is_run else lambda connection=connection: connection)
    return Caller(admin_api.handler)
