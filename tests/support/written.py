"""What a call has written, as the streams of the tables hand it over: the keys of rows, without what is in them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.support.aws_calls import Call
from tests.support.live import Record, record
from tests.support.shop import Shop
from tests.support.template.source import resource

KEYS = {"InventoryTable": "inventory", "ReservationsTable": "reservations"}  # the tables that have a stream


def records_of_calls(calls: Iterable[Call], shop: Shop) -> list[Record]:
    """The records of what these calls wrote.

    A write that was refused has a record too: it says no more than that a row may have changed, and harms nobody.
    """
    names = _streamed(shop)
    return [
        record(table, {name: row[name]["S"] for name in names[table]}, "REMOVE" if kind == "Delete" else "MODIFY")
        for call in calls
        if call.service == "dynamodb"
        for kind, table, row in _writes(call)
        if table in names
    ]


def records_of_rows(shop: Shop) -> list[Record]:
    """A record of every row that there is, as if each had just been written."""
    return [
        record(table, {name: row[name] for name in names})
        for table, names in _streamed(shop).items()
        for row in shop.rows(table)
    ]


def rows_with_stream(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables that have a stream."""
    return {table: sorted(shop.rows(table), key=str) for table in _streamed(shop)}


def keys_of(records: Iterable[Record]) -> set[tuple[str, ...]]:
    """The keys that records name."""
    return {tuple(value["S"] for value in one["dynamodb"]["Keys"].values()) for one in records}


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any], shop: Shop) -> set[tuple[str, ...]]:
    """The keys of rows that are other rows than before."""
    return {
        tuple(row[name] for name in names)
        for table, names in _streamed(shop).items()
        for row in [*before[table], *after[table]]
        if (row in before[table]) != (row in after[table])
    }


def _streamed(shop: Shop) -> dict[str, list[str]]:
    """The attributes of the key of each table that has a stream."""
    return {
        getattr(shop.tables, field): [part["AttributeName"] for part in resource(table)["KeySchema"]]
        for table, field in KEYS.items()
    }


def _writes(call: Call) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The writes of a call: the kind, the table, and what contains the key."""
    request = call.request
    match call.operation:
        case "TransactWriteItems":
            for action in request["TransactItems"]:
                [(kind, content)] = action.items()
                if kind != "ConditionCheck":
                    yield kind, content["TableName"], content.get("Item") or content["Key"]
        case "PutItem" | "UpdateItem" | "DeleteItem":
            kind = call.operation.removesuffix("Item")
            yield kind, request["TableName"], request.get("Item") or request["Key"]
        case "BatchWriteItem":
            for table, writes in request["RequestItems"].items():
                for write in writes:
                    [(kind, content)] = write.items()
                    yield kind.removesuffix("Request"), table, content.get("Item") or content["Key"]
