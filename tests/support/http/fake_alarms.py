"""A fake of CloudWatch's alarms."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

SINCE = datetime(2026, 3, 2, 12, 4, tzinfo=UTC)
PAGE = 2


def an_alarm(name: str, state: str = "OK", **more: Any) -> dict[str, Any]:
    """An alarm of the nested stack, as CloudWatch describes it."""
    return {
        "AlarmName": f"inventory-MonitoringStack-1ABCDEF-{name}-7GHIJKL",
        "StateValue": state,
        "StateUpdatedTimestamp": SINCE,
        "AlarmDescription": f"This is about {name}. Runbook: docs/operations.md#stock-drift",
    } | more


@dataclass
class FakeAlarms:
    """Alarms, in short pages; and how often they were read."""

    found: list[dict[str, Any]] = field(default_factory=lambda: [an_alarm("StockDriftAlarm")])
    is_refused: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)

    def client(self) -> Any:
        return self

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        self.requests.append(dict(request))
        if self.is_refused:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeAlarms")
        start = int(request.get("NextToken", "0"))
        following = start + PAGE
        more = {"NextToken": str(following)} if following < len(self.found) else {}
        return {"MetricAlarms": self.found[start:following]} | more
