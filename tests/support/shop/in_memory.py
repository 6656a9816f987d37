"""A shop over tables in memory, whose calls can be counted, refused, and preceded by what others do."""

import random
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import Shop, create_tables

Meanwhile = Callable[[str, dict[str, Any]], object]


class Stopped(BaseException):
    """The function's process ended. Nothing catches it, as nothing runs after a crash."""


class MemoryShop(Shop):
    """A shop in memory."""

    def __init__(self) -> None:
        database = Database()
        client = memory_client(database)
        super().__init__(client, create_tables(client))
        self.made: list[str] = []
        self.meanwhile: Meanwhile | None = None  # runs before each call, but not before its own calls
        self.answer: Callable[[str, dict[str, Any]], Any] = database.call
        client._call = self._call

    def count(self, action: Callable[[], object]) -> list[str]:
        """The calls that an action makes."""
        self.made.clear()
        action()
        return list(self.made)

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        self.made.append(operation)
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            try:
                meanwhile(operation, request)
            finally:
                self.meanwhile = meanwhile
        return self.answer(operation, request)


def stopped_before_write(number: int) -> Meanwhile:
    """Stop before this write, counted from 1."""
    writes = 0

    def stop(operation: str, request: dict[str, Any]) -> None:
        nonlocal writes
        writes += operation in ("TransactWriteItems", "UpdateItem", "PutItem", "DeleteItem")
        if writes == number:
            raise Stopped

    return stop


def crowded(chance: random.Random, share: float) -> Meanwhile:
    """Cancel a share of the transactions, as other writers of the same items do."""

    def conflict(operation: str, request: dict[str, Any]) -> None:
        if operation == "TransactWriteItems" and chance.random() < share:
            reasons = [{"Code": "None"} for _ in request["TransactItems"]]
            reasons[-1] = {"Code": "TransactionConflict"}
            error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, operation)

    return conflict
