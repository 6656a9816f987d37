"""Links to the pages of the AWS console."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from inventory.values import dataclass

DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


@dataclass(frozen=True, slots=True)
class Console:
    """The console of one region."""

    region: str
    domain: str = DOMAINS["aws"]

    @classmethod
    def of(cls, arn: str) -> "Console":
        """The console that shows a resource."""
        _, partition, _, region, *_ = arn.split(":")
        return cls(region, DOMAINS.get(partition, DOMAINS["aws"]))

    def execution(self, arn: str) -> str:
        """An execution of a state machine."""
        return f"{self._page('states')}#/v2/executions/details/{quote(arn, safe=':')}"

    def alarm(self, name: str) -> str:
        """An alarm of CloudWatch."""
        return f"{self._page('cloudwatch')}#alarmsV2:alarm/{quote(name, safe='')}"

    def dashboard(self, name: str) -> str:
        """A dashboard of CloudWatch."""
        return f"{self._page('cloudwatch')}#dashboards/dashboard/{quote(name, safe='')}"

    def trace(self, trace_id: str) -> str:
        """A trace of X-Ray."""
        return f"{self._page('cloudwatch')}#xray:traces/{quote(trace_id, safe='')}"

    def logs(self, query: str, log_groups: Sequence[str], start: str, end: str) -> str:
        """Logs Insights with a query over some log groups, from one time to another in UTC.

        The console keeps the query in a form of its own: values are escaped with `*` instead of `%`, then everything with `$`.
        """
        groups = "".join(f"~'{_value(group)}" for group in log_groups)
        times = f"end~'{_value(end)}~start~'{_value(start)}~timeType~'ABSOLUTE~tz~'UTC"
        detail = f"~({times}~editorString~'{_value(query)}~source~({groups}))"
        escaped = quote(detail, safe="*").replace("~", "%7E")
        parameters = quote(f"?queryDetail={escaped}", safe="*").replace("%", "$")
        return f"{self._page('cloudwatch')}#logsV2:logs-insights{parameters}"

    def _page(self, service: str) -> str:
        return f"https://{self.region}.{self.domain}/{service}/home?region={self.region}"


def _value(text: str) -> str:
    """A value in the query of Logs Insights."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda found: "".join(f"*{byte:02x}" for byte in found[0].encode()), text)
