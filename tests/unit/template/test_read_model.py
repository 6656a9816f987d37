"""The read model: the streams that it follows, its merge every minute, and its table and bucket, which can be rebuilt."""

import re
from typing import Any

import pytest

from tests.support.template.source import monitoring_template, template
from tests.support.template.transformed import resources, statements, transformed

FOLLOWED = {
    "FollowedInventory": "InventoryTable",
    "FollowedReservations": "ReservationsTable",
    "FollowedRefunds": "RefundsTable",
    "FollowedFailedExecutions": "FailedExecutionsTable",
}
TABLE_OR_BUCKET = re.compile("ReadModel(Table|Bucket)")
CONSUMERS_OF_A_STREAM = 2  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
# What a shopper waits for, directly or not.
SELLING = {
    "ReserveStockFunction",
    "CommitStockFunction",
    "ReleaseStockFunction",
    "RecordPaymentFunction",
    "CancelReservationFunction",
    "ExtendHoldFunction",
    "StorefrontApiFunction",
    "CheckoutApiFunction",
    "StockFeedApiFunction",
    "ReconcileHoldsFunction",
    "PublishChangesFunction",
    "RepublishChangesFunction",
}


def alarm(name: str) -> dict[str, Any]:
    found: dict[str, Any] = monitoring_template()["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_table_is_followed_from_the_beginning_of_its_stream_a_second_at_a_time(name: str) -> None:
    stream = resources("AWS::Lambda::EventSourceMapping")[name]

    assert stream["EventSourceArn"] == {"Fn::GetAtt": [FOLLOWED[name], "StreamArn"]}
    assert stream["FunctionName"]["Ref"].startswith("FollowChangesFunctionAlias")
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["MaximumBatchingWindowInSeconds"] == 1
    assert stream["BatchSize"] == 200
    # Rows that expire leave the read model, too.
    assert "FilterCriteria" not in stream


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_record_that_fails_keeps_others_waiting_for_a_bounded_number_of_attempts(name: str) -> None:
    stream = resources("AWS::Lambda::EventSourceMapping")[name]

    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    assert stream["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": ["FailedChangesQueue", "Arn"]}},
    }
    # A consumer that was turned off for some hours must still follow what was written meanwhile.
    assert "MaximumRecordAgeInSeconds" not in stream


@pytest.mark.parametrize("table", FOLLOWED.values())
def test_no_stream_has_more_consumers_than_lambda_reads_it_for(table: str) -> None:
    consumers = [
        mapping
        for mapping in resources("AWS::Lambda::EventSourceMapping").values()
        if mapping["EventSourceArn"] == {"Fn::GetAtt": [table, "StreamArn"]}
    ]

    assert 1 <= len(consumers) <= CONSUMERS_OF_A_STREAM


def test_the_merge_runs_every_minute_and_a_run_that_failed_is_not_repeated() -> None:
    [schedule] = [
        content for name, content in resources("AWS::Scheduler::Schedule").items() if name.startswith("MergeReadModel")
    ]
    [invoked] = [
        content
        for name, content in resources("AWS::Lambda::EventInvokeConfig").items()
        if name.startswith("MergeReadModel")
    ]

    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert invoked["MaximumRetryAttempts"] == 0


def test_the_merge_has_one_processor_and_all_the_time_that_lambda_gives() -> None:
    merge = resources("AWS::Lambda::Function")["MergeReadModelFunction"]

    assert merge["MemorySize"] == 1769  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    assert merge["Timeout"] == 900
    assert "ReservedConcurrentExecutions" not in merge


def test_no_function_of_a_shopper_may_use_the_read_model() -> None:
    using = {
        statement.resource.removesuffix("Role")
        for statement in statements()
        if TABLE_OR_BUCKET.search(str(statement.resources)) and statement.resource.endswith("FunctionRole")
    }

    assert {"FollowChangesFunction", "MergeReadModelFunction", "AdminApiFunction"} <= using
    assert not using & SELLING


def test_only_the_two_functions_of_the_read_model_write_it() -> None:
    writing = {
        statement.resource
        for statement in statements()
        for action in statement.actions
        if TABLE_OR_BUCKET.search(str(statement.resources))
        and action.partition(":")[2].startswith(("Put", "Update", "Delete", "BatchWrite"))
    }

    assert writing == {"FollowChangesFunctionRole", "MergeReadModelFunctionRole"}


def test_the_table_is_a_copy_that_is_deleted_with_its_stack_and_has_no_backup() -> None:
    table = transformed()["Resources"]["ReadModelTable"]

    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert "PointInTimeRecoverySpecification" not in table["Properties"]
    assert "DeletionProtectionEnabled" not in table["Properties"]
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expire_at", "Enabled": True}


def test_no_rule_of_the_bucket_expires_a_snapshot_which_may_be_old_and_in_use() -> None:
    rules = resources("AWS::S3::Bucket")["ReadModelBucket"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}

    assert expiring == {"changed/": 7}
    assert [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]


def test_an_hour_without_a_merge_raises_an_alarm_because_missing_data_is_bad() -> None:
    age = alarm("ReadModelAgeAlarm")

    assert age["MetricName"] == "ReadModelAgeSeconds"
    assert (age["Threshold"], age["TreatMissingData"]) == (300, "breaching")
    assert age["Period"] * age["EvaluationPeriods"] <= 5 * 60


def test_the_read_model_has_no_parameter_so_it_is_the_same_in_every_stage() -> None:
    assert [name for name in template()["Parameters"] if "ReadModel" in name] == []
