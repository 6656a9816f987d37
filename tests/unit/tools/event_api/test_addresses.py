"""The URLs of an Event API work on this machine."""

import pytest

from tools.local.event_api.addresses import api_of_host, without_tls
from tools.local.stack import reachable

REALTIME = "abc.appsync-realtime-api.us-east-1.localhost:4566"
HTTP = "abc.appsync-api.us-east-1.localhost:4566"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"wss://{REALTIME}/event/realtime", f"ws://{REALTIME}/event/realtime"),
        (f"https://{HTTP}/event", f"http://{HTTP}/event"),
        (HTTP, HTTP),
        ("https://example.com", "https://example.com"),
        (
            "wss://abc.appsync-realtime-api.us-east-1.amazonaws.com/event/realtime",
            "wss://abc.appsync-realtime-api.us-east-1.amazonaws.com/event/realtime",
        ),
    ],
)
def test_only_the_urls_of_this_machine_lose_tls(text: str, expected: str) -> None:
    assert without_tls(text) == expected
    assert reachable(text, "http://127.0.0.1:4566", "http://127.0.0.1:4568") == expected


def test_the_http_host_names_the_api() -> None:
    assert api_of_host(HTTP) == "abc"
    assert api_of_host(REALTIME) is None
    assert api_of_host("127.0.0.1:4566") is None
