"""Transactions: what DynamoDB says of each action decides whether it was refused, may come again, or is a defect."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from inventory.aws import retries
from inventory.aws.dynamodb import FailedCondition, Write, transact
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import TransientError

SOMEWHERE = "https://dynamodb.example"
WRITTEN: dict[str, Any] = {}
EXCEPTIONS = boto3.client("dynamodb", region_name="us-east-1").exceptions


class Client:
    """A database that answers what it is told to, one answer a call, and the last one from then on."""

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
    """A transaction that was cancelled, with a reason for each of its actions."""
    reasons = [{"Code": code} | ({"Item": item} if item and code == "ConditionalCheckFailed" else {}) for code in codes]
    response: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return EXCEPTIONS.TransactionCanceledException(response, "TransactWriteItems")


def refused(code: str) -> ClientError:
    """A call that AWS refused as a whole."""
    return ClientError({"Error": {"Code": code}}, "TransactWriteItems")


def run(client: Client) -> Sequence[FailedCondition]:
    """A transaction of three actions: the arbiter and two levels."""
    typed: Any = client
    return transact(typed, [Write({}, about) for about in range(3)])


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr(retries, "PAUSE_SECONDS_MAX", 0)


NO = "ConditionalCheckFailed"
FINE = "None"
BUSY = "TransactionConflict"
SLOWER = "ThrottlingError"
TOO_MUCH = "ProvisionedThroughputExceeded"


def test_a_transaction_that_is_written_has_no_refusals() -> None:
    assert run(Client(WRITTEN)) == ()


@pytest.mark.parametrize(
    ("reasons", "about"),
    [
        ((NO, FINE, FINE), [0]),
        ((FINE, NO, FINE), [1]),
        ((FINE, NO, NO), [1, 2]),
        ((NO, NO, NO), [0, 1, 2]),
        ((NO, BUSY, FINE), [0]),
        ((NO, FINE, SLOWER), [0]),
        ((NO, NO, BUSY), [0, 1]),
        ((NO, "ValidationError", FINE), [0]),
    ],
)
def test_a_condition_that_failed_is_a_refusal_and_that_of_the_first_action_stands(
    reasons: tuple[str, ...], about: list[int]
) -> None:
    client = Client(cancelled(*reasons))

    failed_conditions = run(client)

    assert [failed.about for failed in failed_conditions] == about
    assert client.calls == 1


@pytest.mark.parametrize(
    "reasons",
    [
        (BUSY, FINE, FINE),
        (FINE, FINE, BUSY),
        (BUSY, NO, NO),
        (FINE, NO, BUSY),
        (FINE, SLOWER, NO),
        (FINE, TOO_MUCH, FINE),
        (FINE, BUSY, SLOWER),
    ],
)
def test_a_transaction_that_met_others_is_tried_again_even_when_something_was_short(reasons: tuple[str, ...]) -> None:
    client = Client(cancelled(*reasons), cancelled(FINE, FINE, NO))

    failed_conditions = run(client)

    assert [failed.about for failed in failed_conditions] == [2]
    assert client.calls == 2


@pytest.mark.parametrize(
    "reasons",
    [
        ("ValidationError", FINE, FINE),
        (FINE, NO, "ValidationError"),
        (FINE, "ItemCollectionSizeLimitExceeded", FINE),
        (FINE, "DuplicateItem", FINE),
        (FINE, FINE, FINE),
        (),
    ],
)
def test_a_reason_that_no_retry_can_mend_is_a_defect(reasons: tuple[str, ...]) -> None:
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
def test_a_call_that_aws_did_not_take_now_is_tried_again(error: Exception) -> None:
    client = Client(error, WRITTEN)

    assert run(client) == ()
    assert client.calls == 2


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_a_call_that_aws_will_never_take_is_a_defect(code: str) -> None:
    client = Client(refused(code))

    with pytest.raises(ClientError):
        run(client)

    assert client.calls == 1


@pytest.mark.parametrize(
    "error", [cancelled(FINE, BUSY, FINE), refused("ThrottlingException"), ReadTimeoutError(endpoint_url=SOMEWHERE)]
)
def test_attempts_are_bounded_and_their_cause_is_kept(error: Exception) -> None:
    client = Client(error)

    with pytest.raises(TransientError) as busy:
        run(client)

    assert client.calls == ATTEMPTS_MAX
    assert busy.value.__cause__ is error


def test_no_attempt_is_begun_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "RETRY_DEADLINE_SECONDS", -1)
    client = Client(cancelled(FINE, BUSY, FINE))

    with pytest.raises(TransientError):
        run(client)

    assert client.calls == 1


def test_a_refusal_carries_the_row_that_stood_in_the_way() -> None:
    found = run(Client(cancelled(FINE, NO, FINE, item={"available": {"N": "3"}})))

    assert found == (FailedCondition(1, {"available": 3}),)


def test_a_refusal_by_a_row_that_does_not_exist_carries_none() -> None:
    assert run(Client(cancelled(FINE, NO, FINE))) == (FailedCondition(1, None),)
