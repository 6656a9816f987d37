"""Faults of DynamoDB in a busy account: conflicts with other writers, throttling, and lost responses.

DynamoDB Local has none of these faults. They are injected between the SDK and the database: a refused call never
reaches the database, while a call whose response is lost was made.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from inventory.aws.changes import to_attributes
from inventory.errors import TransientError
from tests.support.aws_calls import Answer, Call, refusal

Result = TypeVar("Result")

SOMEWHERE = "https://dynamodb.example"
TRIES_MAX = 7  # like the Retry of the workflow's steps


@dataclass(frozen=True)
class FaultRates:
    """The probability of each fault for a call, from 0 to 1."""

    conflict: float = 0
    throttling: float = 0
    lost_response: float = 0


BUSY_DAY = FaultRates(conflict=0.15, throttling=0.05, lost_response=0.05)


def with_retries(call: Callable[[], Result]) -> Callable[[], Result]:
    """Retry a call after a transient error, as the workflow and checkout services do."""

    def retrying() -> Result:
        for _ in range(TRIES_MAX - 1):
            try:
                return call()
            except TransientError:
                continue
        return call()

    return retrying


@contextmanager
def hooked(client: Any, event: str, hook: Callable[..., Any]) -> Iterator[None]:
    """Register a hook that sees every call of a client, and may answer it."""
    client.meta.events.register(event, hook)
    try:
        yield
    finally:
        client.meta.events.unregister(event, hook)


@contextmanager
def lost_responses(client: Any, *operations: str) -> Iterator[None]:
    """Make the next call of each of these operations, but lose its response."""
    to_lose = list(operations)

    def lose_response(model: Any, **_: Any) -> None:
        if model.name in to_lose:
            to_lose.remove(model.name)
            raise ConnectionClosedError(endpoint_url=SOMEWHERE)

    with hooked(client, "after-call", lose_response):
        yield
    assert not to_lose, f"{to_lose} were never called"


@contextmanager
def throttled_after(client: Any, operation: str) -> Iterator[None]:
    """Refuse every call after the next call of this operation."""
    is_throttled = False

    def refuse(**_: Any) -> Answer | None:
        return refusal("ThrottlingException") if is_throttled else None

    def start(model: Any, **_: Any) -> None:
        nonlocal is_throttled
        is_throttled = is_throttled or model.name == operation

    with hooked(client, "before-call", refuse), hooked(client, "after-call", start):
        yield
    assert is_throttled, f"{operation} was never called"


@contextmanager
def partial_batch_read(client: Any) -> Iterator[None]:
    """Leave the last row of the next batch read unprocessed, as DynamoDB does for a large response or under load."""
    left_out: list[Any] = []

    def leave_out(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        if model.name == "BatchGetItem" and not left_out:
            [(table, items)] = parsed["Responses"].items()
            left_out.append(items.pop())
            key = {name: left_out[0][name] for name in ("product_id", "warehouse_id")}
            parsed["UnprocessedKeys"] = {table: {"Keys": [key], "ConsistentRead": True}}

    with hooked(client, "after-call", leave_out):
        yield
    assert left_out, "nothing was read"


@contextmanager
def stale_index(client: Any, table: str, index: str, row: dict[str, Any]) -> Iterator[None]:
    """Let the next query of an index also list a row as it was: DynamoDB writes to an index after it has answered.

    Args:
        row: attributes of the row, as Python reads them.
    """
    queries: list[Any] = []  # the contexts of queries of the index
    listed: list[Any] = []

    def note(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if (params.get("TableName"), params.get("IndexName")) == (table, index):
            queries.append(context)

    def list_too(model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if model.name == "Query" and not listed and any(context is query for query in queries):
            listed.append(row)
            parsed["Items"].insert(0, to_attributes(row))
            parsed["Count"] += 1

    with hooked(client, "provide-client-params", note), hooked(client, "after-call", list_too):
        yield
    assert listed, f"{index} was not queried"


@contextmanager
def just_before(client: Any, operation: str, action: Callable[[], object], *, call: int = 1) -> Iterator[None]:
    """Run an action right before the client's next call of this operation, for example between a read and its write.

    Args:
        call: which of the next calls; 2 is the one after the next.
    """
    calls = 0

    def run_action(model: Any, **_: Any) -> None:
        nonlocal calls
        if model.name == operation:
            calls += 1
            if calls == call:  # counted first, because the action may call the same operation
                action()

    with hooked(client, "before-call", run_action):
        yield
    assert calls >= call, f"{operation} was called {calls} times"


@contextmanager
def injected_faults(client: Any, rates: FaultRates, *, seed: int = 0) -> Iterator[None]:
    """Inject faults into the calls of a client, at random with these rates."""
    chance = random.Random(seed)

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> Answer | None:
        call = Call.of(model, params)
        if call.operation == "Scan":  # a scheduled check whose scan fails is not retried; its next run scans again
            return None
        if chance.random() < rates.throttling:
            return refusal("ThrottlingException")
        if chance.random() < rates.conflict:
            return _conflict(call, chance)
        return None

    def lose_response(model: Any, **_: Any) -> None:
        if model.name != "Scan" and chance.random() < rates.lost_response:
            lost = chance.choice((ConnectionClosedError, ReadTimeoutError))
            raise lost(endpoint_url=SOMEWHERE)

    with hooked(client, "before-call", refuse), hooked(client, "after-call", lose_response):
        yield


def _conflict(call: Call, chance: random.Random) -> Answer | None:
    """A conflict with another writer: one of the reasons of a transaction, or the error of a single write."""
    if call.operation in ("PutItem", "UpdateItem"):
        return refusal("TransactionConflictException")
    if call.operation != "TransactWriteItems":
        return None
    reasons = [_reason(chance) for _ in call.request["TransactItems"]]
    reasons[0] = {"Code": "None"}  # a failed condition of the first action is a decision, which must not be invented
    reasons[chance.randrange(len(reasons))] = {"Code": "TransactionConflict"}
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def _reason(chance: random.Random) -> dict[str, Any]:
    """The reason that DynamoDB gives for an action next to the one in conflict."""
    short = {"Code": "ConditionalCheckFailed", "Item": to_attributes({"available": 0})}
    throttled = {"Code": "ThrottlingError"}
    return chance.choice(({"Code": "None"}, {"Code": "None"}, short, throttled))
