"""Calls of Step Functions beyond their quota are throttled."""

import json
from typing import Any

import pytest

from tests.unit.tools.refusals.fake_clock import FakeClock
from tests.unit.tools.refusals.in_process import client_of, error_of
from tools.local.refusals.throttling import QUOTAS, Quota, TokenBucket, throttle


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when a test moves it."""
    return FakeClock()


def calls_until_refused(bucket: TokenBucket) -> int:
    """How many calls in a row are accepted."""
    accepted = 0
    while bucket.take():
        accepted += 1
    return accepted


def test_so_many_calls_are_accepted_at_once_and_then_so_many_a_second(clock: FakeClock) -> None:
    bucket = TokenBucket(Quota(bucket=300, refill_per_second=15), clock)

    assert calls_until_refused(bucket) == 300
    clock.seconds += 2
    assert calls_until_refused(bucket) == 30


def test_a_bucket_never_holds_more_than_its_size(clock: FakeClock) -> None:
    bucket = TokenBucket(Quota(bucket=5, refill_per_second=10), clock)
    clock.seconds += 3600

    assert calls_until_refused(bucket) == 5


def test_a_refused_call_costs_nothing(clock: FakeClock) -> None:
    bucket = TokenBucket(Quota(bucket=1, refill_per_second=1), clock)
    calls_until_refused(bucket)
    clock.seconds += 0.5
    assert not bucket.take()
    clock.seconds += 0.5

    assert bucket.take()


def test_the_quotas_are_those_of_aws() -> None:
    assert QUOTAS["DescribeExecution"] == Quota(300, 15)
    assert QUOTAS["StartExecution"] == Quota(1300, 300)
    assert QUOTAS["GetExecutionHistory"] == Quota(400, 20)
    assert QUOTAS["SendTaskSuccess"] == QUOTAS["SendTaskFailure"] == QUOTAS["SendTaskHeartbeat"] == Quota(3000, 500)


async def answer(*_: Any) -> Any:
    """The answer of Step Functions to any call."""
    return 200, {}, json.dumps({"status": "RUNNING"}).encode()


def test_a_throttled_call_is_refused_until_the_bucket_is_refilled(clock: FakeClock) -> None:
    workflow = client_of("stepfunctions", throttle(answer, {"DescribeExecution": Quota(2, 1)}, clock))
    execution = {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:e"}
    for _ in range(2):
        workflow.describe_execution(**execution)

    assert error_of(workflow.describe_execution, **execution) == ("ThrottlingException", "Rate exceeded", 400)
    clock.seconds += 1
    assert workflow.describe_execution(**execution)["status"] == "RUNNING"


def test_each_action_has_a_bucket_of_its_own(clock: FakeClock) -> None:
    quotas = {"DescribeExecution": Quota(1, 1), "StopExecution": Quota(1, 1)}
    workflow = client_of("stepfunctions", throttle(answer, quotas, clock))
    execution = {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:e"}
    workflow.describe_execution(**execution)

    workflow.stop_execution(**execution)

    assert error_of(workflow.describe_execution, **execution)[0] == "ThrottlingException"


def test_actions_without_a_quota_are_not_throttled(clock: FakeClock) -> None:
    workflow = client_of("stepfunctions", throttle(answer, {}, clock))

    for _ in range(10):
        workflow.describe_execution(executionArn="arn:aws:states:us-east-1:000000000000:execution:m:e")
