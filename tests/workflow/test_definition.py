"""Static checks of the state machine's definition and of its role."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from inventory.errors import TransientError
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.template.source import listed, resource, template
from tests.support.workflow.definition import (
    SUBSTITUTION,
    Scope,
    State,
    definition,
    scopes,
    state_machine,
    states,
    targets,
    tasks,
)

# Lambda names an error by its class, so this test fails when ours is renamed. The others are from
# https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
TRANSIENT_OF_LAMBDA = {
    TransientError.__name__,
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",  # the process was killed: the retry gets a new one
    "Runtime.OutOfMemory",
    "Sandbox.Timedout",
    "States.Timeout",
}
TRANSIENT_OF_DYNAMODB = {
    "DynamoDb.InternalServerErrorException",
    "DynamoDb.ProvisionedThroughputExceededException",
    "DynamoDb.RequestLimitExceededException",
    "DynamoDb.SdkClientException",
    "DynamoDb.ThrottlingException",
    "DynamoDb.TransactionConflictException",
}
# Every error may be retried here, because the scheduled check sends an alert that the workflow could not send.
EVERY_ERROR = {"States.TaskFailed", "States.Timeout"}

JSONPATH_FIELDS = {"Parameters", "InputPath", "OutputPath", "ResultPath", "ResultSelector", "ItemsPath", "Result"}

# The ARNs of integrations contain the partition, which differs in China and in GovCloud.
INTEGRATIONS = "arn:${Partition}:states:::"

LAMBDA_TASKS = [name for name, task in tasks().items() if task["Resource"].endswith("lambda:invoke")]


@pytest.mark.parametrize("scope", list(scopes()), ids=lambda scope: str(scope["StartAt"]))
def test_every_next_state_exists_and_every_state_can_be_reached(scope: Scope) -> None:
    known = scope["States"].keys()
    reached = {scope["StartAt"]}
    pending = [scope["StartAt"]]

    while pending:
        followers = set(targets(scope["States"][pending.pop()])) - reached
        assert followers <= known, f"{followers - known} do not exist"
        reached |= followers
        pending += followers

    assert reached == known, f"{known - reached} cannot be reached"


def test_every_state_ends_or_has_a_next_state() -> None:
    for name, state in states().items():
        ends = state.get("End") or state["Type"] in ("Succeed", "Fail", "Choice")
        assert ends != ("Next" in state), name


@pytest.mark.parametrize(("name", "task"), tasks().items(), ids=tasks())
def test_every_task_has_a_timeout_and_catches_every_error(name: str, task: State) -> None:
    assert task["TimeoutSeconds"]
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    assert ("HeartbeatSeconds" in task) == task["Resource"].endswith(".waitForTaskToken")


def test_the_wait_misses_a_heartbeat_at_the_end_of_the_hold_and_times_out_at_the_end_of_the_longest() -> None:
    # With equal ones an extension could not lengthen the wait, or the hold would not end it.
    wait, answer = states()["AwaitPayment"], states()["ReserveStock"]["Assign"]

    assert wait["HeartbeatSeconds"] == "{% $hold_seconds %}"
    assert wait["TimeoutSeconds"] == "{% $longest_hold_seconds %}"
    for name in ("hold_seconds", "longest_hold_seconds"):
        assert f"$states.result.Payload.{name} :" in answer[name].replace("?", ":")


@pytest.mark.parametrize(("name", "task"), tasks().items(), ids=tasks())
def test_every_retry_is_for_transient_errors_with_full_jitter_and_a_limit(name: str, task: State) -> None:
    transient = EVERY_ERROR if name == "PublishLowStock" else TRANSIENT_OF_LAMBDA | TRANSIENT_OF_DYNAMODB

    for retrier in task["Retry"]:
        assert set(retrier["ErrorEquals"]) <= transient
        assert retrier["JitterStrategy"] == "FULL"
        assert 1 <= retrier["MaxAttempts"] <= (30 if name == "CommitStock" else 6)
        assert retrier["IntervalSeconds"] == 1
        assert retrier["BackoffRate"] == 2
        assert max(pauses(retrier)) <= 20


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_every_function_is_retried_after_each_transient_error(name: str) -> None:
    [retrier] = states()[name]["Retry"]

    assert not TRANSIENT_OF_LAMBDA - set(retrier["ErrorEquals"])


def test_dynamodb_errors_have_the_names_that_step_functions_uses() -> None:
    errors = boto3.client("dynamodb", region_name="us-east-1").meta.service_model.operation_model("UpdateItem")
    # Step Functions uses the AWS SDK for Java, in which every error name ends in Exception.
    known = {f"DynamoDb.{shape.name.removesuffix('Exception')}Exception" for shape in errors.error_shapes}

    named = {
        error
        for task in tasks().values()
        for handler in (*task["Retry"], *task["Catch"])
        for error in handler["ErrorEquals"]
        if error.lower().startswith("dynamodb")
    }

    assert named - {"DynamoDb.SdkClientException"} <= known


@pytest.mark.parametrize("name", LAMBDA_TASKS)
def test_a_function_times_out_before_its_state_does(name: str) -> None:
    function = resource(resource_called(states()[name]))
    seconds = function.get("Timeout", template()["Globals"]["Function"]["Timeout"])

    assert states()[name]["TimeoutSeconds"] > seconds


def test_a_paid_order_is_retried_for_minutes_before_it_needs_attention() -> None:
    commit, hold = states()["CommitStock"], states()["ReserveStock"]

    on_average = sum(pauses(commit["Retry"][0])) / 2  # full jitter
    assert on_average > 4 * 60
    assert on_average > 5 * sum(pauses(hold["Retry"][0])) / 2, "it is to be patient for longer than a hold"


def test_all_retries_of_a_checkout_fit_into_the_history_of_an_execution() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 25,000 events; an attempt of a task is
    # scheduled, started, and fails. A Map over the 45 levels of the largest cart has both of its tasks for each.
    attempts = {name: 1 + sum(retrier["MaxAttempts"] for retrier in task["Retry"]) for name, task in tasks().items()}
    for_each_alert = sum(attempts[name] for name in ("PublishLowStock", "SettleAlert"))

    assert 3 * (sum(attempts.values()) + 45 * for_each_alert) + 10 * (len(states()) + 45) < 25_000


def test_an_alert_is_not_overdue_while_the_workflow_still_retries_it() -> None:
    longest = sum(longest_seconds(states()[name]) for name in ("PublishLowStock", "SettleAlert"))

    assert timedelta(seconds=longest) < OVERDUE


def test_every_state_uses_jsonata() -> None:
    assert definition()["QueryLanguage"] == "JSONata"
    for name, state in states().items():
        assert "QueryLanguage" not in state, name
        assert not JSONPATH_FIELDS & state.keys(), name
    assert not [field for field in fields(definition()) if field.endswith((".$", "Path"))]


def test_no_task_contains_a_literal_arn() -> None:
    for name, task in tasks().items():
        called = task | {"Resource": task["Resource"].removeprefix(INTEGRATIONS)}
        assert "arn:" not in json.dumps(called), name


def test_every_substitution_is_defined_and_used() -> None:
    used = set(SUBSTITUTION.findall(json.dumps(definition())))

    assert used == state_machine()["DefinitionSubstitutions"].keys()


def test_the_role_allows_exactly_the_calls_of_the_tasks() -> None:
    allowed = {
        (action, logical_id(target))
        for statement in statements()
        if statement["Resource"] != "*"
        for action in listed(statement["Action"])
        for target in listed(statement["Resource"])
    }

    assert allowed == {(action_called(task), resource_called(task)) for task in tasks().values()}


def test_the_role_names_its_resources_except_for_logs_and_traces() -> None:
    anywhere = [statement for statement in statements() if statement["Resource"] == "*"]

    assert {statement["Effect"] for statement in statements()} == {"Allow"}
    assert {action.split(":")[0] for statement in anywhere for action in statement["Action"]} == {"logs", "xray"}
    assert not [action for statement in statements() for action in listed(statement["Action"]) if "*" in action]


def pauses(retrier: dict[str, Any]) -> list[float]:
    """The longest pause before each retry."""
    return [
        min(retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt, retrier.get("MaxDelaySeconds", 20))
        for attempt in range(retrier["MaxAttempts"])
    ]


def longest_seconds(task: State) -> float:
    """The longest time of a task with all its retries."""
    [retrier] = task["Retry"]
    seconds: float = task["TimeoutSeconds"] * (1 + retrier["MaxAttempts"]) + sum(pauses(retrier))
    return seconds


def fields(value: object) -> Iterator[str]:
    """The name of every field, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner)


def statements() -> list[dict[str, Any]]:
    """The policy statements of the state machine's role."""
    return [statement for policy in state_machine()["Policies"] for statement in policy["Statement"]]


def action_called(task: State) -> str:
    """The IAM action that a task needs."""
    integration = task["Resource"].removeprefix(INTEGRATIONS).removesuffix(".waitForTaskToken")
    service, operation = integration.removeprefix("aws-sdk:").split(":")
    action = operation[0].upper() + operation[1:]
    return f"{service}:{action}Function" if service == "lambda" else f"{service}:{action}"


def resource_called(task: State) -> str:
    """The logical id of the resource that a task calls."""
    [name] = [found[1] for value in task["Arguments"].values() if (found := SUBSTITUTION.fullmatch(str(value)))]
    return logical_id(state_machine()["DefinitionSubstitutions"][name])


def logical_id(reference: dict[str, str]) -> str:
    """The logical id in a Ref to a resource, a GetAtt of its ARN, or the ARN of its alias."""
    [target] = reference.values()
    return target.removeprefix("${").removesuffix(":live").removesuffix("}").removesuffix(".Arn")
