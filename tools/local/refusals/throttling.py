"""Throttles the calls of Step Functions that its quotas limit for the whole account, with AWS's token buckets.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
The numbers are those of us-east-1, us-west-2 and eu-west-1; DescribeExecution for example has 250 and 10 elsewhere.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.local.emulators.handlers import Handler, Response

Clock = Callable[[], float]


@dataclass(frozen=True)
class Quota:
    """So many calls at once, and so many for each second after that."""

    bucket: int
    refill_per_second: int


QUOTAS = {
    "DescribeExecution": Quota(300, 15),
    "DescribeStateMachine": Quota(200, 20),
    "GetExecutionHistory": Quota(400, 20),
    "ListExecutions": Quota(200, 5),
    "ListStateMachines": Quota(100, 5),
    "RedriveExecution": Quota(1300, 300),
    "SendTaskFailure": Quota(3000, 500),
    "SendTaskHeartbeat": Quota(3000, 500),
    "SendTaskSuccess": Quota(3000, 500),
    "StartExecution": Quota(1300, 300),
    "StopExecution": Quota(1000, 200),
}


class TokenBucket:
    """A bucket of tokens: full at first, and refilled steadily. Each call takes a token."""

    def __init__(self, quota: Quota, clock: Clock = time.monotonic) -> None:
        self._quota = quota
        self._clock = clock
        self._tokens = float(quota.bucket)
        self._counted_at = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a token. The result is False if there is none, and then nothing is taken."""
        with self._lock:
            now = self._clock()
            refilled = self._tokens + (now - self._counted_at) * self._quota.refill_per_second
            self._tokens, self._counted_at = min(float(self._quota.bucket), refilled), now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def throttle(handler: Handler, quotas: Mapping[str, Quota] = QUOTAS, clock: Clock = time.monotonic) -> Handler:
    """Wrap ministack's Step Functions: refuse calls that exceed their quota. All callers share the buckets."""
    from ministack.core.responses import error_response_json

    buckets = {action: TokenBucket(quota, clock) for action, quota in quotas.items()}

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        bucket = buckets.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if bucket and not bucket.take():
            response: Response = error_response_json("ThrottlingException", "Rate exceeded", 400)
            return response
        return await handler(method, path, headers, body, query_params)

    return handle
