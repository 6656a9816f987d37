"""`make smoke`: reports that a stack works or which step fails, and cleans up."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
import pytest

from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import Credentials, LocalSettings, Stack
from tools.local.deployment.sam import build, stack_name
from tools.local.processes.environment import clean_environment
from tools.local.settings import PROJECT
from tools.smoke import account
from tools.smoke.__main__ import FAILED, WORKS, main
from tools.smoke.change_set import ChangeSet, sam_runner
from tools.smoke.probe import WAREHOUSE_ID

USER = "smoke-test-of-little-power"

POINTS = (
    "read the account's quotas",
    "read the version of the runtime's boto3",
    "read the state of the alarms",
    "end executions at once by a payment and by a cancellation",
    "read the API's name",
    "hold a unit with a header in lower case",
    "send content that API Gateway refuses",
    "read a product whose id has a slash",
    "read how old the read model is",
    "measure how long a transaction keeps a level",
)
NOT_ON_THE_LOCAL_AWS = {
    "API Gateway's validators; the function refused it",
    "transactions that meet each other",
}


@pytest.fixture
def operated(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> DeployedStack:
    """The local AWS of the tests, instead of the one that `make up` starts."""
    operated = DeployedStack.of_local(stack)
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: operated)
    return operated


@pytest.fixture(autouse=True)
def own_alarms(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The alarms that this test has switched on. Other tests of the same stack switch on others."""
    own: set[str] = set()
    read = account.alarm_states

    def states(stack: DeployedStack) -> dict[str, str]:
        return {name: "OK" if state == "ALARM" and name not in own else state for name, state in read(stack).items()}

    monkeypatch.setattr(account, "alarm_states", states)
    return own


