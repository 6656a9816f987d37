"""The alarms of CloudWatch that report to the operations topic: those of this stack, and what others added to it."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from inventory.aws.console import Console
from inventory.model import iso
from inventory.values import dataclass

# All callers of an account share nine calls a second, and pages ask again and again.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
KEPT_SECONDS = 30.0
PAGES_MAX = 5  # of 100 alarms
ON = "ALARM"
# CloudFormation makes a name of those of the stacks, the resource's own and a random text.
GENERATED_NAME = re.compile(r".*-(\w+Alarm)-\w+")
RUNBOOK = re.compile(r"\s*Runbook:\s*(\S+)\s*$")


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that is on."""

    name: str
    since: str
    description: str
    runbook: str | None  # the section of the documents that says what to do
    console_url: str

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "since": self.since,
            "description": self.description,
            "runbook": self.runbook,
            "console_url": self.console_url,
        }


@dataclass(frozen=True, slots=True)
class AlarmStates:
    """How many alarms there are, and those that are on, the latest first."""

    number: int
    on: tuple[Alarm, ...] = ()


class Alarms:
    """The alarms, read at most every 30 s in each container.

    Args:
        client: makes the client at the first reading.
    """

    def __init__(self, client: Callable[[], Any], topic_arn: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._clock = clock
        self._kept: tuple[float, AlarmStates] | None = None

    def read(self) -> AlarmStates:
        """The alarms as they were at most 30 s ago."""
        if self._kept is None or self._clock() - self._kept[0] >= KEPT_SECONDS:
            self._kept = (self._clock(), self._read())
        return self._kept[1]

    def _read(self) -> AlarmStates:
        found = list(self._described())
        console = Console.of(self._topic_arn)
        on = [_alarm(described, console) for described in found if described["StateValue"] == ON]
        return AlarmStates(len(found), tuple(sorted(on, key=lambda alarm: alarm.since, reverse=True)))

    def _described(self) -> Iterator[Any]:
        """The alarms that publish to the topic: their names are not known to this stack, as a nested one has them."""
        request: Any = {"ActionPrefix": self._topic_arn, "AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
        for _ in range(PAGES_MAX):
            answer = self._client().describe_alarms(**request)
            yield from answer.get("MetricAlarms", ())
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]


def _alarm(described: Any, console: Console) -> Alarm:
    name = described["AlarmName"]
    text = described.get("AlarmDescription") or ""
    runbook = RUNBOOK.search(text)
    generated = GENERATED_NAME.fullmatch(name)
    # StateUpdatedTimestamp also changes while an alarm stays on, for another reason.
    since: datetime = described.get("StateTransitionedTimestamp") or described["StateUpdatedTimestamp"]
    return Alarm(
        generated[1] if generated else name,
        iso(since),
        RUNBOOK.sub("", text),
        runbook[1] if runbook else None,
        console.alarm(name),
    )
