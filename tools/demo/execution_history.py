"""What Step Functions remembers of an execution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.demo.checkout import CheckoutService
from tools.local.stack import Stack


@dataclass(frozen=True)
class History:
    """The states that an execution entered, in their order, and how long its Lambda tasks took."""

    states: tuple[str, ...]
    function_seconds: tuple[float, ...]


class Histories:
    """Reads the histories of executions, as the console does."""

    def __init__(self, stack: Stack, service: CheckoutService) -> None:
        self._pages = stack.client("stepfunctions").get_paginator("get_execution_history")
        self._service = service

    def read(self, reservation_id: str) -> History:
        """The history of one reservation's execution."""
        events: list[dict[str, Any]] = []
        for page in self._pages.paginate(executionArn=self._service.execution_arn(reservation_id)):
            events += page["events"]
        return History(
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
            begun = started.get(event["previousEventId"])
            if begun is not None:
                seconds.append((event["timestamp"] - begun).total_seconds())
    return seconds
