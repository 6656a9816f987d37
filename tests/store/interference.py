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

from inventory.dynamodb import to_attributes
from inventory.errors import Busy
from tests.store.calls import Answer, Call, refusal

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
            except Busy:
                continue
        return call()

    return calling


@contextmanager
def lost_answers(client: Any, *operations: str) -> Iterator[None]:
    """Make a client's next call of each of these operations, and lose its answer."""
    to_lose = list(operations)

    def lose_answer(model: Any, **_: Any) -> None:
        if model.name in to_lose:
            to_lose.remove(model.name)
            raise ConnectionClosedError(endpoint_url=SOMEWHERE)

    client.meta.events.register("after-call", lose_answer)
    try:
        yield
    finally:
        client.meta.events.unregister("after-call", lose_answer)
    assert not to_lose, f"{to_lose} were never called"


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

    client.meta.events.register("before-call", refuse)
    client.meta.events.register("after-call", lose_answer)
    try:
        yield
    finally:
        client.meta.events.unregister("before-call", refuse)
        client.meta.events.unregister("after-call", lose_answer)


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
