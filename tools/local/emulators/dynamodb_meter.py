"""Meters every DynamoDB call of ministack: one JSON line for each that AWS would charge.

ministack answers a DynamoDB call in one go, without letting another in between, so what a table holds just before
and just after the call is what the call changed.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import dynamodb

from tools.local.emulators.metering import (
    Consistency,
    Index,
    Item,
    index_write_units,
    item_bytes,
    read_units,
    write_units,
)

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, Mapping[str, Any]], Awaitable[Answer]]
Table = Mapping[str, Any]

CHARGED_ERRORS = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True)
class Target:
    """An item that a call names: the table's name and the item's key."""

    table: str
    key: Item


@dataclass(frozen=True)
class Charge:
    """What one item, or one query, of a call costs."""

    table: str
    key: Mapping[str, Any] | None = None
    read_units: float = 0
    write_units: int = 0
    index_write_units: int = 0


class DynamoDbMeter:
    """Stands before ministack's DynamoDB and writes down what its calls cost."""

    def __init__(self, handler: Handler, log: Path) -> None:
        self._handler = handler
        self._log = log.open("w")
        self._pages: list[list[Item]] = []
        self._watch_pages()

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Answer:
        """Answer a call, and meter it."""
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        request = json.loads(body or b"{}")
        targets = list(written(operation, request))
        before = [deepcopy(_find(target)) for target in targets]
        self._pages.clear()
        answer = await self._handler(method, path, headers, body, query_params)
        if _is_charged(answer):
            charges = [*self._writes(operation, targets, before), *self._reads(operation, request)]
            if charges:
                self._write_down(operation, answer, headers, query_params, charges)
        return answer

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
        for target, consistency in read(operation, request):
            units = read_units(item_bytes(_find(target)), consistency)
            yield Charge(table=target.table, key=_plain(target.key), read_units=units)
        for page in self._pages:
            size = sum(item_bytes(item) for item in page)
            units = read_units(size, _consistency(request))
            yield Charge(table=_name(request["TableName"]), read_units=units)

    def _watch_pages(self) -> None:
        """See what a query or scan reads: more than it answers, when it filters or projects."""
        paginate = dynamodb._paginate_evaluated_items

        def watched(items: Any, limit: Any, table: Table, index_name: str | None = None) -> Any:
            page, stopped = paginate(items, limit, table, index_name)
            entries = (
                dynamodb._apply_index_projection(item, table, index_name) if index_name else item for item in page
            )
            self._pages.append(list(entries))
            return page, stopped

        dynamodb._paginate_evaluated_items = watched

    def _write_down(
        self,
        operation: str,
        answer: Answer,
        headers: dict[str, str],
        query_params: Mapping[str, Any],
        charges: list[Charge],
    ) -> None:
        access_key_id = extract_access_key_id(headers, query_params)
        line = {
            "time": datetime.now(UTC).isoformat(),
            "operation": operation,
            "error": None if answer[0] == 200 else _error(answer),
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


def written(operation: str, request: Mapping[str, Any]) -> Iterator[Target]:
    """The items that a call writes, or whose conditions it checks."""
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


def read(operation: str, request: Mapping[str, Any]) -> Iterator[tuple[Target, Consistency]]:
    """The items that a call reads by their keys, and how."""
    match operation:
        case "GetItem":
            for target in _target(request):
                yield target, _consistency(request)
        case "BatchGetItem":
            for table, wanted in request["RequestItems"].items():
                for key in wanted["Keys"]:
                    yield Target(_name(table), key), _consistency(wanted)
        case "TransactGetItems":
            for member in request["TransactItems"]:
                for target in _target(member["Get"]):
                    yield target, Consistency.TRANSACTIONAL


def _target(action: Mapping[str, Any]) -> Iterator[Target]:
    """The item an action names, by its key or by being it."""
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
    """A table's name, which callers may give as an ARN."""
    return table.rpartition("/")[2]


def _indexes(table: Table) -> Iterator[Index]:
    table_keys = _key_names(table)
    for index in [*(table.get("GlobalSecondaryIndexes") or []), *(table.get("LocalSecondaryIndexes") or [])]:
        keys = {element["AttributeName"] for element in index["KeySchema"]}
        projection = index["Projection"]
        everything = projection["ProjectionType"] == "ALL"
        yield Index(keys, None if everything else keys | table_keys | set(projection.get("NonKeyAttributes") or []))


def _key_names(table: Table) -> set[str]:
    return {name for name in (table["pk_name"], table["sk_name"]) if name}


def _plain(key: Item) -> dict[str, Any]:
    return {name: next(iter(value.values())) for name, value in key.items()}


def _is_charged(answer: Answer) -> bool:
    return answer[0] == 200 or _error(answer) in CHARGED_ERRORS


def _error(answer: Answer) -> str:
    name: str = json.loads(answer[2]).get("__type", "")
    return name.rpartition("#")[2]
