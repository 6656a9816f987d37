"""How items are read and written: conditional writes, transactions whose failed conditions are values, pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from inventory.aws.changes import Change, Condition, Item, to_attributes, to_item, write_request
from inventory.aws.retries import Patience, WriteConflict, with_retries
from inventory.errors import TransientError
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef as Action

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
BATCH_GET_MAX = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
TRANSACTION_ACTIONS_MAX = 100

# Reasons of a cancelled transaction that mean "not now" rather than "no".
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
CONFLICT = "TransactionConflict"
TRANSIENT_REASONS = {CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded"}


@dataclass(frozen=True, slots=True)
class Part:
    """One of so many parts of a table, for a scan. All items of a partition are in the same part."""

    number: int  # from 0
    of: int

    @property
    def request(self) -> dict[str, int]:
        """What a scan of this part asks for."""
        return {"Segment": self.number, "TotalSegments": self.of}


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the tables."""

    inventory: str
    reservations: str
    movements: str
    customers: str
    refunds: str
    failed_executions: str
    idempotency: str
    published: str
    read_model: str
    ledger_checkpoints: str


# --- one item


def conditional_update(
    client: "DynamoDBClient", table: str, key: Mapping[str, str], change: Change, condition: Condition
) -> Item | None:
    """Change one item if its condition holds.

    Returns:
        The item afterwards, changed or not; None if there is none.
    """
    request: Any = write_request(condition, change) | {"TableName": table, "Key": to_attributes(key)}
    try:
        answer = with_retries(lambda: client.update_item(**request, ReturnValues="ALL_NEW"))
    except client.exceptions.ConditionalCheckFailedException as error:
        return _existing_item(error)
    return to_item(answer["Attributes"])


def conditional_put(client: "DynamoDBClient", table: str, item: Mapping[str, Any], condition: Condition) -> Item | None:
    """Write one item if its condition holds.

    Returns:
        None when it was written; otherwise the existing item.
    """
    request: Any = write_request(condition) | {"TableName": table, "Item": to_attributes(item)}
    try:
        with_retries(lambda: client.put_item(**request))
    except client.exceptions.ConditionalCheckFailedException as error:
        return _existing_item(error)
    return None


def conditional_delete(client: "DynamoDBClient", table: str, key: Mapping[str, str], condition: Condition) -> None:
    """Delete one item if its condition holds."""
    request: Any = write_request(condition) | {"TableName": table, "Key": to_attributes(key)}
    with suppress(client.exceptions.ConditionalCheckFailedException):
        with_retries(lambda: client.delete_item(**request))


def _existing_item(error: ClientError) -> Item | None:
    response: Any = error.response
    return to_item(response["Item"]) if response.get("Item") else None


# --- transactions


@dataclass(frozen=True, slots=True)
class Write:
    """One action of a transaction, and what it is about: a failed condition names it."""

    action: "Action"
    about: Any = None


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A write whose condition did not hold: what it was about, and the existing item."""

    about: Any
    item: Item | None


def put(table: str, item: Mapping[str, Any], condition: Condition | None, *, about: Any = None) -> Write:
    """A transaction's Put; without a condition it cannot fail."""
    action: Any = write_request(condition) | {"TableName": table, "Item": to_attributes(item)}
    return Write({"Put": action}, about)


def update(
    table: str, key: Mapping[str, str], change: Change, condition: Condition | None, *, about: Any = None
) -> Write:
    """A transaction's Update; without a condition it cannot fail."""
    action: Any = write_request(condition, change) | {"TableName": table, "Key": to_attributes(key)}
    return Write({"Update": action}, about)


def delete(table: str, key: Mapping[str, str], condition: Condition | None, *, about: Any = None) -> Write:
    """A transaction's Delete; without a condition it cannot fail."""
    action: Any = write_request(condition) | {"TableName": table, "Key": to_attributes(key)}
    return Write({"Delete": action}, about)


