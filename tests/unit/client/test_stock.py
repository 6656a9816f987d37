"""The client of machines: lists of changes, long feeds, and all levels."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from inventory_client import (
    ChangeKind,
    ChangeResult,
    ChangeStatus,
    FeedProgress,
    IdempotencyConflict,
    Level,
    StockChange,
    StockClient,
    StockStatus,
    stock,
    transport,
)

from tests.unit.client.fake_api import FakeApi, fake_api

LEVEL = {
    "product_id": "P-1",
    "warehouse_id": "main",
    "name": "Mug",
    "category": "kitchen",
    "on_hand": 5,
    "reserved": 0,
    "available": 5,
    "low_stock_threshold": 1,
    "status": "IN_STOCK",
    "version": 3,
    "updated_at": "2026-03-01T12:00:00.000Z",
    "later": "a field of a later version",
}


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "backoff_seconds", lambda attempt: 0)
    monkeypatch.setattr(stock, "backoff_seconds", lambda attempt: 0)


def client(api: FakeApi) -> StockClient:
    return StockClient(f"{api.url}/v1/", session=boto3.Session("key-id", "secret", "token", "eu-central-1"))


def sales(count: int, product_id: str | None = None) -> list[StockChange]:
    return [
        StockChange(product_id or f"P-{number}", ChangeKind.SOLD_ELSEWHERE, delta=-1, reference=str(number))
        for number in range(count)
    ]


def answer(results: Sequence[str]) -> tuple[int, Mapping[str, Any]]:
    return 200, {"results": [{"index": index, "result": result} for index, result in enumerate(results)]}


def keys(api: FakeApi) -> list[str]:
    return [request.headers["idempotency-key"] for request in api.requests]


def test_a_list_is_signed_and_has_only_the_given_fields() -> None:
    wrong = {"index": 1, "result": "INVALID", "errors": [{"field": "delta", "message": "must not be 0"}]}
    answered = {"results": [{"index": 0, "result": "APPLIED", "level": LEVEL}, wrong]}
    with fake_api([(200, answered)]) as api:
        results = client(api).change_stock(
            [
                StockChange("P-1", ChangeKind.COUNTED, on_hand=0, as_of="2026-03-01T12:00:00Z"),
                StockChange("P-2", ChangeKind.ADJUSTED, "outlet", delta=0),
            ],
            key="night-1",
        )

    [request] = api.requests
    assert (request.method, request.path, keys(api)) == ("POST", "/v1/stock/changes", ["night-1"])
    assert "/eu-central-1/execute-api/aws4_request" in request.headers["authorization"]
    assert request.content == {
        "changes": [
            {
                "product_id": "P-1",
                "kind": "COUNTED",
                "warehouse_id": "main",
                "on_hand": 0,
                "as_of": "2026-03-01T12:00:00Z",
            },
            {"product_id": "P-2", "kind": "ADJUSTED", "warehouse_id": "outlet", "delta": 0},
        ]
    }
    assert [result.result for result in results] == [ChangeStatus.APPLIED, ChangeStatus.INVALID]
    assert results[0].level and (results[0].level.on_hand, results[0].level.status) == (5, StockStatus.IN_STOCK)
    assert results[1].errors == ({"field": "delta", "message": "must not be 0"},)


def test_a_long_feed_is_sent_in_lists_of_500_with_progress() -> None:
    progress: list[FeedProgress] = []
    with fake_api([answer(["APPLIED"] * 500), answer(["APPLIED"] * 500), answer(["SHORT"])]) as api:
        results = client(api).feed_stock(sales(1_001), key="night", on_progress=progress.append)

    assert keys(api) == ["night-1", "night-2", "night-3"]
    assert [len(request.content["changes"]) for request in api.requests] == [500, 500, 1]
    assert [result.index for result in results] == list(range(1_001))
    assert results[1_000] == ChangeResult(1_000, ChangeStatus.SHORT)
    assert progress == [(500, 1_001, 0), (1_000, 1_001, 0), (1_001, 1_001, 0)]


def test_a_list_is_sent_again_while_changes_are_busy() -> None:
    progress: list[FeedProgress] = []
    with fake_api([answer(["BUSY", "APPLIED"]), (503, {"code": "BUSY"}), answer(["APPLIED", "APPLIED"])]) as api:
        results = client(api).feed_stock(sales(2), key="night", on_progress=progress.append)

    assert keys(api) == ["night-1"] * 3
    assert len({str(request.content) for request in api.requests}) == 1
    assert [result.result for result in results] == ["APPLIED", "APPLIED"]
    assert progress == [(1, 2, 1), (2, 2, 0)]


def test_a_level_that_stays_busy_does_not_stop_the_others() -> None:
    first = ["BUSY"] + ["APPLIED"] * 499
    with fake_api([answer(first)] * stock.CALLS_MAX + [answer(["APPLIED"])]) as api:
        results = client(api).feed_stock(sales(501), key="night")

    assert keys(api) == ["night-1"] * stock.CALLS_MAX + ["night-2"]
    assert [result.index for result in results if result.is_busy] == [0]


def test_a_change_never_overtakes_a_busy_one_of_its_level() -> None:
    with fake_api([answer(["BUSY"] * 500)] * stock.CALLS_MAX) as api:
        results = client(api).feed_stock(sales(501, "P-1"), key="night")

    assert keys(api) == ["night-1"] * stock.CALLS_MAX
    assert [result.result for result in results] == [ChangeStatus.BUSY] * 501


def test_a_feed_without_changes_calls_nothing() -> None:
    with fake_api([]) as api:
        assert client(api).feed_stock([], key="night") == []

    assert api.requests == []


def test_another_feed_under_the_same_key_is_a_conflict() -> None:
    conflict = {"code": "IDEMPOTENCY_CONFLICT", "detail": "other changes"}
    with fake_api([(409, conflict)]) as api, pytest.raises(IdempotencyConflict):
        client(api).feed_stock(sales(1), key="night")


def test_every_level_is_read_page_by_page_also_behind_an_empty_page() -> None:
    answers = [
        (200, {"items": [LEVEL], "cursor": "a"}),
        (200, {"items": [], "cursor": "b"}),
        (200, {"items": [LEVEL | {"status": "LATER"}], "cursor": None}),
    ]
    with fake_api(answers) as api:
        levels = list(client(api).iterate_stock_levels(warehouse_id="a/b & c"))

    assert [type(level) for level in levels] == [Level, Level]
    assert [level.status for level in levels] == ["IN_STOCK", "LATER"]
    assert [parse_qs(urlsplit(request.path).query) for request in api.requests] == [
        {"limit": ["1000"], "warehouse_id": ["a/b & c"]} | ({"cursor": [cursor]} if cursor else {})
        for cursor in ("", "a", "b")
    ]
