"""How rows are written: transactions whose refusals are values, retries with full jitter, Python values in and out."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from inventory.errors import TransientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef as Action

Item = dict[str, Any]
Result = TypeVar("Result")

# A hot product makes writers meet. They spread over at most 2.5 s here; then the workflow's own Retry goes on.
ATTEMPTS_MAX = 8
FIRST_PAUSE_SECONDS = 0.02
PAUSE_SECONDS_MAX = 0.5
# No new attempt after this long, so that a function ends by itself and not by its timeout.
RETRY_DEADLINE_SECONDS = 5.0

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
BATCH_GET_MAX = 100

# Codes that say "not now" rather than "no".
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
TRANSIENT_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
TRANSIENT_ERRORS = {
    "ConditionalRequestConflict",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the tables."""

    inventory: str
    reservations: str
    movements: str
    customers: str


_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """An action whose condition did not hold: its place in the transaction, and the row that stood in the way."""

    index: int
    row: Item | None


def to_attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as DynamoDB takes it; what is None is left out."""
    return {name: _serializer.serialize(value) for name, value in row.items() if value is not None}


def to_item(attributes: Mapping[str, Any]) -> Item:
    """A row as Python reads it: numbers are Decimal, lists and maps as they are."""
    return {name: _deserializer.deserialize(value) for name, value in attributes.items()}


def put(table: str, row: Mapping[str, Any], *, condition: str, names: dict[str, str] | None = None) -> "Action":
    """A transaction's Put; a refusal carries the row that is there."""
    action: Any = _action(table, condition, names, None) | {"Item": to_attributes(row)}
    return {"Put": action}


def update(
    table: str,
    key: Mapping[str, str],
    change: str,
    *,
    condition: str | None,
    values: Mapping[str, Any],
    names: dict[str, str] | None = None,
) -> "Action":
    """A transaction's Update; a refusal carries the row that is there. Without a condition there is no refusal."""
    action: Any = _action(table, condition, names, values) | {
        "Key": to_attributes(key),
        "UpdateExpression": change,
    }
    return {"Update": action}


def _action(
    table: str, condition: str | None, names: Mapping[str, str] | None, values: Mapping[str, Any] | None
) -> Item:
    action: Item = {"TableName": table}
    if condition:
        action |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if names:
        action["ExpressionAttributeNames"] = names
    if values:
        action["ExpressionAttributeValues"] = to_attributes(values)
    return action


def conditional_update(
    client: "DynamoDBClient",
    table: str,
    key: Mapping[str, str],
    change: str,
    *,
    condition: str,
    values: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
) -> Item | None:
    """Update one row if its condition holds; the row as it stands afterwards, changed or not, None if there is none."""
    request = _action(table, condition, names, values) | {
        "Key": to_attributes(key),
        "UpdateExpression": change,
        "ReturnValues": "ALL_NEW",
    }
    try:
        answer = with_retries(lambda: client.update_item(**request))
    except client.exceptions.ConditionalCheckFailedException as error:
        return existing_item(error)
    return to_item(answer["Attributes"])


def conditional_put(client: "DynamoDBClient", table: str, row: Mapping[str, Any], *, condition: str) -> Item | None:
    """Write one row if its condition holds; otherwise the row that stood in the way."""
    request = _action(table, condition, None, None) | {"Item": to_attributes(row)}
    try:
        with_retries(lambda: client.put_item(**request))
    except client.exceptions.ConditionalCheckFailedException as error:
        return existing_item(error)
    return None


def existing_item(error: ClientError) -> Item | None:
    response: Any = error.response
    return to_item(response["Item"]) if response.get("Item") else None


def transact(client: "DynamoDBClient", actions: Sequence["Action"]) -> tuple[FailedCondition, ...]:
    """Write all actions or none.

    Returns:
        Nothing when all were written; otherwise every action whose condition did not hold.

    Raises:
        Busy: other writers or throttling stood in the way of every attempt.
    """
    token = uuid4().hex

    def attempt() -> tuple[FailedCondition, ...]:
        nonlocal token
        try:
            # After an answer that got lost the same token asks for the same transaction: it is not made twice.
            client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except client.exceptions.TransactionCanceledException as error:
            token = uuid4().hex
            return _refusals(error)
        return ()

    return with_retries(attempt)


def _refusals(error: ClientError) -> tuple[FailedCondition, ...]:
    response: Any = error.response
    reasons = response.get("CancellationReasons", [])
    refusals = tuple(
        FailedCondition(index, to_item(reason["Item"]) if reason.get("Item") else None)
        for index, reason in enumerate(reasons)
        if reason.get("Code") == "ConditionalCheckFailed"
    )
    codes = {reason.get("Code", "None") for reason in reasons}
    if refusals and refusals[0].index == 0:
        return refusals  # the first action is the arbiter: its no stands, whoever else is busy
    if codes & TRANSIENT_REASONS:
        raise TransientError("other writers are at the same rows") from error
    if codes <= {"None", "ConditionalCheckFailed"} and refusals:
        return refusals
    raise error


def batch_get(client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, str]]) -> list[Item]:
    """Rows by their keys, strongly consistent, in no order; those that do not exist are left out.

    Raises:
        Busy: some keys stayed unread throughout.
    """
    rows: list[Item] = []
    for start in range(0, len(keys), BATCH_GET_MAX):
        unread: Any = {
            table: {
                "Keys": [to_attributes(key) for key in keys[start : start + BATCH_GET_MAX]],
                "ConsistentRead": True,
            }
        }

        def read_on() -> None:
            nonlocal unread
            answer = client.batch_get_item(RequestItems=unread)
            rows.extend(to_item(item) for item in answer["Responses"].get(table, []))
            unread = answer.get("UnprocessedKeys")
            if unread:
                raise TransientError("some rows could not be read in time")

        with_retries(read_on)
    return rows


def with_retries(call: Callable[[], Result]) -> Result:
    """Make a call until it is not Busy, with full jitter, a bounded number of times.

    Raises:
        Busy: every attempt was, or time was up.
    """
    give_up_at = time.monotonic() + RETRY_DEADLINE_SECONDS
    for attempt in range(ATTEMPTS_MAX):
        try:
            with transient_error_translated():
                return call()
        except TransientError:
            if attempt == ATTEMPTS_MAX - 1 or time.monotonic() > give_up_at:
                raise
        pause(attempt)
    raise AssertionError("the last attempt returns or raises")


def pause(attempt: int) -> None:
    """Wait after an attempt, counted from 0, so long that those who met do not meet again: with full jitter."""
    time.sleep(random.uniform(0, min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**attempt)))


@contextmanager
def transient_error_translated() -> Iterator[None]:
    """Translate what AWS means as "not now", after the SDK's own attempts, into Busy."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in TRANSIENT_ERRORS:
            raise TransientError("AWS asks to try again later") from error
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise TransientError("AWS did not answer") from error
