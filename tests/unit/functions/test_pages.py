"""Pages of a query or a scan: each continues where the last one ended, until there is no more."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory.aws import retries
from inventory.aws.dynamodb import items_of, pages

REQUEST = {"TableName": "table", "IndexName": "index"}


class Table:
    """A fake table with this many rows on each page."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.requests: list[dict[str, Any]] = []

    def read(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        page = int(request.get("ExclusiveStartKey", {"page": {"N": "0"}})["page"]["N"])
        more = {"LastEvaluatedKey": {"page": {"N": str(page + 1)}}} if page + 1 < len(self.sizes) else {}
        return {"Items": [{"id": {"S": f"{page}-{row}"}} for row in range(self.sizes[page])]} | more


def test_every_page_is_read_from_the_end_of_the_last() -> None:
    table = Table(2, 0, 1)

    items = list(items_of(table.read, REQUEST))

    assert [item["id"] for item in items] == ["0-0", "0-1", "2-0"]
    starts = [request.get("ExclusiveStartKey") for request in table.requests]
    assert starts == [None, {"page": {"N": "1"}}, {"page": {"N": "2"}}]
    assert all(REQUEST.items() <= request.items() for request in table.requests)


def test_a_page_is_read_only_when_it_is_needed() -> None:
    table = Table(1, 1)

    next(pages(table.read, REQUEST))

    assert len(table.requests) == 1


def test_a_page_that_is_throttled_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)
    table = Table(1, 1)
    throttled = [ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")]

    def read(**request: Any) -> dict[str, Any]:
        if "ExclusiveStartKey" in request and throttled:
            raise throttled.pop()
        return table.read(**request)

    assert [item["id"] for item in items_of(read, REQUEST)] == ["0-0", "1-0"]
    assert throttled == []
