"""Points about live stock: where pages connect, and that all streams and queues are consumed, also by the read model."""

import json
from datetime import UTC, datetime

from tools.deployed_stack import DeployedStack
from tools.smoke.errors import Unexpected
from tools.smoke.probe import Probe
from tools.smoke.raw_http import RawRequest, send
from tools.smoke.steps import Point

# How many streams or queues each function consumes.
CONSUMERS = {"PublishChangesFunctionName": 2, "RepublishChangesFunctionName": 2, "FollowChangesFunctionName": 4}
# Lambda starts and updates a consumer within minutes.
CONSUMING = {"Enabled", "Creating", "Enabling", "Updating"}


def live_stock_points(stack: DeployedStack, probe: Probe) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "read where changes of stock are pushed",
            lambda: live_stock(stack, probe),
            "If it answers 404, invoke RenewLiveStockKey; if it answers 500, AppSync refuses ListApiKeys to the role of "
            "StorefrontApi: the log names the resource that the policy must allow.",
        ),
        Point(
            "read the consumers of the streams and queues",
            lambda: consumers(stack),
            "Turn them on: aws lambda update-event-source-mapping --enabled --uuid <uuid>; "
            "the caller needs lambda:ListEventSourceMappings.",
        ),
    ]


def live_stock(stack: DeployedStack, probe: Probe) -> str:
    """A page learns where to connect, with a key that has not ended. Only AWS shows which resource this right needs."""
    response = send(RawRequest("GET", f"{stack.output('ApiUrl')}/live-stock", {"x-api-key": probe.storefront_key}))
    if response.status != 200:
        raise Unexpected(f"the API answers {response.status}")
    answer = json.loads(response.body)
    if answer["realtime_url"] != stack.output("LiveStockRealtimeUrl"):
        raise Unexpected(f"it is at {answer['realtime_url']}, not at {stack.output('LiveStockRealtimeUrl')}")
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    if left.total_seconds() <= 0:
        raise Unexpected(f"the key has ended at {answer['expires_at']}")
    return f"the key ends in {left.days} days"


def consumers(stack: DeployedStack) -> str:
    """Each stream and queue has a function that is turned on: without it, changes are published or followed by nobody, silently."""
    for output, count in CONSUMERS.items():
        function = stack.output(output)
        mappings = stack.client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        off = [mapping["UUID"] for mapping in mappings if mapping["State"] not in CONSUMING]
        if off or len(mappings) != count:
            raise Unexpected(
                f"{function} has {len(mappings)} of {count}, and these are off: {', '.join(off) or 'none'}"
            )
    return f"{sum(CONSUMERS.values())} are on"
