"""Dead letters: an asynchronous event that fails goes to a queue, raises an alarm, and does not block later events."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.deployed.manager import Manager
from tests.support.deployed.resources import physical_id
from tests.support.shop.catalogue import HEADER
from tools.demo.messages import Subscriber
from tools.local import Stack

IN_THE_QUEUE_WITHIN_SECONDS = 60
POISON = f"uploads/{'f' * 32}.csv"  # it was never submitted, so it has no report


def messages_in(stack: Stack, queue_url: str) -> int:
    """How many messages a queue reports."""
    attribute = "ApproximateNumberOfMessages"
    answer = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=[attribute])
    return int(answer["Attributes"][attribute])


def alarm_on(stack: Stack, queue_name: str) -> dict[str, Any]:
    """The alarm that watches a queue."""
    queue = {"Name": "QueueName", "Value": queue_name}
    pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    [alarm] = [alarm for alarm in alarms if alarm["Dimensions"] == [queue]]
    return dict(alarm)


def alarms_in(messages: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of the alarms in messages."""
    return {message.get("AlarmName", "") for message in messages}


def test_a_poisonous_upload_goes_to_the_queue_with_an_alarm_and_the_next_one_is_imported(
    stack: Stack, manager: Manager
) -> None:
    queue_name = stack.outputs["FailedImportsQueueName"]
    queue_url = stack.client("sqs").get_queue_url(QueueName=queue_name)["QueueUrl"]
    before = messages_in(stack, queue_url)

    stack.client("s3").put_object(Bucket=physical_id(stack, "ImportsBucket"), Key=POISON, Body=HEADER.encode())
    report = manager.imports(f"{HEADER}AFTER-POISON,main,Next,after poison,5,1\n".encode(), "ALL_OR_NONE")

    assert (report["status"], report["created"]) == ("DONE", 1)
    deadline = time.monotonic() + IN_THE_QUEUE_WITHIN_SECONDS
    while (found := messages_in(stack, queue_url)) == before:
        assert time.monotonic() < deadline, "the poisonous upload is not in the queue"
        time.sleep(0.5)
    assert found == before + 1
    [message] = stack.client("sqs").receive_message(QueueUrl=queue_url, VisibilityTimeout=0)["Messages"]
    failure = json.loads(message["Body"])
    assert failure["requestPayload"]["detail"]["object"]["key"] == POISON
    assert "there is no import" in failure["responsePayload"]["errorMessage"]

    alarm = alarm_on(stack, queue_name)
    with Subscriber(stack, stack.outputs["OperationsTopicArn"]) as operations:
        # AWS sends the metrics of SQS to CloudWatch by itself; the local AWS does not.
        stack.client("cloudwatch").put_metric_data(
            Namespace=alarm["Namespace"],
            MetricData=[{"MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"], "Value": found}],
        )
        received = operations.receive_until(lambda messages: alarm["AlarmName"] in alarms_in(messages))

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["AlarmName"] in alarms_in(received)
