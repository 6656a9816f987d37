"""Alarms, dead-letter queues and dashboard in the templates: what the local AWS does not evaluate."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from inventory.model import ExecutionStatus
from inventory.observability import NAMESPACE
from tests.support.template.source import ROOT, listed, monitoring_template, resource, template

PASSED_OTHERWISE = {
    "StackName": {"Ref": "AWS::StackName"},
    "LowStockTopicName": {"Fn::GetAtt": "LowStockTopic.TopicName"},
    "FailedImportsQueueName": {"Fn::GetAtt": "FailedImportsQueue.QueueName"},
    "FailedSchedulesQueueName": {"Fn::GetAtt": "FailedSchedulesQueue.QueueName"},
    "FailedChangesQueueName": {"Fn::GetAtt": "FailedChangesQueue.QueueName"},
    "UnreadableChangesQueueName": {"Fn::GetAtt": "UnreadableChangesQueue.QueueName"},
    "UndeliveredEventsQueueName": {"Fn::GetAtt": "UndeliveredEventsQueue.QueueName"},
    "UndeliveredPushesQueueName": {"Fn::GetAtt": "UndeliveredPushesQueue.QueueName"},
    "LostChangesQueueName": {"Fn::GetAtt": "LostChangesQueue.QueueName"},
    "LiveStockApiId": {"Fn::GetAtt": "LiveStockApi.ApiId"},
}
RUNBOOK = re.compile(r"Runbook: docs/operations\.md#(?P<section>[a-z-]+)$")
METRIC_NAME = re.compile(r'"([A-Z][A-Za-z]+)"')


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, in both templates."""
    found = {**template()["Resources"], **monitoring_template()["Resources"]}.items()
    return {name: content["Properties"] for name, content in found if content["Type"] == kind}


def alarms() -> dict[str, dict[str, Any]]:
    return resources("AWS::CloudWatch::Alarm")


def watched(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm evaluates."""
    if "MetricName" in alarm:
        yield alarm
    for metric in alarm.get("Metrics", ()):
        if "MetricStat" in metric:
            yield metric["MetricStat"]["Metric"]


def sections() -> set[str]:
    """The anchors of the headings in the runbook."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def alarmed_queues() -> set[str]:
    """The queues whose messages raise an alarm."""
    return {
        dimension["Value"]["Ref"].removesuffix("Name")
        for alarm in alarms().values()
        for metric in watched(alarm)
        if metric["Namespace"] == "AWS/SQS"
        for dimension in metric["Dimensions"]
    }


def statements(function: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for policy in function["Policies"] for statement in policy["Statement"]]


def may(function: dict[str, Any], action: str, resource: object) -> bool:
    """Whether a function's role allows an action on a resource."""
    return any(
        action in listed(statement["Action"]) and resource in listed(statement["Resource"])
        for statement in statements(function)
    )


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_notifies_operations_and_names_its_section_of_the_runbook(name: str) -> None:
    alarm = alarms()[name]
    runbook = RUNBOOK.search(alarm["AlarmDescription"])

    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "OperationsTopic"}]
    assert runbook, "the description must end with its section of the runbook"
    assert runbook["section"] in sections()


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_has_at_most_the_ten_metrics_that_it_can_add_up(name: str) -> None:
    assert 1 <= len(list(watched(alarms()[name]))) <= 10


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_fills_the_minutes_without_data_of_the_metrics_that_it_adds_up(name: str) -> None:
    # A metric of DynamoDB has data only while something happens, and CloudWatch ignores missing data of such an alarm,
    # whatever TreatMissingData says. The alarm would stay in ALARM.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
    expressions = [metric["Expression"] for metric in alarms()[name].get("Metrics", ()) if "Expression" in metric]
    namespaces = [metric["Namespace"] for metric in watched(alarms()[name])]

    assert set(expressions) <= {"SUM(FILL(METRICS(), 0))"}
    assert expressions or "AWS/DynamoDB" not in namespaces


