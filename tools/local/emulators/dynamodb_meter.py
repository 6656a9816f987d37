"""Measures the capacity units of every DynamoDB call: one JSON line for each call that AWS would charge.

ministack processes one DynamoDB call at a time. Therefore the difference between a table just before and just after a
call is exactly what this call changed.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import dynamodb

from tools.local.emulators.handlers import Handler, Response
from tools.local.emulators.metering import (
    Consistency,
    Index,
    Item,
    index_write_units,
    item_bytes,
    read_units,
    write_units,
)

Table = Mapping[str, Any]

CHARGED_ERRORS = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True)
class Target:
    """An item in a call's request: the table's name and the item's key."""

    table: str
    key: Item


@dataclass(frozen=True)
class Charge:
    """The capacity units of one item, or one query, of a call."""

    table: str
    key: Mapping[str, Any] | None = None
    read_units: float = 0
    write_units: int = 0
    index_write_units: int = 0


class DynamoDbMeter:
    """Wraps ministack's DynamoDB and logs the capacity units of its calls."""

    def __init__(self, handler: Handler, log: Path) -> None:
        self._handler = handler
        self._log = log.open("w")
        self._pages: list[list[Item]] = []
        self._record_pages()

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        """Process a call and measure it."""
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        request = json.loads(body or b"{}")
        targets = list(written_items(operation, request))
        before = [deepcopy(_find(target)) for target in targets]
        self._pages.clear()
        response = await self._handler(method, path, headers, body, query_params)
        if _is_charged(response):
            charges = [*self._writes(operation, targets, before), *self._reads(operation, request)]
            if charges:
                self._write_line(operation, response, headers, query_params, charges)
        return response

    def _writes(self, operation: str, targets: list[Target], before: list[Item | None]) -> Iterator[Charge]:
        transactional = operation == "TransactWriteItems"
        for target, old in zip(targets, before, strict=True):
            new = _find(target)
            yield Charge(
                table=target.table,
                key=_plain(target.key),
                write_units=write_units(old, new, transactional=transactional),
                index_write_units=index_write_units(_indexes(_table(target.table)), old, new),
            )

    def _reads(self, operation: str, request: Mapping[str, Any]) -> Iterator[Charge]:
        for target, consistency in read_items(operation, request):
            units = read_units(item_bytes(_find(target)), consistency)
            yield Charge(table=target.table, key=_plain(target.key), read_units=units)
        for page in self._pages:
            size = sum(item_bytes(item) for item in page)
            units = read_units(size, _consistency(request))
            yield Charge(table=_name(request["TableName"]), read_units=units)

    def _record_pages(self) -> None:
        """Record which items a query or scan reads. With a filter or a projection it reads more than it returns."""
        paginate = dynamodb._paginate_evaluated_items

        def paginate_and_record(items: Any, limit: Any, table: Table, index_name: str | None = None) -> Any:
            page, stopped = paginate(items, limit, table, index_name)
            entries = (
                dynamodb._apply_index_projection(item, table, index_name) if index_name else item for item in page
            )
            self._pages.append(list(entries))
            return page, stopped

        dynamodb._paginate_evaluated_items = paginate_and_record

    def _write_line(
        self,
        operation: str,
        response: Response,
        headers: dict[str, str],
        query_params: Mapping[str, Any],
        charges: list[Charge],
    ) -> None:
        access_key_id = extract_access_key_id(headers, query_params)
        line = {
            "time": datetime.now(UTC).isoformat(),
            "operation": operation,
            "error": None if response[0] == 200 else _error(response),
            "tables": sorted({charge.table for charge in charges}),
            "access_key_id": access_key_id,
            "caller": getattr(iam_evaluator.resolve_credential(access_key_id), "principal_arn", None),
            "read_units": sum(charge.read_units for charge in charges),
            "write_units": sum(charge.write_units for charge in charges),
            "index_write_units": sum(charge.index_write_units for charge in charges),
            "items": [asdict(charge) for charge in charges],
        }
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()


def written_items(operation: str, request: Mapping[str, Any]) -> Iterator[Target]:
    """The items that a call writes or only checks a condition of."""
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield from _target(request)
        case "TransactWriteItems":
            for member in request["TransactItems"]:
                for action in member.values():
                    yield from _target(action)
        case "BatchWriteItem":
            for table, members in request["RequestItems"].items():
                for member in members:
                    for action in member.values():
                        yield from _target({"TableName": table, **action})


def read_items(operation: str, request: Mapping[str, Any]) -> Iterator[tuple[Target, Consistency]]:
    """The items that a call reads by their keys, each with its consistency."""
    match operation:
        case "GetItem":
            for target in _target(request):
                yield target, _consistency(request)
        case "BatchGetItem":
            for table, request_of_table in request["RequestItems"].items():
                for key in request_of_table["Keys"]:
                    yield Target(_name(table), key), _consistency(request_of_table)
        case "TransactGetItems":
            for member in request["TransactItems"]:
                for target in _target(member["Get"]):
                    yield target, Consistency.TRANSACTIONAL


def _target(action: Mapping[str, Any]) -> Iterator[Target]:
    """The item of an action, which contains either its key or the item itself."""
    name = _name(action.get("TableName", ""))
    table, content = _table(name), action.get("Key") or action.get("Item") or {}
    if table:
        yield Target(name, {key: content[key] for key in _key_names(table) if key in content})


def _consistency(request: Mapping[str, Any]) -> Consistency:
    return Consistency.STRONG if request.get("ConsistentRead") else Consistency.EVENTUAL


def _table(name: str) -> Table:
    table: Table = dynamodb._tables.get(name) or {}
    return table


def _find(target: Target) -> Item | None:
    item: Item | None = dynamodb._get_item_by_key(_table(target.table), target.key)
    return item


def _name(table: str) -> str:
    """A table's name. Callers may use the ARN instead."""
    return table.rpartition("/")[2]


def _indexes(table: Table) -> Iterator[Index]:
    table_keys = _key_names(table)
    for index in [*(table.get("GlobalSecondaryIndexes") or []), *(table.get("LocalSecondaryIndexes") or [])]:
        keys = {element["AttributeName"] for element in index["KeySchema"]}
        projection = index["Projection"]
        projects_all = projection["ProjectionType"] == "ALL"
        yield Index(keys, None if projects_all else keys | table_keys | set(projection.get("NonKeyAttributes") or []))


def _key_names(table: Table) -> set[str]:
    return {name for name in (table["pk_name"], table["sk_name"]) if name}


def _plain(key: Item) -> dict[str, Any]:
    return {name: next(iter(value.values())) for name, value in key.items()}


def _is_charged(response: Response) -> bool:
    return response[0] == 200 or _error(response) in CHARGED_ERRORS


def _error(response: Response) -> str:
    name: str = json.loads(response[2]).get("__type", "")
    return name.rpartition("#")[2]
