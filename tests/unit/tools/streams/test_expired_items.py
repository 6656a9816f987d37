"""A row that expires leaves a record that says so; a row that a caller deletes leaves an ordinary one."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import dynamodb

from tests.unit.tools.refusals.in_process import client_of, keep
from tools.local.streams import expired_items
from tools.local.streams.expired_items import DELETED_BY_DYNAMODB, REAPER


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a table with a KEYS_ONLY stream, and the patch for one test."""
    keep(monkeypatch, dynamodb, "_remove_item", "_build_change_record")
    expired_items.install()
    name = f"t-{uuid4().hex}"
    client_of("dynamodb", dynamodb.handle_request).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    return name


def removals(name: str) -> list[dict[str, Any]]:
    """The records of deletions in the table's stream."""
    records = dynamodb.stream_records_since(name, 0, 10)
    return [record for record in records if record["eventName"] == "REMOVE"]


def test_a_row_that_expires_leaves_a_record_of_dynamodb(table: str) -> None:
    client_of("dynamodb", dynamodb.handle_request).put_item(TableName=table, Item={"id": {"S": "r-1"}})
    stored = dynamodb._tables[table]
    [(partition_key, rows)] = list(stored["items"].items())
    [sort_key] = rows

    reaper = threading.Thread(target=dynamodb._remove_item, args=(stored, partition_key, sort_key), name=REAPER)
    reaper.start()
    reaper.join()

    [record] = removals(table)
    assert record["userIdentity"] == DELETED_BY_DYNAMODB
    assert record["dynamodb"]["Keys"] == {"id": {"S": "r-1"}}
    assert "OldImage" not in record["dynamodb"]


def test_a_row_that_a_caller_deletes_leaves_one_ordinary_record(table: str) -> None:
    client = client_of("dynamodb", dynamodb.handle_request)
    client.put_item(TableName=table, Item={"id": {"S": "r-1"}})

    client.delete_item(TableName=table, Key={"id": {"S": "r-1"}})

    [record] = removals(table)
    assert "userIdentity" not in record