def test_throttled_writes_of_an_index_raise_the_alarm_of_its_table() -> None:
    seen = [
        {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        for metric in watched(alarms()["ThrottledTablesAlarm"])
        if metric["MetricName"] == "WriteThrottleEvents"
    ]

    assert {"Ref": "ReservationsTable"} in [dimensions.get("TableName") for dimensions in seen]
    assert "by_phase" in [dimensions.get("GlobalSecondaryIndexName") for dimensions in seen]


def test_every_custom_metric_of_alarms_and_dashboard_is_written_by_a_function() -> None:
    files = (ROOT / "functions").rglob("*.py")
    written = {name for file in files for name in METRIC_NAME.findall(file.read_text())}
    alarmed = {
        metric["MetricName"]
        for alarm in alarms().values()
        for metric in watched(alarm)
        if metric["Namespace"] == NAMESPACE
    }
    shown = {metric[1] for widget in widgets() for metric in widget.get("metrics", ()) if metric[0] == NAMESPACE}

    assert alarmed
    assert alarmed | shown <= written


def test_failed_asynchronous_work_goes_to_a_dead_letter_queue_with_an_alarm() -> None:
    functions = resources("AWS::Serverless::Function")
    caught = {
        name: function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
        for name, function in functions.items()
        if "EventInvokeConfig" in function
    }
    events = {name: list(function["Events"].values()) for name, function in functions.items() if "Events" in function}
    undelivered = {name: event["Properties"]["DeadLetterConfig"]["Arn"] for name, [event] in events.items()}

    assert caught.keys() == events.keys()
    assert caught == undelivered
    assert {queue["Fn::GetAtt"].removesuffix(".Arn") for queue in caught.values()} <= alarmed_queues()


def test_every_queue_has_an_alarm_and_keeps_its_messages_for_two_weeks() -> None:
    queues = resources("AWS::SQS::Queue")

    assert alarmed_queues() == set(queues)
    assert {queue["MessageRetentionPeriod"] for queue in queues.values()} == {14 * 24 * 60 * 60}


def test_the_end_of_an_execution_of_this_workflow_is_recorded_if_it_is_no_success() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    [event] = resource("RecordFailedExecutionFunction")["Events"].values()
    [policy] = [
        statement
        for statement in resource("FailedSchedulesQueuePolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert event["Properties"]["Pattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [{"Ref": "ReservationStateMachine"}],
            "status": [status.value for status in ExecutionStatus],
        },
    }
    assert policy["Principal"] == {"Service": "events.amazonaws.com"}
    assert policy["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "RecordFailedExecutionFunctionExecutionFailed.Arn"}}
    }


def test_alarms_and_functions_may_use_the_key_of_the_operations_topic() -> None:
    topic = resources("AWS::SNS::Topic")["OperationsTopic"]
    key = resources("AWS::KMS::Key")["OperationsKey"]
    principals = [statement["Principal"] for statement in key["KeyPolicy"]["Statement"]]
    publishers = {
        name: function
        for name, function in resources("AWS::Serverless::Function").items()
        if may(function, "sns:Publish", {"Ref": "OperationsTopic"})
    }

    assert topic["KmsMasterKeyId"] == {"Ref": "OperationsKey"}
    assert key["EnableKeyRotation"] is True
    assert {"Service": "cloudwatch.amazonaws.com"} in principals
    assert publishers
    for function in publishers.values():
        assert may(function, "kms:GenerateDataKey", {"Fn::GetAtt": "OperationsKey.Arn"})
        assert may(function, "kms:Decrypt", {"Fn::GetAtt": "OperationsKey.Arn"})


def test_the_dashboard_starts_with_the_three_questions_of_the_runbook() -> None:
    first = [widget["title"] for widget in widgets() if "title" in widget][:3]

    assert [title.partition("?")[0] for title in first] == ["Are we selling", "Is the stock correct", "Are we on time"]


def test_the_dashboard_shows_only_resources_that_are_passed_to_the_nested_stack() -> None:
    names = set(re.findall(r"\$\{(\w+)", dashboard_body())) - {"AWS"}

    assert names <= set(monitoring_template()["Parameters"])


def test_the_nested_stack_gets_the_resources_that_its_parameters_are_named_after() -> None:
    parameters = monitoring_template()["Parameters"]

    assert resource("MonitoringStack")["Parameters"] == {
        name: PASSED_OTHERWISE.get(name, {"Ref": name}) for name in parameters
    }


def test_no_two_resources_of_the_templates_have_the_same_name() -> None:
    assert not template()["Resources"].keys() & monitoring_template()["Resources"].keys()


def dashboard_body() -> str:
    body: str = resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    return body


def widgets() -> list[dict[str, Any]]:
    """The properties of the dashboard's widgets, row by row."""
    return [widget["properties"] for widget in json.loads(dashboard_body())["widgets"]]
