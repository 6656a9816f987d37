"""The engine's events of executions that did not succeed: published as Step Functions does, taken from nobody else."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.config import default_user_config
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from inventory.reconciliation.failed_executions import read_event
from tests.support.waiting import until
from tools.local.emulators.handlers import Response
from tools.local.root_user import ROOT_ACCESS_KEY_ID
from tools.local.step_functions import starts, status_events

PUBLISHED_WITHIN_SECONDS = 10
ROLE = "arn:aws:iam::123456789012:role/workflow"
STATES = {
    "StartAt": "Route",
    "States": {
        "Route": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.end", "StringEquals": "fail", "Next": "Invalid"},
                {"Variable": "$.end", "StringEquals": "wait", "Next": "Waiting"},
            ],
            "Default": "Done",
        },
        "Waiting": {"Type": "Wait", "Seconds": 60, "Next": "Done"},
        "Invalid": {"Type": "Fail", "Error": "InvalidReservation", "Cause": "lines: must have at least 1 entry"},
        "Done": {"Type": "Succeed"},
    },
}


class Events:
    """Takes events as EventBridge does."""

    def __init__(self) -> None:
        self.entries: list[Mapping[str, Any]] = []

    def put_events(self, Entries: list[Mapping[str, Any]]) -> None:
        self.entries += Entries

    def next_detail(self) -> dict[str, Any]:
        """The detail of the next event, which must come soon."""
        deadline = time.monotonic() + PUBLISHED_WITHIN_SECONDS
        while not self.entries:
            assert time.monotonic() < deadline, "no event was published"
            time.sleep(0.01)
        detail: dict[str, Any] = json.loads(self.entries.pop(0)["Detail"])
        return detail


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[Events]:
    """The events of moto's engine, which runs executions in this process."""
    taken = Events()
    monkeypatch.setattr(status_events, "events_client", lambda endpoint_url: taken)
    monkeypatch.setattr(BaseExecutionWorkerCommunication, "terminated", BaseExecutionWorkerCommunication.terminated)
    monkeypatch.setattr(Execution, "stop", Execution.stop)
    monkeypatch.setattr(ExecutionWorker, "start", ExecutionWorker.start)
    monkeypatch.setitem(default_user_config["stepfunctions"], "execute_state_machine", True)
    starts.install()
    with mock_aws():
        status_events.publish_from_engine("http://127.0.0.1:1")
        yield taken


def started(end: str) -> tuple[Any, str]:
    """The client of the engine, and an execution that ends so."""
    client = boto3.client("stepfunctions", region_name="us-east-1")
    machine = client.create_state_machine(name="reservation", definition=json.dumps(STATES), roleArn=ROLE)
    content = json.dumps({"end": end, "order_id": "O-1"})
    execution = client.start_execution(stateMachineArn=machine["stateMachineArn"], name="R-1", input=content)
    return client, execution["executionArn"]


def test_a_failed_execution_is_published_as_the_function_reads_it(events: Events) -> None:
    _, arn = started("fail")

    detail = events.next_detail()
    read = read_event(detail)

    assert (detail["executionArn"], detail["inputDetails"]) == (arn, {"included": True})
    assert (read.execution_name, read.status, read.order_id) == ("R-1", "FAILED", "O-1")
    assert (read.error, read.cause) == ("InvalidReservation", "lines: must have at least 1 entry")


def test_a_stopped_execution_is_published_and_a_successful_one_is_not(events: Events) -> None:
    client, succeeded = started("succeed")
    until(
        lambda: client.describe_execution(executionArn=succeeded)["status"] == "SUCCEEDED",
        "the execution succeeds",
        within_seconds=PUBLISHED_WITHIN_SECONDS,
    )
    machine = client.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    waits = client.start_execution(stateMachineArn=machine, name="R-2", input=json.dumps({"end": "wait"}))
    client.stop_execution(executionArn=waits["executionArn"])

    stopped = read_event(events.next_detail())
    assert (stopped.execution_name, stopped.status) == ("R-2", "ABORTED")
    assert events.entries == []


def test_a_stopped_execution_is_aborted_although_its_task_was_interrupted_with_an_error(
    events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any, *_: Any, **__: Any) -> None:
        self.exec_worker.env.set_error({"error": "States.TaskFailed"})

    monkeypatch.setattr(Execution, "stop", fail)
    status_events.publish_from_engine("http://127.0.0.1:1")
    client, arn = started("wait")
    client.stop_execution(executionArn=arn)

    detail = events.next_detail()

    assert (detail["status"], detail["error"]) == ("ABORTED", None)


def test_a_long_input_is_left_out(events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_events, "INPUT_BYTES_MAX", 10)
    started("fail")

    detail = events.next_detail()

    assert (detail["input"], detail["inputDetails"]) == (None, {"included": False})


@pytest.mark.parametrize(
    ("caller", "source", "is_taken"),
    [(ROOT_ACCESS_KEY_ID, "aws.states", True), ("other", "aws.states", False), (ROOT_ACCESS_KEY_ID, "shop", False)],
)
def test_only_the_engine_may_send_events_of_aws(
    caller: str, source: str, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Any] = []

    def put(request: dict[str, Any]) -> Response:
        taken.append(request)
        return 200, {}, b"taken"

    monkeypatch.setattr(status_events, "_put", put)

    async def ministack(*_: Any) -> Response:
        return 200, {}, b"ministack"

    handle = status_events.accept_from_engine(ministack)
    headers = {
        "x-amz-target": "AWSEvents.PutEvents",
        "authorization": f"AWS4-HMAC-SHA256 Credential={caller}/20260301/us-east-1/events/aws4_request",
    }
    body = json.dumps({"Entries": [{"Source": source}]}).encode()

    async def call() -> Response:
        return await handle("POST", "/", headers, body, {})

    assert (asyncio.run(call())[2] == b"taken") == is_taken == bool(taken)


def test_an_execution_is_stopped_and_read_although_its_thread_is_slow_to_prepare_it(
    events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = ExecutionWorker._get_evaluation_environment

    def prepare_slowly(worker: Any) -> Any:
        time.sleep(0.2)
        return prepare(worker)

    monkeypatch.setattr(ExecutionWorker, "_get_evaluation_environment", prepare_slowly)
    client, arn = started("wait")

    client.stop_execution(executionArn=arn)

    history = client.get_execution_history(executionArn=arn)["events"]
    assert history[0]["type"] == "ExecutionStarted"
    assert events.next_detail()["status"] == "ABORTED"
