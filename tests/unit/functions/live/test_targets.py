"""What the targets of live stock are sent, and how their answers are read."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError

from inventory.aws.queues import BYTES_MAX, ENTRIES_MAX, Queue, chunks
from inventory.errors import TransientError
from inventory.live.events import DetailType, Event
from inventory.live.targets.breaker import PAUSE, Breaker
from inventory.live.targets.event_bus import EventBus
from inventory.live.targets.pages import Connection, Pages

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "api-1.appsync-api.eu-central-1.amazonaws.com"


class Http:
    """Answers requests with what a test has prepared, and keeps them."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []

    def send(self, request: Any) -> Any:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answered(status: int = 200, content: str = '{"failed": [], "successful": []}') -> Any:
    return SimpleNamespace(status_code=status, content=content.encode(), text=content)


def pages_over(http: Http, endpoint_url: str | None = None) -> Pages:
    return Pages(
        lambda: Connection(http, lambda: Credentials("id", "secret", "token"), "eu-central-1"), HOST, endpoint_url
    )


def test_a_push_is_signed_for_the_host_of_the_api() -> None:
    http = Http(answered())

    assert pages_over(http).push("/stock/abc", {"name": "Käse"}, NOW)

    [request] = http.requests
    assert request.url == f"https://{HOST}/event"
    assert "/eu-central-1/appsync/aws4_request" in request.headers["Authorization"]
    body = json.loads(request.body)
    assert (body["channel"], [json.loads(event) for event in body["events"]]) == ("/stock/abc", [{"name": "Käse"}])


def test_a_push_to_a_local_aws_names_the_host_that_it_is_signed_for() -> None:
    http = Http(answered())

    pages_over(http, "http://127.0.0.1:4566/").push("/stock/abc", {}, NOW)

    [request] = http.requests
    assert (request.url, request.headers["Host"]) == ("http://127.0.0.1:4566/event", HOST)
    assert "host" in request.headers["Authorization"]


def test_a_push_over_a_connection_that_was_closed_meanwhile_is_made_again() -> None:
    http = Http(ConnectionClosedError(endpoint_url=HOST), answered())

    assert pages_over(http).push("/stock/abc", {}, NOW)


@pytest.mark.parametrize(
    "answer",
    [
        answered(500),
        answered(403, '{"errors": []}'),
        answered(200, '{"failed": [{"index": 0}]}'),
        answered(200, "<html>"),
        answered(200, "[]"),
        ConnectTimeoutError(endpoint_url=HOST),
    ],
)
def test_a_push_that_is_not_accepted_is_known(answer: Any) -> None:
    pages = pages_over(Http(answer, answered()))

    assert not pages.push("/stock/abc", {}, NOW)
    assert not pages.push("/stock/abc", {}, NOW), "nothing is tried so soon after a failure"
    assert pages.push("/stock/abc", {}, NOW + PAUSE)


def test_of_all_that_wait_for_a_broken_target_one_tries() -> None:
    breaker = Breaker()
    breaker.failed(NOW)

    assert [breaker.may_try(NOW + PAUSE) for _ in range(3)] == [True, False, False]

    breaker.worked()
    assert breaker.may_try(NOW + PAUSE)


def test_lists_are_cut_by_their_number_and_their_size() -> None:
    assert list(map(len, chunks(["x"] * 25, len))) == [ENTRIES_MAX, ENTRIES_MAX, 5]
    assert list(map(len, chunks(["x" * (BYTES_MAX // 2)] * 3, len))) == [2, 1]
    assert list(map(len, chunks(["x" * (BYTES_MAX + 1), "y"], len))) == [1, 1]
    assert list(chunks([], len)) == []


def client(operation: str, answer: Callable[..., Any]) -> Callable[[], Any]:
    return lambda: SimpleNamespace(**{operation: answer})


def test_an_event_is_sent_with_its_time_and_only_what_was_accepted_counts() -> None:
    sent: list[Any] = []

    def put_events(Entries: list[Any]) -> Any:
        sent.extend(Entries)
        return {"Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}]}

    events = [Event.of(DetailType.SOLD_OUT, {"product_id": name}, 1, NOW) for name in ("P-1", "P-2")]

    accepted = EventBus(client("put_events", put_events), "shop").send(events, NOW + timedelta(hours=1))

    assert accepted == {events[0].event_id}
    assert (sent[0]["EventBusName"], sent[0]["Source"], sent[0]["DetailType"]) == ("shop", "inventory", "SoldOut")
    assert sent[0]["Time"] == NOW
    assert json.loads(sent[0]["Detail"]) == events[0].detail


def test_a_queue_that_does_not_take_every_message_is_an_error() -> None:
    queue = Queue(client("send_message_batch", lambda **_: {"Failed": [{"Code": "InternalError"}]}), "url")

    with pytest.raises(TransientError, match="InternalError"):
        queue.put([{"product_id": "P-1"}])


def test_the_same_event_has_the_same_id_and_another_one_another() -> None:
    def event(**content: Any) -> Event:
        return Event.of(DetailType.SOLD_OUT, {"product_id": "P-1"} | content, 1, NOW)

    assert event().event_id == event().event_id == Event.from_text(event().to_text()).event_id
    assert event().event_id != event(product_id="P-2").event_id
