"""A fake of Step Functions' executions and their history."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EVENTS_A_PAGE = 3


@dataclass
class FakeHistory:
    """The events of executions by ARN, one second apart, in short pages; and what is described of failed ones."""

    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    throttled: bool = False
    descriptions: int = 0
    exceptions: Any = field(default_factory=lambda: boto3.client("stepfunctions", region_name="us-east-1").exceptions)

    def record(self, arn: str, *steps: str) -> None:
        """Record the events of an execution: `+A` enters a state, `-A` exits it, all others have no state."""
        self.events[arn] = [_event(number, step) for number, step in enumerate(steps)]

    def client(self) -> Any:
        return self

    def fail(self, arn: str, content: str, **more: Any) -> None:
        """Let an execution fail with this input. `more`: its status, error and cause."""
        self.executions[arn] = {
            "status": "FAILED",
            "input": content,
            "startDate": START,
            "stopDate": START + timedelta(seconds=1),
        } | more

    def runs(self, arn: str, content: str, **more: Any) -> None:
        """Let an execution run with this input. `more`: its output, its trace header and what else is described."""
        self.executions[arn] = {"status": "RUNNING", "input": content, "startDate": START} | more

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        self.descriptions += 1
        if self.throttled:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeExecution")
        if executionArn not in self.executions:
            error: Any = {"Error": {"Code": "ExecutionDoesNotExist"}}
            raise self.exceptions.ExecutionDoesNotExist(error, "DescribeExecution")
        return self.executions[executionArn]

    def get_execution_history(
        self, *, executionArn: str, nextToken: str = "0", maxResults: int, includeExecutionData: bool
    ) -> dict[str, Any]:
        assert not includeExecutionData, "the data of an execution holds its task token"
        if executionArn not in self.events:
            error: Any = {"Error": {"Code": "ExecutionDoesNotExist"}}
            raise self.exceptions.ExecutionDoesNotExist(error, "GetExecutionHistory")
        start, events = int(nextToken), self.events[executionArn]
        following = start + min(maxResults, EVENTS_A_PAGE)
        more = {"nextToken": str(following)} if following < len(events) else {}
        return {"events": events[start:following]} | more


def _event(number: int, step: str) -> dict[str, Any]:
    event: dict[str, Any] = {"id": number + 1, "timestamp": START + timedelta(seconds=number)}
    if step.startswith("+"):
        return event | {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": step[1:]}}
    if step.startswith("-"):
        return event | {"type": "TaskStateExited", "stateExitedEventDetails": {"name": step[1:]}}
    return event | {"type": step}
