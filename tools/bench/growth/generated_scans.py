"""Answers scans of the large tables with the rows that were written into them.

DynamoDB Local sorts a whole table for each page of a scan: those of a million rows would take hours.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import SimpleNamespace
from typing import Any

from inventory.aws.changes import to_attributes

PAGE_ROWS = 2_500  # about a page of DynamoDB, 1 MB

Rows = Callable[[], Iterator[Mapping[str, Any]]]


class GeneratedScans:
    """Answers scans of tables: the first segment of a parallel scan has all rows, and the others none."""

    def __init__(self, client: Any, tables: Mapping[str, Rows]) -> None:
        self._tables = tables
        self._open: dict[str, tuple[int, Iterator[Mapping[str, Any]]]] = {}
        client.meta.events.register("provide-client-params.dynamodb.Scan", self._keep)
        client.meta.events.register("before-call.dynamodb.Scan", self._answer)

    def _keep(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["scan"] = dict(params)

    def _answer(self, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        request = context["scan"]
        table = request["TableName"]
        if table not in self._tables:
            return None
        is_first = request.get("Segment", 0) == 0
        after = int(request.get("ExclusiveStartKey", {}).get("row", {}).get("N", 0))
        found = self._page(table, after) if is_first else {"Items": []}
        counts = {name: len(found["Items"]) for name in ("Count", "ScannedCount")}
        return SimpleNamespace(status_code=200), {**found, **counts, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def _page(self, table: str, after: int) -> dict[str, Any]:
        position, rows = self._open.pop(table, (-1, iter(())))
        if position != after:
            rows = islice(self._tables[table](), after, None)
        items = [to_attributes(dict(row)) for row in islice(rows, PAGE_ROWS)]
        if len(items) < PAGE_ROWS:
            return {"Items": items}
        position = after + len(items)
        self._open[table] = position, rows
        return {"Items": items, "LastEvaluatedKey": to_attributes({"row": position})}
