"""Transactions: the cancellation reasons decide between a failed condition, a retry and a defect."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from inventory.aws import retries
from inventory.aws.changes import Change, Condition, write_request
from inventory.aws.dynamodb import FailedCondition, Write, check, delete, put, transact, update
from inventory.aws.retries import ATTEMPTS_MAX, CONFLICTS_MAX
from inventory.errors import TransientError

SOMEWHERE = "https://dynamodb.example"
WRITTEN: dict[str, Any] = {}
EXCEPTIONS = boto3.client("dynamodb", region_name="us-east-1").exceptions


class Client:
    """A fake client that gives one answer to each call, and repeats the last one."""

    def __init__(self, *answers: Exception | dict[str, Any]) -> None:
        self.exceptions = EXCEPTIONS
        self.answers = list(answers)
        self.calls = 0

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def cancelled(*codes: str, item: dict[str, Any] | None = None) -> Exception:
    """A cancelled transaction, with a reason for each of its actions."""
    reasons = [{"Code": code} | ({"Item": item} if item and code == "ConditionalCheckFailed" else {}) for code in codes]
    response: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return EXCEPTIONS.TransactionCanceledException(response, "TransactWriteItems")


def refused(code: str) -> ClientError:
    """A call that AWS refuses as a whole."""
    return ClientError({"Error": {"Code": code}}, "TransactWriteItems")


def run(client: Client) -> Sequence[FailedCondition]:
    """A transaction of three actions: the reservation and two levels."""
    typed: Any = client
    return transact(typed, [Write({}, about) for about in range(3)])


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)
    monkeypatch.setattr(retries, "CONFLICT_PAUSE_SECONDS", (0, 0))


FAILED = "ConditionalCheckFailed"
NONE = "None"
CONFLICT = "TransactionConflict"
THROTTLED = "ThrottlingError"
EXCEEDED = "ProvisionedThroughputExceeded"


def test_each_kind_of_action_has_its_item_its_condition_and_what_it_is_about() -> None:
    exists = Condition("attribute_exists(id)")
    change = Change(set={"units": 3})
    of_table = write_request(exists) | {"TableName": "table"}
    key, item = {"id": {"S": "1"}}, {"id": {"S": "1"}, "units": {"N": "3"}}

    writes: list[Any] = [
        put("table", {"id": "1", "units": 3}, exists, about="it"),
        update("table", {"id": "1"}, change, exists, about="it"),
        delete("table", {"id": "1"}, exists, about="it"),
        check("table", {"id": "1"}, exists, about="it"),
    ]

    assert [write.action for write in writes] == [
        {"Put": of_table | {"Item": item}},
        {"Update": of_table | write_request(exists, change) | {"Key": key}},
        {"Delete": of_table | {"Key": key}},
        {"ConditionCheck": of_table | {"Key": key}},
    ]
    assert {write.about for write in writes} == {"it"}


def test_a_written_transaction_has_no_failed_conditions() -> None:
    assert run(Client(WRITTEN)) == ()


@pytest.mark.parametrize(
    ("reasons", "about"),
    [
        ((FAILED, NONE, NONE), [0]),
        ((NONE, FAILED, NONE), [1]),
        ((NONE, FAILED, FAILED), [1, 2]),
        ((FAILED, FAILED, FAILED), [0, 1, 2]),
        ((FAILED, CONFLICT, NONE), [0]),
        ((FAILED, NONE, THROTTLED), [0]),
        ((FAILED, FAILED, CONFLICT), [0, 1]),
        ((FAILED, "ValidationError", NONE), [0]),
    ],
)
def test_failed_conditions_are_returned_and_one_of_the_first_action_is_never_retried(
    reasons: tuple[str, ...], about: list[int]
) -> None:
    client = Client(cancelled(*reasons))

    failed = run(client)

    assert [condition.about for condition in failed] == about
    assert client.calls == 1


@pytest.mark.parametrize(
    "reasons",
    [
        (CONFLICT, NONE, NONE),
        (NONE, NONE, CONFLICT),
        (CONFLICT, FAILED, FAILED),
        (NONE, FAILED, CONFLICT),
        (NONE, THROTTLED, FAILED),
        (NONE, EXCEEDED, NONE),
        (NONE, CONFLICT, THROTTLED),
    ],
)
def test_a_transaction_with_a_conflict_is_retried_even_if_another_condition_failed(reasons: tuple[str, ...]) -> None:
    client = Client(cancelled(*reasons), cancelled(NONE, NONE, FAILED))

    failed = run(client)

    assert [condition.about for condition in failed] == [2]
    assert client.calls == 2


@pytest.mark.parametrize(
    "reasons",
    [
        ("ValidationError", NONE, NONE),
        (NONE, FAILED, "ValidationError"),
        (NONE, "ItemCollectionSizeLimitExceeded", NONE),
        (NONE, "DuplicateItem", NONE),
        (NONE, NONE, NONE),
        (),
    ],
)
def test_a_reason_that_no_retry_can_fix_is_a_defect(reasons: tuple[str, ...]) -> None:
    client = Client(cancelled(*reasons))

    with pytest.raises(ClientError):
        run(client)

    assert client.calls == 1


@pytest.mark.parametrize(
    "error",
    [
        refused("TransactionConflictException"),
        refused("TransactionInProgressException"),
        refused("ThrottlingException"),
        refused("ProvisionedThroughputExceededException"),
        refused("RequestLimitExceeded"),
        refused("InternalServerError"),
        ConnectionClosedError(endpoint_url=SOMEWHERE),
        ReadTimeoutError(endpoint_url=SOMEWHERE),
        EndpointConnectionError(endpoint_url=SOMEWHERE),
    ],
    ids=lambda error: error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__,
)
def test_a_call_with_a_transient_error_is_retried(error: Exception) -> None:
    client = Client(error, WRITTEN)

    assert run(client) == ()
    assert client.calls == 2


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_a_call_with_a_permanent_error_is_a_defect(code: str) -> None:
    client = Client(refused(code))

    with pytest.raises(ClientError):
        run(client)

    assert client.calls == 1


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (cancelled(NONE, CONFLICT, NONE), CONFLICTS_MAX),
        (refused("TransactionConflictException"), CONFLICTS_MAX),
        (cancelled(NONE, THROTTLED, NONE), ATTEMPTS_MAX),
        (cancelled(NONE, THROTTLED, CONFLICT), ATTEMPTS_MAX),
        (refused("ThrottlingException"), ATTEMPTS_MAX),
        (ReadTimeoutError(endpoint_url=SOMEWHERE), ATTEMPTS_MAX),
    ],
)
def test_the_number_of_attempts_is_limited_and_the_last_error_is_kept(error: Exception, calls: int) -> None:
    client = Client(error)

    with pytest.raises(TransientError) as raised:
        run(client)

    assert client.calls == calls
    assert raised.value.__cause__ is error


def test_no_attempt_starts_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "RETRY_DEADLINE_SECONDS", -1)
    client = Client(cancelled(NONE, CONFLICT, NONE))

    with pytest.raises(TransientError):
        run(client)

    assert client.calls == 1


def test_a_failed_condition_has_the_existing_item() -> None:
    found = run(Client(cancelled(NONE, FAILED, NONE, item={"available": {"N": "3"}})))

    assert found == (FailedCondition(1, {"available": 3}),)


def test_a_failed_condition_on_a_missing_item_has_none() -> None:
    assert run(Client(cancelled(NONE, FAILED, NONE))) == (FailedCondition(1, None),)
