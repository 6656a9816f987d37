"""The points of `make smoke` about live stock, on stacks that lack something."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from tools.deployed_stack import DeployedStack
from tools.smoke import live_stock as module
from tools.smoke.errors import Unexpected
from tools.smoke.live_stock import consumers, live_stock
from tools.smoke.raw_http import HTTP_2, RawResponse

URL = "wss://api-1.example/event/realtime"
OUTPUTS = {
    "ApiUrl": "https://api.example/v1",
    "LiveStockRealtimeUrl": URL,
    "PublishChangesFunctionName": "publish",
    "RepublishChangesFunctionName": "republish",
    "FollowChangesFunctionName": "follow",
}
PROBE: Any = SimpleNamespace(storefront_key="key")


def deployed(mappings: dict[str, list[str]] | None = None) -> DeployedStack:
    """A stack whose functions have consumers in these states."""

    def listed(FunctionName: str) -> dict[str, Any]:
        return {"EventSourceMappings": [{"UUID": "1", "State": state} for state in (mappings or {})[FunctionName]]}

    clients: dict[str, Any] = {"lambda": SimpleNamespace(list_event_source_mappings=listed)}
    session = boto3.Session("id", "secret", region_name="eu-central-1")
    return DeployedStack(lambda service: clients[service], session, OUTPUTS, "inventory", is_on_aws=True)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets GET /live-stock answer."""

    def answer(status: int = 200, *, days: int = 80, url: str = URL) -> None:
        end = datetime.now(UTC) + timedelta(days=days, hours=1)
        body = json.dumps({"realtime_url": url, "http_host": "h", "api_key": "da2-1", "expires_at": end.isoformat()})
        monkeypatch.setattr(module, "send", lambda request: RawResponse(HTTP_2, status, {}, body.encode()))

    return answer


def test_a_key_that_has_not_ended_is_shown_with_its_days(answers: Callable[..., None]) -> None:
    answers()

    assert live_stock(deployed(), PROBE) == "the key ends in 80 days"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"status": 404}, "answers 404"),
        ({"days": -2}, "the key has ended"),
        ({"url": "wss://other.example/event/realtime"}, "not at wss://api-1"),
    ],
)
def test_a_page_that_could_not_connect_fails_the_point(
    answers: Callable[..., None], answer: dict[str, Any], message: str
) -> None:
    answers(**answer)

    with pytest.raises(Unexpected, match=message):
        live_stock(deployed(), PROBE)


def test_consumers_that_are_on_or_about_to_be_are_fine() -> None:
    on = {"publish": ["Enabled", "Creating"], "republish": ["Enabled", "Enabled"], "follow": ["Enabled"] * 4}

    assert consumers(deployed(on)) == "8 are on"


def test_a_stream_that_the_read_model_does_not_follow_fails_the_point() -> None:
    on = {"publish": ["Enabled"] * 2, "republish": ["Enabled"] * 2, "follow": ["Enabled"] * 3}

    with pytest.raises(Unexpected, match="follow has 3 of 4"):
        consumers(deployed(on))


@pytest.mark.parametrize("publishing", [["Enabled", "Disabled"], ["Enabled"]])
def test_a_stream_that_nobody_consumes_fails_the_point(publishing: list[str]) -> None:
    with pytest.raises(Unexpected, match="publish has"):
        consumers(deployed({"publish": publishing, "republish": ["Enabled", "Enabled"]}))
