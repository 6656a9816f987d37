"""A queue's messages must stay invisible as long as the function that reads them may run."""

import json
from typing import Any
from uuid import uuid4

import pytest
from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

from tests.support.waiting import until
from tests.unit.tools.refusals.in_process import client_of
from tools.local.refusals import visibility_timeouts
from tools.local.refusals.visibility_timeouts import timeout_error

MESSAGE = (
    "Invalid request provided: Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds "
    "(Service: Lambda, Status Code: 400)"
)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal, for one test."""
    mappings = dict(provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"])
    monkeypatch.setitem(provisioners._RESOURCE_HANDLERS, "AWS::Lambda::EventSourceMapping", mappings)
    visibility_timeouts.install()


def deploy(timeout_seconds: int, **of_queue: Any) -> tuple[str, list[str]]:
    """Deploy a function that reads a queue: the stack's status, and the reasons why resources failed."""
    properties = {
        "Runtime": "python3.11",
        "Handler": "index.f",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Code": {"ZipFile": "def f(*_): pass"},
        "Timeout": timeout_seconds,
    }
    source = {"FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": of_queue},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": properties},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": source},
    }
    stacks, name = client_of("cloudformation", cloudformation.handle_request), f"s-{uuid4().hex}"
    stacks.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))

    def status() -> str:
        return str(stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    until(lambda: not status().endswith("PROGRESS"), "the deployment", within_seconds=10)
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    return status(), [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]


@pytest.mark.parametrize(("visibility", "timeout"), [(30, 30), (60, 3)])
def test_messages_may_be_invisible_as_long_as_the_function_runs_or_longer(visibility: int, timeout: int) -> None:
    assert timeout_error(visibility, timeout) is None
    assert timeout_error(timeout - 1, timeout)


def test_a_queue_with_a_shorter_visibility_timeout_is_refused_as_source() -> None:
    status, reasons = deploy(31)

    assert status.startswith("ROLLBACK")
    assert MESSAGE in reasons


def test_a_queue_with_a_sufficient_visibility_timeout_is_a_source() -> None:
    assert deploy(31, VisibilityTimeout=60) == ("CREATE_COMPLETE", [])
