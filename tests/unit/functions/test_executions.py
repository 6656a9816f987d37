"""Executions are started and found with the calls of Step Functions."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from inventory.aws import retries
from inventory.aws.executions import DESCRIBED_ATTEMPTS_MAX, STARTED_ATTEMPTS_MAX, Execution, Executions
from inventory.errors import TransientError
from inventory.settings import trace_header

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:reservation"
EXECUTION_ARN = "arn:aws:states:us-east-1:123456789012:execution:reservation:R-1"
TRACE = "Root=1-6b03513a-33f3270c1033100a2ccd491d;Parent=53995c3f42cd8ad8;Sampled=1"
CONTENT: dict[str, Any] = {"lines": []}


@pytest.fixture
def client() -> Any:
    """A client of Step Functions without a connection."""
    return boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


@pytest.fixture
def step_functions(client: Any) -> Iterator[Stubber]:
    """The stubbed responses of Step Functions."""
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def executions(client: Any) -> Executions:
    return Executions(client, state_machine_arn=ARN)


@pytest.mark.parametrize("trace", [TRACE, None])
def test_an_execution_continues_the_trace_of_its_request(
    trace: str | None, executions: Executions, step_functions: Stubber
) -> None:
    environment = {"_X_AMZN_TRACE_ID": trace} if trace else {}
    started = {"stateMachineArn": ARN, "name": "R-1", "input": json.dumps(CONTENT)}
    step_functions.add_response(
        "start_execution",
        {"executionArn": EXECUTION_ARN, "startDate": 0},
        started | ({"traceHeader": trace} if trace else {}),
    )

    assert executions.start("R-1", CONTENT, trace_header(environment))


def test_a_name_that_was_used_before_starts_nothing(executions: Executions, step_functions: Stubber) -> None:
    step_functions.add_client_error("start_execution", "ExecutionAlreadyExists")

    assert not executions.start("R-1", CONTENT)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr(retries, "pause", lambda attempt: None)


def test_a_throttled_start_is_tried_again(executions: Executions, step_functions: Stubber, no_pauses: None) -> None:
    step_functions.add_client_error("start_execution", "ThrottlingException")
    step_functions.add_response("start_execution", {"executionArn": EXECUTION_ARN, "startDate": 0})

    assert executions.start("R-1", CONTENT)


@pytest.mark.parametrize("code", ["ThrottlingException", "ExecutionLimitExceeded"])
def test_a_start_that_stays_throttled_is_a_transient_error(
    code: str, executions: Executions, step_functions: Stubber, no_pauses: None
) -> None:
    for _ in range(STARTED_ATTEMPTS_MAX):
        step_functions.add_client_error("start_execution", code)

    with pytest.raises(TransientError):
        executions.start("R-1", CONTENT)


@pytest.mark.parametrize("attempts", [1, DESCRIBED_ATTEMPTS_MAX])
def test_an_execution_is_described_as_often_as_the_caller_allows(
    attempts: int, executions: Executions, step_functions: Stubber, no_pauses: None
) -> None:
    for _ in range(attempts):
        step_functions.add_client_error("describe_execution", "ThrottlingException")

    with pytest.raises(TransientError):
        executions.find("R-1", attempts_max=attempts)
    step_functions.assert_no_pending_responses()


def test_an_execution_is_found_with_its_input_and_the_cause_of_its_failure(
    executions: Executions, step_functions: Stubber
) -> None:
    ended = {"status": "FAILED", "input": json.dumps(CONTENT), "error": "InvalidReservation", "cause": "lines: too few"}
    of = {"executionArn": EXECUTION_ARN, "stateMachineArn": ARN, "startDate": 0}
    step_functions.add_response("describe_execution", of | ended, {"executionArn": EXECUTION_ARN})

    assert executions.find("R-1") == Execution("FAILED", CONTENT, "InvalidReservation", "lines: too few")


def test_an_execution_that_does_not_exist_is_not_found(executions: Executions, step_functions: Stubber) -> None:
    step_functions.add_client_error("describe_execution", "ExecutionDoesNotExist")

    assert executions.find("R-1") is None
