"""Receives the messages of an SNS topic through a queue."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.local.stack import Stack

ARRIVES_WITHIN_SECONDS = 20
SHORT = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


class Subscriber:
    """A queue that is subscribed to a topic for the duration of the block."""

    def __init__(self, stack: Stack, topic_arn: str) -> None:
        self._stack = stack
        self._queues = stack.client("sqs")
        self._topics = stack.client("sns")
        self._topic_arn = topic_arn
        self.received: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._url = self._queues.create_queue(QueueName=f"demo-{uuid4().hex}")["QueueUrl"]
        attributes = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._queues.set_queue_attributes(
            QueueUrl=self._url,
            Attributes={"Policy": _allow_messages_from(self._topic_arn, attributes["Attributes"]["QueueArn"])},
        )
        self._subscription = self._topics.subscribe(
            TopicArn=self._topic_arn,
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return self

    def __exit__(self, *_: object) -> None:
        # After Ctrl-C nobody waits long for a local AWS that is busy, and often stopped next.
        with suppress(BotoCoreError, ClientError):
            self._stack.client("sns", config=SHORT).unsubscribe(SubscriptionArn=self._subscription)
            self._stack.client("sqs", config=SHORT).delete_queue(QueueUrl=self._url)

    def receive_until(
        self, enough: Callable[[Sequence[Mapping[str, Any]]], bool], seconds: float = ARRIVES_WITHIN_SECONDS
    ) -> list[dict[str, Any]]:
        """All messages so far; waits for a limited time until they are enough."""
        deadline = time.monotonic() + seconds
        self._drain()
        while not enough(self.received) and time.monotonic() < deadline:
            self._drain()
        return self.received

    def _drain(self) -> None:
        while True:
            response = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            messages = response.get("Messages", [])
            for message in messages:
                self.received.append(json.loads(json.loads(message["Body"])["Message"]))
                self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            if not messages:
                return


def _allow_messages_from(topic_arn: str, queue_arn: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            },
        }
    )
