"""Batch reads: in batches of DynamoDB's maximum, with a limited number of retries for unprocessed keys."""

from typing import Any

import pytest

from inventory.aws import retries
from inventory.aws.dynamodb import BATCH_GET_MAX, batch_get
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import TransientError


class Client:
    """A fake table that has every row, and returns this many of them in one call."""

    def __init__(self, rows_a_call: int) -> None:
        self.rows_a_call = rows_a_call
        self.batches: list[int] = []
        self.consistent: list[bool] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        [(table, request)] = RequestItems.items()
        keys = request["Keys"]
        self.batches.append(len(keys))
        self.consistent.append(request.get("ConsistentRead", False))
        rest = keys[self.rows_a_call :]
        unprocessed = {table: request | {"Keys": rest}} if rest else {}
        return {"Responses": {table: keys[: self.rows_a_call]}, "UnprocessedKeys": unprocessed}


def read(client: Client, number: int) -> list[str]:
    """Read this many rows, and return their ids."""
    typed: Any = client
    return [row["id"] for row in batch_get(typed, "table", [{"id": str(index)} for index in range(number)])]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)


@pytest.mark.parametrize("number", [0, 1, BATCH_GET_MAX, BATCH_GET_MAX + 1])
def test_every_row_is_read_in_as_few_calls_as_possible(number: int) -> None:
    client = Client(rows_a_call=BATCH_GET_MAX)

    assert read(client, number) == [str(index) for index in range(number)]
    assert client.batches == [BATCH_GET_MAX] * (number // BATCH_GET_MAX) + [number % BATCH_GET_MAX] * (
        number % BATCH_GET_MAX > 0
    )


def test_unprocessed_keys_are_read_by_the_next_call() -> None:
    client = Client(rows_a_call=2)

    assert read(client, 5) == ["0", "1", "2", "3", "4"]
    assert client.batches == [5, 3, 1]
    assert client.consistent == [True, True, True]


def test_a_table_that_returns_nothing_is_a_transient_error() -> None:
    client = Client(rows_a_call=0)

    with pytest.raises(TransientError):
        read(client, 5)

    assert len(client.batches) == ATTEMPTS_MAX
