"""What changes are published to: EventBridge, AppSync, and the queues of what neither of them accepted."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.platform.invocations import InvocationFailed, Invocations
from tests.simulation.platform.scheduler import Script, sleep
from tests.simulation.platform.stage import Stage

CONSUMER = "republish_changes"
VISIBILITY_SECONDS = 60.0
OUTAGE_SECONDS = 600.0
UNREADABLE_QUEUE = "unreadable-changes"  # nobody consumes it
SERVICE_UNAVAILABLE, OK = 503, 200


@dataclass
class Targets:
    """Takes events, pushes and messages."""

    stage: Stage
    invocations: Invocations
    events: list[dict[str, Any]] = field(default_factory=list)  # the details with their `detail_type`
    pushes: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)  # the messages of both queues by their ids
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def call(self, operation: str, request: dict[str, Any]) -> Any:
        """One call of EventBridge, AppSync or SQS."""
        match operation:
            case "PutEvents":
                for entry in request["Entries"]:
                    self.events.append(json.loads(entry["Detail"]) | {"detail_type": entry["DetailType"]})
                return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}
            case "EventPublish":
                self.pushes += map(json.loads, request["events"])
                return {"failed": []}
            case _:
                for entry in request["Entries"]:
                    self._put(request["QueueUrl"], entry["MessageBody"])
                return {"Successful": [], "Failed": []}

    def fails(self, service: str, begins_after: float) -> Script:
        """One of them refuses every call for ten minutes."""
        yield sleep(self.stage.scheduler, begins_after)
        self.stage.story.add(f"{service} is down")
        self.stage.faults.down.add(service)
        yield sleep(self.stage.scheduler, OUTAGE_SECONDS)
        self.stage.faults.down.discard(service)
        self.stage.story.add(f"{service} is up")

    def _put(self, queue: str, body: str) -> None:
        if queue.endswith(UNREADABLE_QUEUE):
            self.unreadable.append(json.loads(body))
            return
        message_id = str(next(self._numbers))
        self.waiting[message_id] = body
        self.stage.scheduler.after(self.stage.faults.latency(), lambda: self._hand_over(message_id))

    def _hand_over(self, message_id: str) -> None:
        """Hand a message over, again and again until its function has accepted it."""

        def end(answer: Any, error: InvocationFailed | None) -> None:
            if error or answer["batchItemFailures"]:
                self.stage.scheduler.after(VISIBILITY_SECONDS, lambda: self._hand_over(message_id))
            else:
                self.waiting.pop(message_id, None)

        record = {"messageId": message_id, "body": self.waiting[message_id]}
        self.invocations.invoke(CONSUMER, {"Records": [record]}, end)


@dataclass(frozen=True)
class HttpSession:
    """In place of connections to AppSync: a request is one attempt."""

    attempt: Callable[[str, str, dict[str, Any]], Any]

    def send(self, request: Any) -> Any:
        """Send a signed request."""
        try:
            answer, status = self.attempt("appsync", "EventPublish", json.loads(request.body)), OK
        except ClientError as error:
            answer, status = dict(error.response), SERVICE_UNAVAILABLE
        text = json.dumps(answer, default=str)
        return SimpleNamespace(status_code=status, content=text.encode(), text=text)
