"""The admin API on the real read model: its table is DynamoDB's, its files are in S3."""

from collections.abc import Iterator

import boto3
import pytest

from inventory import dependencies
from inventory.admin.level_list import LevelList
from inventory.admin.list_store import ListStore
from inventory.admin.row_store import RowStore
from inventory.admin.search.everything import EverythingSearch
from inventory.admin.search.exact import ExactSearch
from inventory.admin.search.reservations import ReservationSearch
from inventory.admin.timeline.timeline import Timelines
from inventory.read_model.files import Files
from tests.support.http.gateway import Caller
from tests.support.read_model.built import BuiltReadModel
from tests.support.shop import Shop

BUCKET = "read-model"


@pytest.fixture
def built(manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[BuiltReadModel]:
    """The real read model behind the API, which is built when a test asks for it."""
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    built = BuiltReadModel(shop, Files(client, BUCKET))
    reader, lists, rows = built.reader(), ListStore(shop.client, shop.tables), RowStore(shop.client, shop.tables)
    exact = ExactSearch(lists, rows, shop.refund_store)
    for name, connection in {
        "read_model": reader,
        "level_list": LevelList(lists, rows, reader),
        "reservation_search": ReservationSearch(lists, rows, reader),
        "everything_search": EverythingSearch(exact, rows, reader, shop.refunds.is_due),
        "timelines": Timelines(lists, rows, shop.refunds, reader),
    }.items():
        monkeypatch.setattr(dependencies, name, lambda connection=connection: connection)
    yield built
