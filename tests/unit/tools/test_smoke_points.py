"""Each point of `make smoke` on a stack that lacks what it looks at: the point fails with a sentence, the others go on."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from inventory_client.errors import Unavailable

from tools.deployed_stack import AWS_HOST, DeployedStack
from tools.smoke import workflow
from tools.smoke.account import account_points
from tools.smoke.errors import NotOnLocalAws, Unexpected
from tools.smoke.steps import Point, Report
from tools.smoke.workflow import signal_points

OUTPUTS = {
    "ReconcileHoldsFunctionName": "inventory-ReconcileHolds",
    "ReservationStateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:Reservation",
    "InventoryTableName": "Inventory",
    "ReservationsTableName": "Reservations",
    "MovementsTableName": "Movements",
    "CustomersTableName": "Customers",
    "RefundsTableName": "Refunds",
    "FailedExecutionsTableName": "FailedExecutions",
    "IdempotencyTableName": "Idempotency",
    "PublishedTableName": "Published",
    "ReadModelTableName": "ReadModel",
    "LedgerCheckpointsTableName": "LedgerCheckpoints",
}


def deployed(**clients: Any) -> DeployedStack:
    """A stack on AWS, with the clients of a test."""
    session = boto3.Session("id", "secret", region_name="eu-central-1")
    return DeployedStack(lambda service: clients[service], session, OUTPUTS, "inventory", is_on_aws=True)


def denied(*_: Any, **__: Any) -> Any:
    """A call that the caller may not make."""
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "Call")


def paginated(**pages: list[dict[str, Any]]) -> Callable[[str], Any]:
    """The method get_paginator of a client: the pages of each operation."""
    return lambda operation: SimpleNamespace(paginate=lambda **_: pages[operation])


@pytest.fixture
def look_at(capsys: pytest.CaptureFixture[str]) -> Callable[[list[Point], str], tuple[str, str]]:
    """Looks at the point of this name; returns its line and its error message."""

    def look_at(points: list[Point], name: str) -> tuple[str, str]:
        report = Report()
        report.look_at([point for point in points if point.name == name])
        printed = capsys.readouterr()
        assert printed.out.count(name) == 1
        assert bool(report.failures) == bool(printed.err)
        return printed.out.strip(), printed.err.strip()

    return look_at


LookAt = Callable[[list[Point], str], tuple[str, str]]


# --- the steps


def test_points_go_on_after_one_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> str:
        raise Unexpected("it is off")

    def is_absent() -> str:
        raise NotOnLocalAws("the moon")

    report = Report()

    report.look_at(
        [
            Point("look here", fail, "Switch it on."),
            Point("look there", is_absent, "Fly."),
            Point("look up", lambda: "blue", "Wait."),
        ]
    )

    printed = capsys.readouterr()
    first, second, third = printed.out.splitlines()
    assert first == "look here … failed"
    assert second == "look there … not on the local AWS: the moon"
    assert third.startswith("look up … blue; 0.0")
    assert printed.err == "Failed: look here: it is off. Switch it on.\n"
    assert len(report.failures) == 1


def test_a_mistake_in_a_point_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        Report().look_at([Point("divide", lambda: str(1 // 0), "Do not.")])


# --- quotas

QUOTAS = "read the account's quotas"


def account(concurrency: int) -> DeployedStack:
    settings = {"AccountLimit": {"ConcurrentExecutions": concurrency}}
    return deployed(
        **{"lambda": SimpleNamespace(get_account_settings=lambda: settings)},
        apigateway=SimpleNamespace(get_account=lambda: {"throttleSettings": {"rateLimit": 10000.0}}),
    )


def test_the_quotas_of_an_old_account_are_shown(look_at: LookAt) -> None:
    line, error = look_at(account_points(account(1000)), QUOTAS)

    assert "1000 functions at once, 10000 requests a second;" in line
    assert "WARNING" not in line and not error


def test_a_new_account_is_warned_and_reads_how_to_ask_for_more(look_at: LookAt) -> None:
    line, error = look_at(account_points(account(10)), QUOTAS)

    assert "10 functions at once" in line
    assert "WARNING" in line and "--quota-code L-B99A9384 --desired-value 1000" in line
    assert not error


def test_quotas_need_a_permission(look_at: LookAt) -> None:
    stack = deployed(**{"lambda": SimpleNamespace(get_account_settings=denied)})

    _, error = look_at(account_points(stack), QUOTAS)

    assert "the caller has no permission" in error
    assert error.endswith("Allow the caller lambda:GetAccountSettings and apigateway:GET, and run this again.")


# --- the runtime's SDK

SDK = "read the version of the runtime's boto3"


def reconciling(content: dict[str, Any], **more: str) -> DeployedStack:
    def invoke(FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert (FunctionName, Payload) == ("inventory-ReconcileHolds", b"{}")
        return {"Payload": io.BytesIO(json.dumps(content).encode()), **more}

    return deployed(**{"lambda": SimpleNamespace(invoke=invoke)})


def test_the_version_of_the_sdk_is_shown(look_at: LookAt) -> None:
    line, error = look_at(account_points(reconciling({"stranded": 0, "sdk_version": "1.40.4"})), SDK)

    assert "1.40.4" in line and not error


@pytest.mark.parametrize(
    ("content", "more", "problem"),
    [
        ({"sdk_version": "1.34.162"}, {}, "the version of boto3 is 1.34.162, and the functions need at least 1.35."),
        ({"sdk_version": "0.99.1"}, {}, "the version of boto3 is 0.99.1,"),
        ({"stranded": 0}, {}, "the version of boto3 is not in its answer,"),
        (
            {"errorType": "ImportError", "errorMessage": "no SDK"},
            {"FunctionError": "Unhandled"},
            "ReconcileHolds failed: ImportError: no SDK",
        ),
    ],
)
def test_an_old_or_missing_sdk_fails(
    look_at: LookAt, content: dict[str, Any], more: dict[str, str], problem: str
) -> None:
    _, error = look_at(account_points(reconciling(content, **more)), SDK)

    assert error.startswith(f"Failed: {SDK}: {problem}")
    assert "Choose a newer runtime with the parameter Runtime" in error


def test_the_sdk_is_read_only_with_permission(look_at: LookAt) -> None:
    _, error = look_at(account_points(deployed(**{"lambda": SimpleNamespace(invoke=denied)})), SDK)

    assert "the caller needs lambda:InvokeFunction for ReconcileHolds" in error


# --- alarms

ALARMS = "read the state of the alarms"


def watched(**states: str) -> DeployedStack:
    """A stack with its alarms in a nested stack, and the states of the alarms."""
    nested = {"ResourceType": "AWS::CloudFormation::Stack", "PhysicalResourceId": "nested"}
    alarms = [{"ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": name} for name in states]
    pages = {"inventory": [nested], "nested": alarms}

    def paginate(StackName: str) -> list[dict[str, Any]]:
        return [{"StackResourceSummaries": pages[StackName]}]

    def describe_alarms(AlarmNames: list[str], **_: Any) -> dict[str, Any]:
        return {"MetricAlarms": [{"AlarmName": name, "StateValue": states[name]} for name in AlarmNames]}

    return deployed(
        cloudformation=SimpleNamespace(get_paginator=lambda operation: SimpleNamespace(paginate=paginate)),
        cloudwatch=SimpleNamespace(describe_alarms=describe_alarms),
    )


def test_alarms_that_are_off_are_counted(look_at: LookAt) -> None:
    line, error = look_at(account_points(watched(A="OK", B="OK", C="INSUFFICIENT_DATA")), ALARMS)

    assert "3 alarms, none is on, 1 without data" in line and not error


def test_alarms_that_are_on_are_named(look_at: LookAt) -> None:
    _, error = look_at(account_points(watched(ThrottledTables="ALARM", Other="OK")), ALARMS)

    assert error.startswith(f"Failed: {ALARMS}: 1 alarms are on: ThrottledTables. docs/operations.md has a section")


def test_more_alarms_than_one_call_takes_are_read(look_at: LookAt) -> None:
    line, _ = look_at(account_points(watched(**{f"Alarm{number}": "OK" for number in range(130)})), ALARMS)

    assert "130 alarms, none is on" in line


def test_a_stack_without_alarms_fails(look_at: LookAt) -> None:
    _, error = look_at(account_points(watched()), ALARMS)

    assert "the stack has no alarms" in error


def test_alarms_are_read_only_with_permission(look_at: LookAt) -> None:
    stack = deployed(cloudformation=SimpleNamespace(get_paginator=denied))

    _, error = look_at(account_points(stack), ALARMS)

    assert "the caller needs cloudformation:ListStackResources and cloudwatch:DescribeAlarms" in error


# --- signals to the execution

SIGNALS = "end executions at once by a payment and by a cancellation"
WAITING = {"status": {"S": "HELD"}, "task_token": {"S": "token"}, "phase_at": {"S": "the end of the hold"}}
PAID = {**WAITING, "status": {"S": "PAID"}}
RELEASED = {"status": {"S": "RELEASED"}}


def decided(paid: dict[str, Any], cancelled: dict[str, Any], status: str = "SUCCEEDED") -> tuple[DeployedStack, Any]:
    """A stack with two holds, their rows after the decision, and the status of their executions."""
    rows = {"signal-paid": [WAITING, WAITING, paid], "signal-cancelled": [WAITING, WAITING, cancelled]}

    def get_item(TableName: str, Key: Any, ConsistentRead: bool) -> Any:
        return {"Item": rows[Key["reservation_id"]["S"]].pop(0)}

    def describe_execution(executionArn: str) -> Any:
        assert executionArn.rpartition(":")[0] == OUTPUTS["ReservationStateMachineArn"].replace(
            ":stateMachine:", ":execution:"
        )
        return {"status": status}

    checkout = SimpleNamespace(
        record_payment=lambda *_, **__: None, cancel_reservation=lambda *_: None, extend_reservation=lambda *_: None
    )
    probe = SimpleNamespace(hold=lambda label: label, run_id="run", checkout=checkout)
    stack = deployed(
        dynamodb=SimpleNamespace(get_item=get_item),
        stepfunctions=SimpleNamespace(describe_execution=describe_execution),
    )
    return stack, probe


def test_executions_that_end_at_once_are_shown(look_at: LookAt) -> None:
    line, error = look_at(signal_points(*decided(PAID, RELEASED)), SIGNALS)

    assert "0.0 s after the payment, 0.0 s after the cancellation" in line and not error


@pytest.mark.parametrize(
    ("paid", "cancelled"),
    [
        (PAID | {"phase_at": {"S": "now"}}, RELEASED),  # the reconciliation is to commit it now
        (PAID, RELEASED | {"notify_since": {"S": "now"}}),  # the reconciliation is to signal it
    ],
)
def test_an_execution_that_the_function_may_not_signal_fails(
    look_at: LookAt, paid: dict[str, Any], cancelled: dict[str, Any]
) -> None:
    _, error = look_at(signal_points(*decided(paid, cancelled)), SIGNALS)

    assert error.startswith(f"Failed: {SIGNALS}: the function could not signal the execution.")
    assert 'set Resource: "*" in those statements of template.yaml and deploy again' in error


def test_a_heartbeat_that_the_function_may_not_send_fails(look_at: LookAt) -> None:
    def refuse(reservation_id: str) -> None:
        raise Unavailable(503, {"code": "TRY_AGAIN", "detail": "could not be extended"})

    stack, probe = decided(PAID, RELEASED)
    probe.checkout.extend_reservation = refuse

    _, error = look_at(signal_points(stack, probe), SIGNALS)

    assert "could not be extended" in error and "ExtendHold may not signal the execution" in error


def test_an_execution_that_still_waits_fails(look_at: LookAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "WAIT_SECONDS", 0)

    _, error = look_at(signal_points(*decided(PAID, RELEASED, "RUNNING")), SIGNALS)

    assert "the execution signal-paid still waits after 0 s" in error


def test_an_execution_that_failed_fails(look_at: LookAt) -> None:
    _, error = look_at(signal_points(*decided(PAID, RELEASED, "FAILED")), SIGNALS)

    assert "the execution signal-paid ended as FAILED" in error


def test_an_execution_that_never_waits_fails(look_at: LookAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "WAIT_SECONDS", 0)
    stack, probe = decided(PAID, RELEASED)
    monkeypatch.setattr(workflow, "to_item", lambda attributes: {"status": "HELD"})

    _, error = look_at(signal_points(stack, probe), SIGNALS)

    assert "the execution signal-paid does not wait for the payment" in error


# --- where the stack is


@pytest.mark.parametrize(
    ("endpoint", "api_url", "is_on_aws"),
    [
        (None, "https://abc123.execute-api.eu-central-1.amazonaws.com/v1", True),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/_aws/execute-api/abc123/v1", False),
        ("http://localhost:9000", "http://localhost:9000/_aws/execute-api/abc123/v1", False),
    ],
)
def test_a_stack_on_another_endpoint_is_on_a_local_aws(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, api_url: str, is_on_aws: bool
) -> None:
    real = boto3.Session("id", "secret", region_name="eu-central-1").client("cloudformation", endpoint_url=endpoint)
    output = {"OutputKey": "ApiUrl", "OutputValue": "https://abc123.execute-api.eu-central-1.amazonaws.com/v1"}
    answer = {"Stacks": [{"Outputs": [output]}]}
    client = SimpleNamespace(meta=real.meta, describe_stacks=lambda StackName: answer)
    monkeypatch.setattr(boto3.Session, "client", lambda self, service: client)

    stack = DeployedStack.on_aws("inventory", "eu-central-1")

    assert (stack.output("ApiUrl"), stack.is_on_aws, stack.name) == (api_url, is_on_aws, "inventory")


def test_the_regions_of_china_are_on_aws() -> None:
    assert AWS_HOST.search("cloudformation.cn-north-1.amazonaws.com.cn")
    assert not AWS_HOST.search("amazonaws.com.example.org")
