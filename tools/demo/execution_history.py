"""Reads the history of executions from Step Functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tools.demo.checkout import CheckoutService
from tools.local.stack import Stack


@dataclass(frozen=True)
class ExecutionHistory:
    """The states that an execution entered, in order, and the durations of its Lambda tasks."""

    states: tuple[str, ...]
    function_seconds: tuple[float, ...]


class HistoryReader:
    """Reads the histories of reservations' executions."""

    def __init__(self, stack: Stack, service: CheckoutService) -> None:
        self._pages = stack.client("stepfunctions").get_paginator("get_execution_history")
        self._service = service

    def read(self, reservation_id: str) -> ExecutionHistory:
        """The history of one reservation's execution; an empty one if it was not started."""
        events: list[dict[str, Any]] = []
        try:
            for page in self._pages.paginate(executionArn=self._service.execution_arn(reservation_id)):
                events += page["events"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
                raise
        return ExecutionHistory(
            tuple(
                event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")
            ),
            tuple(_function_seconds(events)),
        )


def _function_seconds(events: Sequence[dict[str, Any]]) -> list[float]:
    started: dict[int, Any] = {}
    seconds = []
    for event in events:
        if event["type"] == "TaskStarted" and event["taskStartedEventDetails"]["resourceType"] == "lambda":
            started[event["id"]] = event["timestamp"]
        elif event["type"] == "TaskSucceeded" and event["taskSucceededEventDetails"]["resourceType"] == "lambda":
            start_time = started.get(event["previousEventId"])
            if start_time is not None:
                seconds.append((event["timestamp"] - start_time).total_seconds())
    return seconds
