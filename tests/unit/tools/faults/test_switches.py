"""Faults of a running local AWS are switched by HTTP calls."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tools.local.emulators.handlers import Response
from tools.local.event_api.api_keys import KeyRefused
from tools.local.faults.endpoint import serve_faults
from tools.local.faults.switches import EVENT_API, EVENTS, Fault, Switches, with_faults

WORKS: Response = (200, {}, b"done")


def run(coroutine: Any) -> Any:
    """The result of a coroutine; this thread may have an event loop of the browser tests."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, coroutine).result()


def call(switches: Switches, method: str, path: str, content: object = None, expired: Any = None) -> tuple[int, Any]:
    """The status and the content of the answer to a call of the local AWS."""
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        sent.append({"status": 418})
        sent.append({"body": b'"AWS"'})

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(content).encode() if content else b"", "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    served: Any = serve_faults(application, switches, expired or (lambda *_: {}))
    run(served({"type": "http", "method": method, "path": path}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


async def works(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]) -> Any:
    """A service that works."""
    return WORKS


def put_events(switches: Switches, target: str = "AWSEvents.PutEvents") -> Any:
    """The answer to a call of EventBridge."""
    handler = with_faults(works, switches, EVENTS, "PutEvents")
    return run(handler("POST", "/", {"x-amz-target": target}, b"{}", {}))


def test_a_service_that_is_down_answers_503_until_the_fault_ends() -> None:
    switches = Switches()

    assert call(switches, "PUT", "/_local/faults/events", {"down": True}) == (200, {})
    assert put_events(switches)[0] == 503
    assert put_events(switches, "AWSEvents.DescribeRule") == WORKS
    assert not switches.is_down(EVENT_API)

    assert call(switches, "PUT", "/_local/faults/events") == (200, {})
    assert put_events(switches) == WORKS


def test_a_slow_service_waits_before_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    switches, waited = Switches(), []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    call(switches, "PUT", "/_local/faults/events", {"delay_seconds": 2.5})

    assert put_events(switches) == WORKS
    assert waited == [2.5]


def test_a_service_that_goes_down_closes_what_is_open() -> None:
    switches, closed = Switches(), []
    switches.on_down(EVENT_API, lambda: closed.append(EVENT_API))

    switches.set(EVENT_API, Fault(delay_seconds=1))
    assert closed == []
    switches.set(EVENT_API, Fault(down=True))
    assert closed == [EVENT_API]


@pytest.mark.parametrize(
    "fault", [{"down": 1.5}, {"down": "yes"}, {"delay_seconds": -1}, {"delay_seconds": 601}, {"x": 1}, [1]]
)
def test_a_fault_that_is_not_valid_changes_nothing(fault: object) -> None:
    switches = Switches()

    status, answer = call(switches, "PUT", "/_local/faults/events", fault)

    assert status == 400
    assert "delay_seconds" in answer["message"]
    assert put_events(switches) == WORKS


def test_a_key_can_be_expired() -> None:
    expired: list[tuple[str, str]] = []

    def expire(api_id: str, key: str) -> dict[str, int]:
        if key != "da2-1":
            raise KeyRefused("NotFoundException", "API key not found", 404)
        expired.append((api_id, key))
        return {"expires": 1}

    assert call(Switches(), "POST", "/_local/event-api/live/expire/da2-1", expired=expire) == (200, {"expires": 1})
    assert call(Switches(), "POST", "/_local/event-api/live/expire/da2-2", expired=expire)[0] == 404
    assert expired == [("live", "da2-1")]


def test_unknown_faults_are_not_found_and_other_calls_reach_aws() -> None:
    assert call(Switches(), "PUT", "/_local/faults/s3")[0] == 404
    assert call(Switches(), "GET", "/_local/faults/events")[0] == 404
    assert call(Switches(), "PUT", "/bucket/_local/faults/events") == (418, "AWS")
