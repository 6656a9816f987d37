"""Retries: how often, how long and after which errors."""

import random
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ProxyConnectionError, ReadTimeoutError

from inventory.aws.retries import (
    ATTEMPTS_MAX,
    CONFLICT_PAUSE_SECONDS,
    CONFLICTS_MAX,
    ENDS_HOLDS,
    FIRST_PAUSE_SECONDS,
    PAUSE_SECONDS_MAX,
    RETRY_DEADLINE_SECONDS,
    Patience,
    RetryQuota,
    pause,
    transient_errors_translated,
    with_retries,
)
from inventory.errors import TransientError

SOMEWHERE = "https://dynamodb.example"


class Clock:
    """A clock that only pauses advance."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Pauses take their longest time, on a clock of their own."""
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    return clock


THROTTLED, CONFLICT = "ThrottlingException", "TransactionConflictException"


def busy(clock: Clock, *, seconds: float = 0, times: int = 1_000, code: str = THROTTLED) -> tuple[list[float], Any]:
    """A call that takes so long and fails so often; the times at which it was made."""
    made: list[float] = []

    def call() -> str:
        made.append(clock.now)
        clock.now += seconds
        if len(made) <= times:
            raise ClientError({"Error": {"Code": code}}, "GetItem")
        return "done"

    return made, call


def test_pauses_double_up_to_the_longest_with_full_jitter(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        bounds.append((low, high))
        return 0

    monkeypatch.setattr(random, "uniform", uniform)

    for attempt in range(ATTEMPTS_MAX):
        pause(attempt)

    assert bounds[:3] == [(0, FIRST_PAUSE_SECONDS), (0, 2 * FIRST_PAUSE_SECONDS), (0, 4 * FIRST_PAUSE_SECONDS)]
    assert bounds[-1] == (0, PAUSE_SECONDS_MAX)


def test_a_call_is_made_again_after_a_pause_until_it_succeeds(clock: Clock) -> None:
    made, call = busy(clock, times=2)

    assert with_retries(call) == "done"
    assert len(made) == 3
    assert clock.pauses == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS]


def test_the_number_of_calls_is_limited_and_no_pause_follows_the_last(clock: Clock) -> None:
    made, call = busy(clock)

    with pytest.raises(TransientError):
        with_retries(call)

    assert len(made) == ATTEMPTS_MAX
    assert len(clock.pauses) == ATTEMPTS_MAX - 1


def test_no_call_is_made_after_the_deadline(clock: Clock) -> None:
    made, call = busy(clock, seconds=2)

    with pytest.raises(TransientError):
        with_retries(call)

    assert len(made) == 3
    assert max(made) < RETRY_DEADLINE_SECONDS


@pytest.mark.parametrize(("seconds", "calls"), [(2.4, 3), (2.5, 3), (2.6, 2)])
def test_the_deadline_itself_is_in_time(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds: float, calls: int
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: 0)
    made, call = busy(clock, seconds=seconds)

    with pytest.raises(TransientError):
        with_retries(call)

    assert len(made) == calls


