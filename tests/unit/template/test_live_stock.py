"""Live stock: the streams, how the functions consume them and their queues, and what may be published."""

import json
from typing import Any

import pytest

from inventory.live.api_keys import LIFETIME, RENEWED_BEFORE_END
from tests.support.template.source import monitoring_template, template
from tests.support.template.transformed import resources

STREAMS = {"InventoryChanges": "InventoryTable", "ReservationChanges": "ReservationsTable"}
QUEUES = {"UndeliveredEvents": "UndeliveredEventsQueue", "UndeliveredPushes": "UndeliveredPushesQueue"}
TIMES_OF_TIMEOUT = 6  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html


def mapping(name: str) -> dict[str, Any]:
    """The properties of an event source mapping."""
    found: dict[str, Any] = resources("AWS::Lambda::EventSourceMapping")[name]
    return found


def alarm(name: str) -> dict[str, Any]:
    found: dict[str, Any] = monitoring_template()["Resources"][name]["Properties"]
    return found


def test_exactly_the_tables_that_a_function_consumes_have_a_stream_and_it_carries_no_content() -> None:
    mappings = resources("AWS::Lambda::EventSourceMapping").values()
    consumed = {mapping["EventSourceArn"]["Fn::GetAtt"][0] for mapping in mappings if "StartingPosition" in mapping}
    streams = {
        name: table["StreamSpecification"]
        for name, table in resources("AWS::DynamoDB::Table").items()
        if "StreamSpecification" in table
    }

    assert streams == {table: {"StreamViewType": "KEYS_ONLY"} for table in consumed}
    assert set(STREAMS.values()) < consumed


def test_the_streams_and_the_queues_are_all_that_the_publishing_functions_consume() -> None:
    publishing = {
        name
        for name, mapping in resources("AWS::Lambda::EventSourceMapping").items()
        if not mapping["FunctionName"]["Ref"].startswith("FollowChangesFunction")  # of the read model
    }

    assert publishing == STREAMS.keys() | QUEUES.keys()


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_consumed_from_its_beginning_and_at_once(name: str) -> None:
    stream = mapping(name)

    assert stream["EventSourceArn"] == {"Fn::GetAtt": [STREAMS[name], "StreamArn"]}
    assert stream["FunctionName"]["Ref"].startswith("PublishChangesFunctionAlias")
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["MaximumBatchingWindowInSeconds"] == 0


@pytest.mark.parametrize("name", STREAMS)
def test_a_record_that_fails_keeps_others_waiting_for_a_bounded_number_of_attempts(name: str) -> None:
    stream = mapping(name)

    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    assert stream["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": ["FailedChangesQueue", "Arn"]}},
    }
    # A consumer that was turned off for some hours must still publish what was written meanwhile.
    assert "MaximumRecordAgeInSeconds" not in stream


def test_rows_of_reservations_that_expire_are_no_event() -> None:
    [pattern] = mapping("ReservationChanges")["FilterCriteria"]["Filters"]

    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT", "MODIFY"]}
    assert "FilterCriteria" not in mapping("InventoryChanges")


@pytest.mark.parametrize("name", QUEUES)
def test_what_was_not_delivered_is_tried_for_a_day_by_few_functions_at_once(name: str) -> None:
    consumer, queue = mapping(name), resources("AWS::SQS::Queue")[QUEUES[name]]
    timeout = resources("AWS::Lambda::Function")["RepublishChangesFunction"]["Timeout"]
    attempts = queue["RedrivePolicy"]["maxReceiveCount"]

    assert consumer["EventSourceArn"] == {"Fn::GetAtt": [QUEUES[name], "Arn"]}
    assert consumer["FunctionName"]["Ref"].startswith("RepublishChangesFunctionAlias")
    assert consumer["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert consumer["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert queue["VisibilityTimeout"] >= TIMES_OF_TIMEOUT * timeout
    assert queue["VisibilityTimeout"] * attempts >= 24 * 60 * 60
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["LostChangesQueue", "Arn"]}


def test_a_new_key_lives_until_the_first_run_of_its_renewal() -> None:
    [key] = resources("AWS::AppSync::ApiKey").values()
    [schedule] = [
        schedule
        for name, schedule in resources("AWS::Scheduler::Schedule").items()
        if name.startswith("RenewLiveStockKey")
    ]

    assert "Expires" not in key  # AppSync's default is 7 days
    assert schedule["ScheduleExpression"] == "rate(1 day)"


def test_the_end_of_the_key_raises_an_alarm_after_the_renewal_should_have_moved_it() -> None:
    assert alarm("LiveStockKeyEndAlarm")["Threshold"] < RENEWED_BEFORE_END.days < LIFETIME.days


def test_the_bus_is_the_default_one_unless_another_is_named() -> None:
    assert template()["Parameters"]["EventBusName"]["Default"] == "default"


def test_all_that_is_available_is_shown_unless_a_cap_is_given() -> None:
    assert template()["Parameters"]["StorefrontQuantityCap"]["Default"] == 0
