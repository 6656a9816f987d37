"""Signals to waiting executions: delivered, expired or failed, and never a token in a log."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.stub import Stubber

from inventory.aws.task_tokens import SignalResult, Signals
from inventory.model import ReleaseReason
from inventory.observability import logger

TOKEN = "AQCEAAAAKgAAAAMAAAAA-secret-secret"

Signal = Callable[[Signals], SignalResult]


def paid(signals: Signals) -> SignalResult:
    return signals.paid(TOKEN)


def cancelled(signals: Signals) -> SignalResult:
    return signals.released(TOKEN, ReleaseReason.CANCELLED)


def declined(signals: Signals) -> SignalResult:
    return signals.released(TOKEN, ReleaseReason.PAYMENT_FAILED)


def expired(signals: Signals) -> SignalResult:
    return signals.released(TOKEN, ReleaseReason.EXPIRED)


def extended(signals: Signals) -> SignalResult:
    return signals.extended(TOKEN)


SIGNALS = [paid, cancelled, declined, expired, extended]
every_signal = pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.__name__)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log lines of the test."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logger.formatter)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


def step_functions() -> Any:
    """A client of Step Functions without a connection."""
    return boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


def answering(code: str) -> Any:
    """A client of a Step Functions that refuses every call, with the token in its message."""

    def refuse(**_: Any) -> Any:
        message = f"{code}: the token {TOKEN} is invalid"
        raise ClientError({"Error": {"Code": code, "Message": message}}, "SendTaskSuccess")

    client = step_functions()
    client.meta.events.register("before-call", refuse)
    return client


def unreachable(error: Exception) -> Any:
    """A client of a Step Functions that does not respond."""

    def lose(**_: Any) -> Any:
        raise error

    client = step_functions()
    client.meta.events.register("before-call", lose)
    return client


@pytest.mark.parametrize(
    ("signal", "operation", "sent"),
    [
        (paid, "send_task_success", {"taskToken": TOKEN, "output": "{}"}),
        (cancelled, "send_task_failure", {"taskToken": TOKEN, "error": "Cancelled"}),
        (declined, "send_task_failure", {"taskToken": TOKEN, "error": "PaymentFailed"}),
        (expired, "send_task_failure", {"taskToken": TOKEN, "error": "Expired"}),
        (extended, "send_task_heartbeat", {"taskToken": TOKEN}),
    ],
    ids=[signal.__name__ for signal in SIGNALS],
)
def test_a_signal_that_arrives_is_delivered(signal: Signal, operation: str, sent: dict[str, str]) -> None:
    client = step_functions()

    with Stubber(client) as stubber:
        stubber.add_response(operation, {}, sent)
        result = signal(Signals(lambda: client))

    assert result == "DELIVERED"


@every_signal
@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_signal_after_the_end_of_the_wait_is_expired_and_not_logged(
    signal: Signal, code: str, log: io.StringIO
) -> None:
    assert signal(Signals(lambda: answering(code))) == "EXPIRED"
    assert log.getvalue() == ""


@every_signal
@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "InternalFailure"])
def test_a_refused_signal_is_failed_and_logged_without_its_token(signal: Signal, code: str, log: io.StringIO) -> None:
    result = signal(Signals(lambda: answering(code)))

    [line] = log.getvalue().splitlines()
    assert result == "FAILED"
    assert json.loads(line)["error_code"] == code
    assert TOKEN not in line


@every_signal
@pytest.mark.parametrize("error", [ConnectionClosedError, ReadTimeoutError])
def test_a_signal_without_a_response_is_failed_and_logged_without_its_token(
    signal: Signal, error: type[ConnectionClosedError] | type[ReadTimeoutError], log: io.StringIO
) -> None:
    result = signal(Signals(lambda: unreachable(error(endpoint_url=f"https://states.example/{TOKEN}"))))

    [line] = log.getvalue().splitlines()
    assert result == "FAILED"
    assert json.loads(line)["error_code"] == error.__name__
    assert TOKEN not in line
