"""What stands in the way of a client in a busy account: other writers, throttling, answers that get lost on their way.

DynamoDB Local knows none of it, so it is put between the SDK and the database: a refused call is never made, a lost
answer belongs to a call that was.
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
TRIES_MAX = 7  # as the Retry of the workflow's steps


@dataclass(frozen=True)
class Odds:
    """How often a call meets each: 0 never, 1 always."""

    conflict: float = 0
    throttling: float = 0
    lost_answer: float = 0


BUSY_DAY = Odds(conflict=0.15, throttling=0.05, lost_answer=0.05)


def persistently(call: Callable[[], Result]) -> Callable[[], Result]:
    """The same call as the workflow and checkout services make it: again, a few times, while the answer is Busy."""

    def calling() -> Result:
        for _ in range(TRIES_MAX - 1):
            try:
                return call()
            except TransientError:
                continue
        return call()

    return calling


@contextmanager
def hooked(client: Any, event: str, hook: Callable[..., Any]) -> Iterator[None]:
    """Let a hook see, and answer, what a client calls meanwhile."""
    client.meta.events.register(event, hook)
    try:
        yield
    finally:
        client.meta.events.unregister(event, hook)


@contextmanager
def lost_answers(client: Any, *operations: str) -> Iterator[None]:
    """Make a client's next call of each of these operations, and lose its answer."""
    to_lose = list(operations)

    def lose_answer(model: Any, **_: Any) -> None:
        if model.name in to_lose:
            to_lose.remove(model.name)
            raise ConnectionClosedError(endpoint_url=SOMEWHERE)

    with hooked(client, "after-call", lose_answer):
        yield
    assert not to_lose, f"{to_lose} were never called"


@contextmanager
def down_after(client: Any, operation: str) -> Iterator[None]:
    """Refuse every call of a client once it has made its next call of this operation."""
    is_down = False

    def refuse(**_: Any) -> Answer | None:
        return refusal("ThrottlingException") if is_down else None

    def go_down(model: Any, **_: Any) -> None:
        nonlocal is_down
        is_down = is_down or model.name == operation

    with hooked(client, "before-call", refuse), hooked(client, "after-call", go_down):
        yield
    assert is_down, f"{operation} was never called"


@contextmanager
def cut_short(client: Any) -> Iterator[None]:
    """Let a client's next batch read end before its last row, as DynamoDB does when it is much or busy."""
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
def meanwhile(client: Any, operation: str, happens: Callable[[], object], *, call: int = 1) -> Iterator[None]:
    """Let something happen right before a client's next call of this operation: after it looked, before it writes.

    Args:
        call: which of its calls from now on; 2 is the one after the next.
    """
    calls = 0

    def let_happen(model: Any, **_: Any) -> None:
        nonlocal calls
        if model.name == operation:
            calls += 1
            if calls == call:  # what happens may call the same operation: counted first
                happens()

    with hooked(client, "before-call", let_happen):
        yield
    assert calls >= call, f"{operation} was called {calls} times"


@contextmanager
def interference(client: Any, odds: Odds, *, seed: int = 0) -> Iterator[None]:
    """Let the calls of a client meet what the odds say."""
    chance = random.Random(seed)

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> Answer | None:
        call = Call.of(model, params)
        if call.operation == "Scan":  # a run of the scheduled check that cannot look fails, and the next one looks
            return None
        if chance.random() < odds.throttling:
            return refusal("ThrottlingException")
        if chance.random() < odds.conflict:
            return _conflict(call, chance)
        return None

    def lose_answer(model: Any, **_: Any) -> None:
        if model.name != "Scan" and chance.random() < odds.lost_answer:
            lost = chance.choice((ConnectionClosedError, ReadTimeoutError))
            raise lost(endpoint_url=SOMEWHERE)

    with hooked(client, "before-call", refuse), hooked(client, "after-call", lose_answer):
        yield


def _conflict(call: Call, chance: random.Random) -> Answer | None:
    """Another writer is at the same row: a reason among the others of a transaction, an error of a single write."""
    if call.operation in ("PutItem", "UpdateItem"):
        return refusal("TransactionConflictException")
    if call.operation != "TransactWriteItems":
        return None
    reasons = [_reason(chance) for _ in call.request["TransactItems"]]
    reasons[0] = {"Code": "None"}  # a refusal by the first action would be an answer, and a made-up one a lie
    reasons[chance.randrange(len(reasons))] = {"Code": "TransactionConflict"}
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def _reason(chance: random.Random) -> dict[str, Any]:
    """What DynamoDB says of an action beside the one in conflict."""
    short = {"Code": "ConditionalCheckFailed", "Item": to_attributes({"available": 0})}
    throttled = {"Code": "ThrottlingError"}
    return chance.choice(({"Code": "None"}, {"Code": "None"}, short, throttled))