def check(table: str, key: Mapping[str, str], condition: Condition, *, about: Any = None) -> Write:
    """A transaction's ConditionCheck: it writes nothing, but everything depends on it."""
    action: Any = write_request(condition) | {"TableName": table, "Key": to_attributes(key)}
    return Write({"ConditionCheck": action}, about)


def transact(
    client: "DynamoDBClient",
    writes: Sequence[Write],
    patience: Patience | None = None,
    *,
    on_busy: Callable[[Any], None] = lambda about: None,
) -> tuple[FailedCondition, ...]:
    """Write everything or nothing. The first write is the arbiter: when its condition fails, nothing else matters.

    Args:
        patience: how long it waits for other writers at the same items.
        on_busy: is called with what a write is about, each time that other writers at its item stopped the transaction.

    Returns:
        Nothing when everything was written; otherwise every write whose condition did not hold.

    Raises:
        TransientError: other writers or throttling stopped every attempt.
    """
    actions = [write.action for write in writes]
    token = uuid4().hex

    def attempt() -> tuple[FailedCondition, ...]:
        nonlocal token
        try:
            # After a lost answer the same token asks for the same transaction: it is not made twice.
            client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except client.exceptions.TransactionCanceledException as error:
            token = uuid4().hex
            for about in _busy(writes, error):
                on_busy(about)
            return _failed_conditions(writes, error)
        return ()

    return with_retries(attempt, patience=patience)


def _busy(writes: Sequence[Write], error: ClientError) -> list[Any]:
    """What the writes are about whose items were busy."""
    codes = [reason.get("Code") for reason in _reasons(error)]
    return [write.about for write, code in zip(writes, codes, strict=False) if code in TRANSIENT_REASONS]


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why each action stopped its transaction, or did not."""
    response: Any = error.response
    reasons: list[dict[str, Any]] = response.get("CancellationReasons", [])
    return reasons


def _failed_conditions(writes: Sequence[Write], error: ClientError) -> tuple[FailedCondition, ...]:
    reasons = _reasons(error)
    codes = [reason.get("Code", "None") for reason in reasons]
    failed = tuple(
        FailedCondition(write.about, to_item(reason["Item"]) if reason.get("Item") else None)
        for write, reason, code in zip(writes, reasons, codes, strict=False)
        if code == "ConditionalCheckFailed"
    )
    if codes[:1] == ["ConditionalCheckFailed"]:
        return failed  # the arbiter's no is final, even if other items are busy
    transient = TRANSIENT_REASONS.intersection(codes)
    if transient == {CONFLICT}:
        raise WriteConflict("other writers are at the same items") from error
    if transient:
        raise TransientError("AWS asks to write less") from error
    if failed and {"None", "ConditionalCheckFailed"}.issuperset(codes):
        return failed
    raise error


# --- many items


def batch_get(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, str]], *, is_consistent: bool = True
) -> list[Item]:
    """Items by their keys, strongly consistent, in no order; those that do not exist are left out.

    Args:
        is_consistent: False for items as they were a moment ago, at half of the read units.

    Raises:
        TransientError: some keys stayed unread in every attempt.
    """
    items: list[Item] = []
    for start in range(0, len(keys), BATCH_GET_MAX):
        batch = [to_attributes(key) for key in keys[start : start + BATCH_GET_MAX]]
        unread: Any = {table: {"Keys": batch, "ConsistentRead": is_consistent}}

        def read_unread() -> None:
            nonlocal unread
            answer = client.batch_get_item(RequestItems=unread)
            items.extend(to_item(attributes) for attributes in answer["Responses"].get(table, []))
            unread = answer.get("UnprocessedKeys")
            if unread:
                raise TransientError("some items could not be read in time")

        with_retries(read_unread)
    return items


def pages(read: Callable[..., Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every answer of a query or a scan, page by page."""
    position: dict[str, Any] = {}
    while True:
        page = with_retries(lambda: read(**request, **position))
        yield page
        if "LastEvaluatedKey" not in page:
            return
        position["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def items_of(read: Callable[..., Any], request: Mapping[str, Any]) -> Iterator[Item]:
    """Every item of a query or a scan."""
    for page in pages(read, request):
        yield from map(to_item, page["Items"])