def test_pauses_after_a_conflict_are_short_and_do_not_grow(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        bounds.append((low, high))
        return high

    monkeypatch.setattr(random, "uniform", uniform)
    made, call = busy(clock, code=CONFLICT)

    with pytest.raises(TransientError):
        with_retries(call)

    assert len(made) == CONFLICTS_MAX
    assert bounds == [CONFLICT_PAUSE_SECONDS] * (CONFLICTS_MAX - 1)


def test_a_conflict_that_lasts_ends_as_the_error_that_the_workflow_retries(clock: Clock) -> None:
    _, call = busy(clock, code=CONFLICT)

    with pytest.raises(TransientError) as raised:
        with_retries(call)

    assert type(raised.value) is TransientError  # Step Functions compares names


def test_conflicts_and_throttling_are_counted_apart(clock: Clock) -> None:
    codes = [CONFLICT, THROTTLED] * (ATTEMPTS_MAX - 1) + [CONFLICT] * ATTEMPTS_MAX

    def call() -> str:
        if codes:
            raise ClientError({"Error": {"Code": codes.pop()}}, "GetItem")
        return "done"

    assert with_retries(call) == "done"
    assert FIRST_PAUSE_SECONDS * 4 in clock.pauses, "throttling pauses grow, whatever comes in between"


@pytest.mark.parametrize("code", [CONFLICT, THROTTLED])
def test_what_ends_a_hold_is_tried_until_the_deadline(clock: Clock, code: str) -> None:
    made, call = busy(clock, code=code)

    with pytest.raises(TransientError):
        with_retries(call, patience=ENDS_HOLDS)

    assert abs(max(made) - RETRY_DEADLINE_SECONDS) <= PAUSE_SECONDS_MAX


def test_a_conflict_is_retried_only_while_it_may_be(clock: Clock) -> None:
    quota = RetryQuota()
    made, call = busy(clock, code=CONFLICT)

    with pytest.raises(TransientError):
        with_retries(call, patience=Patience(may_retry=lambda: quota.spend(["P-1"])))

    assert len(made) == RetryQuota.SAVED_MAX + 1


def test_throttling_is_retried_only_while_it_may_be(clock: Clock) -> None:
    made, call = busy(clock)

    with pytest.raises(TransientError):
        with_retries(call, patience=Patience(may_retry=lambda: False))

    assert len(made) == 1


def left_in(quota: RetryQuota, item: str) -> int:
    """How many retries a quota still allows; they are spent by that."""
    left = 0
    while quota.spend([item]):
        left += 1
    return left


def test_an_answer_earns_retries_up_to_as_many_as_are_saved() -> None:
    quota = RetryQuota()

    assert left_in(quota, "P-1") == RetryQuota.SAVED_MAX
    quota.earn(["P-1"])
    assert left_in(quota, "P-1") == RetryQuota.EARNED
    for _ in range(10):
        quota.earn(["P-1"])
    assert left_in(quota, "P-1") == RetryQuota.SAVED_MAX


def test_what_an_answer_does_not_earn_stays_spent() -> None:
    quota = RetryQuota()
    for _ in range(RetryQuota.EARNED + 1):
        quota.spend(["P-1"])

    quota.earn(["P-1"])

    assert left_in(quota, "P-1") == RetryQuota.SAVED_MAX - 1


def test_an_item_that_is_crowded_costs_another_one_nothing() -> None:
    quota = RetryQuota()

    left_in(quota, "P-1")

    assert not quota.spend(["P-1", "P-2"])
    assert left_in(quota, "P-2") == RetryQuota.SAVED_MAX


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
@pytest.mark.parametrize(
    "code",
    [
        "ConditionalRequestConflict",
        "ExecutionLimitExceeded",
        "InternalError",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    ],
)
def test_each_error_that_aws_means_as_not_now_is_transient(code: str) -> None:
    error = ClientError({"Error": {"Code": code}}, "GetItem")

    with pytest.raises(TransientError) as raised, transient_errors_translated():
        raise error

    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionClosedError(endpoint_url=SOMEWHERE),
        ReadTimeoutError(endpoint_url=SOMEWHERE),
        ProxyConnectionError(proxy_url=SOMEWHERE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_missing_answer_is_transient(error: Exception) -> None:
    with pytest.raises(TransientError) as raised, transient_errors_translated():
        raise error

    assert raised.value.__cause__ is error


@pytest.mark.parametrize("response", [{}, {"Error": {}}, {"Error": {"Code": "ValidationException"}}], ids=str)
def test_another_error_is_raised_as_it_is_and_at_once(clock: Clock, response: Any) -> None:
    def call() -> None:
        raise ClientError(response, "GetItem")

    with pytest.raises(ClientError):
        with_retries(call)

    assert clock.pauses == []
