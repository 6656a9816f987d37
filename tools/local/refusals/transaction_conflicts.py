"""Refuses calls for an item that a transaction holds, as DynamoDB does.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
ministack processes one call at a time, so its transactions never meet. Here a transaction holds its items for some time
and is answered only after that. Meanwhile other transactions are cancelled and plain writes are refused. A plain read
is not refused, and it already sees what the transaction wrote.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from tools.local.emulators.dynamodb_meter import written_items
from tools.local.emulators.handlers import Handler, Response

MESSAGE = "Transaction is ongoing for the item"  # see TransactionCanceledException in DynamoDB's API reference
TRANSACTIONS = {"TransactWriteItems", "TransactGetItems"}
PLAIN_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
Item = str  # a table's name and an item's key


class HeldItems:
    """The items that transactions hold, each until a time of the clock."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._held_until: dict[Item, float] = {}

    def conflicts(self, items: Iterable[Item | None]) -> list[bool]:
        """For each item, whether a transaction holds it now."""
        now = self._clock()
        return [item is not None and self._held_until.get(item, now) > now for item in items]

    def hold(self, items: Iterable[Item | None]) -> None:
        """Hold these items from now on."""
        now = self._clock()
        self._held_until = {item: until for item, until in self._held_until.items() if until > now}
        self._held_until |= {item: now + self._seconds for item in items if item is not None}


def refuse_conflicts(
    handler: Handler, seconds: float, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
) -> Handler:
    """Wrap ministack's DynamoDB: each transaction that writes holds its items for some seconds."""
    held = HeldItems(seconds, clock)

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in TRANSACTIONS | PLAIN_WRITES:
            return await handler(method, path, headers, body, query_params)
        items = addressed_items(operation, json.loads(body or b"{}"))
        conflicts = held.conflicts(items)
        if any(conflicts):
            return conflict_response(operation, conflicts)
        if operation != "TransactWriteItems":
            return await handler(method, path, headers, body, query_params)
        held.hold(items)
        response = await handler(method, path, headers, body, query_params)
        await sleep(seconds)  # the caller's own next call must not meet its transaction
        return response

    return handle


def addressed_items(operation: str, request: Mapping[str, Any]) -> list[Item | None]:
    """The items of a plain write, or of each action of a transaction; None for an action without an item."""
    if operation in PLAIN_WRITES:
        return [_item(request)]
    members = request.get("TransactItems") or []
    return [_item(next(iter(member.values()), {})) for member in members]


def conflict_response(operation: str, conflicts: list[bool]) -> Response:
    """DynamoDB's answer to a call of which some items are held."""
    from ministack.core.responses import error_response_json

    if operation in PLAIN_WRITES:
        response: Response = error_response_json("TransactionConflictException", MESSAGE, 400)
        return response
    reasons = [{"Code": "TransactionConflict", "Message": MESSAGE} if held else {"Code": "None"} for held in conflicts]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    response = error_response_json("TransactionCanceledException", message, 400, extra={"CancellationReasons": reasons})
    return response


def _item(action: Mapping[str, Any]) -> Item | None:
    """The item of an action, if its table exists."""
    target = next(written_items("UpdateItem", action), None)
    return json.dumps([target.table, target.key], sort_keys=True) if target else None