@contextmanager
def a_caller_without(
    action: str, resource: str, stack: Stack, operated: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The command runs as a user who may do everything except one action."""
    iam = stack.client("iam")
    denied = {"Effect": "Deny", "Action": action, "Resource": resource}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [everything, denied]}
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="denied", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=stack.region)

    def client(service: str) -> Any:
        return stack.client(service, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))

    limited = replace(operated, session=session, client=client)
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: limited)
    yield
    iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=USER, PolicyName="denied")
    iam.delete_user(UserName=USER)


@pytest.fixture
def cannot_pay(stack: Stack, operated: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command runs as a user who may not report payments."""
    with a_caller_without("execute-api:Invoke", "*/POST/reservations/*/payment", stack, operated, monkeypatch):
        yield


@pytest.fixture
def cannot_invoke(stack: Stack, operated: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command runs as a user who may not invoke functions."""
    with a_caller_without("lambda:InvokeFunction", "*", stack, operated, monkeypatch):
        yield


def is_restored(stock_loader: StockLoader) -> bool:
    """Whether no test product is in the shop's lists and exports, nothing is held, and the books agree."""
    left = [level for level in stock_loader.levels() if level["warehouse_id"] == WAREHOUSE_ID]
    return left == [] and stock_loader.differences() == []


def test_a_stack_that_works_is_reported_and_restored(
    operated: DeployedStack, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local"]) == WORKS
    assert main(["--local"]) == WORKS, "it works a second time, with the ledger of the first"

    printed = capsys.readouterr().out
    assert printed.count("It works.") == 2
    lines = [line for line in printed.splitlines() if line.startswith(POINTS)]
    assert [line.partition(" … ")[0] for line in lines] == [*POINTS, *POINTS]
    absent = {line.partition("not on the local AWS: ")[2] for line in lines if "not on the local AWS" in line}
    assert absent == NOT_ON_THE_LOCAL_AWS
    assert sum("HTTP/2; " in line for line in lines) == 2, "the header was sent over HTTP/2"
    assert is_restored(stock_loader)


def test_the_failing_step_is_named_and_nothing_stays_held(
    cannot_pay: None, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local"]) == FAILED

    printed = capsys.readouterr()
    assert "Failed: pay for the hold: " in printed.err
    assert "It works." not in printed.out
    assert is_restored(stock_loader)


def test_a_stack_of_any_name_is_found_on_the_local_aws_of_the_environment(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", stack.operator.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", stack.operator.secret_access_key)

    assert main(["--stack-name", stack_name(PROJECT), "--region", stack.region]) == WORKS
    assert main(["--stack-name", "another", "--region", stack.region]) == FAILED

    printed = capsys.readouterr()
    assert printed.out.count("It works.") == 1
    assert "Failed: find the stack: There is no stack another in this account and region." in printed.err


def test_points_that_fail_are_named_and_the_others_go_on(
    operated: DeployedStack,
    stack: Stack,
    own_alarms: set[str],
    stock_loader: StockLoader,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with renamed_api(stack), switched_on_alarm(stack) as alarm:
        own_alarms.add(alarm)
        assert main(["--local"]) == FAILED

    printed = capsys.readouterr()
    alarms, name = printed.err.strip().splitlines()
    assert alarms.startswith("Failed: read the state of the alarms: 1 alarms are on: ")
    assert "docs/operations.md has a section for each alarm" in alarms
    assert name.startswith("Failed: read the API's name: it is Renamed, not inventory-local, the name of the stack.")
    assert "Let info.title in api/openapi.yaml" in name
    assert printed.out.count(" … failed\n") == 2
    assert all(point in printed.out for point in POINTS)
    assert "It works." not in printed.out
    assert is_restored(stock_loader)


def test_a_caller_without_the_permission_for_one_point_sees_the_others(
    cannot_invoke: None, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local"]) == FAILED

    printed = capsys.readouterr()
    [failure] = printed.err.strip().splitlines()
    assert failure.startswith("Failed: read the version of the runtime's boto3: the caller has no permission: ")
    assert "the caller needs lambda:InvokeFunction for ReconcileHolds" in failure
    assert printed.out.count(" … failed\n") == 1
    assert is_restored(stock_loader)


def test_a_change_set_is_made_of_the_template_and_nothing_stays(stack: Stack) -> None:
    cloudformation = stack.client("cloudformation")
    environment = clean_environment({"AWS_ENDPOINT_URL": stack.endpoint_url, "SAM_CLI_TELEMETRY": "0"})
    built = build(LocalSettings())  # the build that is deployed
    change_set = ChangeSet("local", "smoke-new", cloudformation, sam_runner(environment), built)

    remark = change_set.look()

    assert re.fullmatch(r"it would add 2\d\d", remark), remark
    assert change_set.stack_status() is None
    names = {found["StackName"] for found in cloudformation.list_stacks()["StackSummaries"] if not is_deleted(found)}
    assert "smoke-new" not in names and stack_name(PROJECT) in names


def is_deleted(found: dict[str, Any]) -> bool:
    """Whether a stack is gone: AWS lists it for 90 days."""
    return bool(found["StackStatus"] == "DELETE_COMPLETE")


@contextmanager
def renamed_api(stack: Stack) -> Iterator[None]:
    """The API has another name, as after an import of a document with another title."""
    gateway = stack.client("apigateway")
    [api] = [api for api in gateway.get_rest_apis()["items"] if api["id"] in stack.outputs["ApiUrl"]]
    rename: Any = {"op": "replace", "path": "/name"}
    gateway.update_rest_api(restApiId=api["id"], patchOperations=[rename | {"value": "Renamed"}])
    yield
    gateway.update_rest_api(restApiId=api["id"], patchOperations=[rename | {"value": api["name"]}])


@contextmanager
def switched_on_alarm(stack: Stack) -> Iterator[str]:
    """One alarm of the stack is on: the one of metrics that the local AWS does not evaluate."""
    cloudwatch = stack.client("cloudwatch")
    [alarm] = [a for a in cloudwatch.describe_alarms()["MetricAlarms"] if "ThrottledTablesAlarm" in a["AlarmName"]]
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="a test")
    yield alarm["AlarmName"]
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=alarm["StateValue"], StateReason="a test")


def test_another_stack_is_not_touched(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    another = replace(DeployedStack.of_local(stack), outputs={"BucketName": "cats"})
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: another)

    assert main(["--local"]) == FAILED
    assert "Failed: find the API and its key: This is a different kind of stack" in capsys.readouterr().err
