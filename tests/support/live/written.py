"""What a call has written, as the streams of the tables hand it over: the keys of rows, without what is in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.support.aws_calls import Call
from tests.support.live import Record, record
from tests.support.shop import Shop, names_of
from tests.support.template.source import resource, template

Rows = Mapping[str, list[dict[str, Any]]]

WITH_STREAM = [
    name for name, one in template()["Resources"].items() if "StreamSpecification" in one.get("Properties", {})
]


def records_of_calls(calls: Iterable[Call], before: Rows, shop: Shop) -> list[Record]:
    """The records of what these calls have changed, in the order of their writes.

    A call that was refused has changed nothing. A row that differs without a call is an error of this test.
    """
    names = _key_names(shop)
    changed = _changed(before, rows_with_stream(shop), names)
    written = [
        record(table, key, "REMOVE" if kind == "Delete" else "MODIFY")
        for call in calls
        if call.service == "dynamodb"
        for kind, table, row in _writes(call)
        if table in names and (table, *(key := {name: row[name]["S"] for name in names[table]}).values()) in changed
    ]
    assert changed == {_row_of(one) for one in written}
    return written


def records_of_rows(shop: Shop) -> list[Record]:
    """A record of every row that there is, as if each had just been written."""
    return [
        record(table, {name: row[name] for name in names})
        for table, names in _key_names(shop).items()
        for row in shop.rows(table)
    ]


def records_of_changes(before: Rows, after: Rows, shop: Shop) -> list[Record]:
    """A record of each row that is another one than before."""
    names = _key_names(shop)
    return [
        record(table, dict(zip(names[table], key, strict=True)))
        for table, *key in sorted(_changed(before, after, names))
    ]


def rows_with_stream(shop: Shop) -> Rows:
    """Every row of the tables that have a stream."""
    return {table: shop.rows(table) for table in _key_names(shop)}


def _changed(before: Rows, after: Rows, names: Mapping[str, Sequence[str]]) -> set[tuple[str, ...]]:
    """The tables and keys of rows that are others than before."""
    return {
        (table, *(row[name] for name in names[table]))
        for table in names
        for row in [*before[table], *after[table]]
        if (row in before[table]) != (row in after[table])
    }


def _row_of(one: Record) -> tuple[str, ...]:
    """The table and the key of a record."""
    return one["eventSourceARN"].split("/")[1], *(value["S"] for value in one["dynamodb"]["Keys"].values())


def _key_names(shop: Shop) -> dict[str, list[str]]:
    """The attributes of the key of each table that has a stream."""
    return {
        names_of(shop.tables)[table]: [part["AttributeName"] for part in resource(table)["KeySchema"]]
        for table in WITH_STREAM
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
