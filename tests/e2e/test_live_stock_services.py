"""The services of AWS that the live stock uses behave on the local AWS as on AWS.

Their rules have their own tests in tests/unit/tools/event_api, streams and faults.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from inventory.live.channel import channel_of
from tests.support.deployed.event_api import DeployedEventApi
from tests.support.deployed.stream_stack import StreamStack
from tests.support.waiting import until
from tools.local import Credentials, Stack
from tools.local.faults.client import expire_key, fault
from tools.local.faults.switches import EVENT_API, EVENTS
from tools.realtime_client import ConnectionLost

WITHIN_SECONDS = 120  # on a busy machine
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def event_api(stack: Stack) -> DeployedEventApi:
    """The stack's Event API."""
    return DeployedEventApi(stack)


@pytest.fixture(scope="module")
def streams(stack: Stack) -> StreamStack:
    """A function that reads a stream and a queue."""
    return StreamStack(stack)


def run(conversation: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a conversation with the realtime WebSocket."""
    with ThreadPoolExecutor() as thread:
        thread.submit(asyncio.run, conversation()).result()


def a_channel() -> str:
    """A channel that nobody else uses."""
    return channel_of(str(uuid4()))


def a_caller(stack: Stack, *statements: Any) -> Credentials:
    """A user with these permissions."""
    iam, name = stack.client("iam"), f"u-{uuid4().hex}"
    iam.create_user(UserName=name)
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def test_a_page_gets_what_an_allowed_publisher_sends(event_api: DeployedEventApi, stack: Stack) -> None:
    channel = a_channel()

    async def conversation() -> None:
        page = await event_api.subscribes(channel)
        assert event_api.publishes(channel, {"available": 3})[0] == 200
        assert await page.receive() == {"type": "data", "id": "1", "event": '{"available": 3}'}
        await page.close()

    run(conversation)
    assert event_api.publishes(channel, 1, credentials=a_caller(stack))[0] == 403
    assert event_api.publishes_with_key(channel, 1)[0] == 401
    assert event_api.publishes("/unknown/channel", 1)[0] == 401


def test_an_expired_key_is_refused(event_api: DeployedEventApi, stack: Stack) -> None:
    key = event_api.control.create_api_key(apiId=event_api.api_id)["apiKey"]["id"]

    async def conversation() -> None:
        page = await event_api.connects(key)
        assert (await page.receive())["type"] == "connection_ack"
        await asyncio.to_thread(expire_key, stack, event_api.api_id, key)
        refused = await page.subscribe("1", a_channel(), key, event_api.http_host)
        assert refused["errors"][0]["errorType"] == "UnauthorizedException"
        late = await event_api.connects(key)
        assert (await late.receive())["type"] == "connection_error"
        with pytest.raises(ConnectionLost, match="4401"):
            await late.receive()

    run(conversation)
    event_api.control.delete_api_key(apiId=event_api.api_id, id=key)


def test_hundreds_of_pages_connect_at_once(event_api: DeployedEventApi) -> None:
    channel = a_channel()

    async def conversation() -> None:
        pages = await asyncio.gather(*(event_api.subscribes(channel) for _ in range(300)))
        await asyncio.to_thread(event_api.publishes, channel, {"available": 1})
        events = await asyncio.gather(*(page.receive() for page in pages))
        assert {event["event"] for event in events} == {'{"available": 1}'}
        await asyncio.gather(*(page.close() for page in pages))

    run(conversation)


def test_an_event_api_that_is_down_takes_no_events_and_no_connections(
    event_api: DeployedEventApi, stack: Stack
) -> None:
    channel = a_channel()

    async def conversation() -> None:
        page = await event_api.subscribes(channel)
        with fault(stack, EVENT_API, down=True):
            with pytest.raises(ConnectionLost):
                await page.receive()
            with pytest.raises(ConnectionLost):
                await event_api.connects()
            assert event_api.publishes(channel, 1)[0] == 503
        assert event_api.publishes(channel, 1)[0] == 200
        await (await event_api.subscribes(channel)).close()

    run(conversation)


def test_only_the_records_of_a_stream_that_fail_are_given_up(streams: StreamStack) -> None:
    streams.writes("first", "fail-1", "second", "raise-1", "third")
    streams.deletes("first")

    expected = ["first INSERT []", "second INSERT []", "third INSERT []"]
    until(lambda: set(expected) <= set(streams.processed), "the rows that do not fail", within_seconds=WITHIN_SECONDS)
    failed: list[str] = []
    until(lambda: len(_more(failed, streams, "FailedRows")) == 2, "two failures", within_seconds=WITHIN_SECONDS)
    for message in map(json.loads, failed):
        assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
        assert message["requestContext"]["approximateInvokeCount"] == 2
        assert message["DDBStreamBatchInfo"]["batchSize"] == 1
        assert "Records" not in message
    assert not [line for line in streams.processed if "REMOVE" in line]


def test_only_the_messages_of_a_queue_that_fail_are_redriven(streams: StreamStack) -> None:
    streams.sends("good", "fail-message", "better")

    failed: list[str] = []
    until(lambda: bool(_more(failed, streams, "FailedMessages")), "the dead letter", within_seconds=WITHIN_SECONDS)

    assert failed == ["fail-message"]
    for text in ("good", "better"):
        assert [line.split()[0] for line in streams.processed].count(text) == 1


def test_events_of_a_bus_reach_the_queue_of_a_rule_unless_it_is_down(stack: Stack) -> None:
    events, sqs, name = stack.client("events"), stack.client("sqs"), f"bus-{uuid4().hex[:8]}"
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["inventory"]}))
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": queue}])
    allowed = a_caller(stack, {"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus})
    entry = {"Source": "inventory", "DetailType": "StockChanged", "Detail": '{"n": 1}', "EventBusName": name}

    def put(credentials: Credentials, bus_name: str = name) -> str:
        """The code of the error, or nothing."""
        try:
            stack.client("events", credentials, ONCE).put_events(Entries=[{**entry, "EventBusName": bus_name}])
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    assert put(allowed) == ""
    assert put(allowed, "default") == put(a_caller(stack)) == "AccessDeniedException"
    with fault(stack, EVENTS, down=True):
        assert put(allowed) == "ServiceUnavailableException"
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)["Messages"]
    event = json.loads(message["Body"])
    assert (event["source"], event["detail-type"], event["detail"]) == ("inventory", "StockChanged", {"n": 1})


def _more(found: list[str], streams: StreamStack, queue: str) -> list[str]:
    """What was found so far, with what is in a queue now."""
    found += streams.failed(queue)
    return found
