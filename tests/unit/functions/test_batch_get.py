"""Reads of many rows: in batches that DynamoDB takes, going on with what it left unread, a bounded number of times."""

from typing import Any

import pytest

from inventory.aws import retries
from inventory.aws.dynamodb import BATCH_GET_MAX, batch_get
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import TransientError


class Client:
    """A table that has every row, and reads so many of them a call."""

    def __init__(self, rows_a_call: int) -> None:
        self.rows_a_call = rows_a_call
        self.asked: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        [(table, request)] = RequestItems.items()
        keys = request["Keys"]
        self.asked.append(len(keys))
        left = keys[self.rows_a_call :]
        unread = {table: request | {"Keys": left}} if left else {}
        return {"Responses": {table: keys[: self.rows_a_call]}, "UnprocessedKeys": unread}


def read(client: Client, number: int) -> list[str]:
    """So many rows; their ids."""
    typed: Any = client
    return [row["id"] for row in batch_get(typed, "table", [{"id": str(index)} for index in range(number)])]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)


@pytest.mark.parametrize("number", [0, 1, BATCH_GET_MAX, BATCH_GET_MAX + 1])
def test_every_row_is_read_in_as_few_calls_as_can_be(number: int) -> None:
    client = Client(rows_a_call=BATCH_GET_MAX)

    assert read(client, number) == [str(index) for index in range(number)]
    assert client.asked == [BATCH_GET_MAX] * (number // BATCH_GET_MAX) + [number % BATCH_GET_MAX] * (
        number % BATCH_GET_MAX > 0
    )


def test_what_was_left_unread_is_read_next() -> None:
    client = Client(rows_a_call=2)

    assert read(client, 5) == ["0", "1", "2", "3", "4"]
    assert client.asked == [5, 3, 1]


def test_a_table_that_reads_nothing_is_busy() -> None:
    client = Client(rows_a_call=0)

    with pytest.raises(TransientError):
        read(client, 5)

    assert len(client.asked) == ATTEMPTS_MAX
