"""Live stock on the deployed component: what a machine writes reaches a page that is open, and other systems."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import boto3
import pytest
from inventory_client import ChangeKind, StockChange, StockClient

from tests.support.waiting import until
from tools.local import Stack
from tools.realtime_client import RealtimeClient

CONSUMERS = {"PublishChangesFunctionName": 2, "RepublishChangesFunctionName": 2, "FollowChangesFunctionName": 4}


def asked(stack: Stack, path: str) -> dict[str, Any]:
    """What the storefront API answers a page."""
    assert stack.storefront_api_key
    request = urllib.request.Request(
        f"{stack.outputs['ApiUrl']}{path}", headers={"x-api-key": stack.storefront_api_key}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: dict[str, Any] = json.load(answer)
    return content


@pytest.fixture
def machine(stack: Stack) -> StockClient:
    """A machine that changes stock."""
    assert stack.stock_feed
    session = boto3.Session(
        stack.stock_feed.access_key_id, stack.stock_feed.secret_access_key, region_name=stack.region
    )
    return StockClient(stack.outputs["ApiUrl"], session=session)


@pytest.fixture
def events(stack: Stack) -> Iterator[str]:
    """The URL of a queue that gets the events of the bus."""
    sqs, bus = stack.client("sqs"), stack.client("events")
    name = f"events-{uuid4()}"
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    at = {"EventBusName": stack.outputs["EventBusName"]}
    bus.put_rule(Name=name, EventPattern=json.dumps({"source": ["inventory"]}), **at)
    bus.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}], **at)
    yield url
    bus.remove_targets(Rule=name, Ids=["queue"], **at)
    bus.delete_rule(Name=name, **at)
    sqs.delete_queue(QueueUrl=url)


def shown(stack: Stack, product_id: str) -> dict[str, Any]:
    """The stock of a product as a page reads it."""
    [stock] = asked(stack, f"/inventory?{urlencode({'product_id': product_id})}")["items"]
    found: dict[str, Any] = stock
    return found


def receives(machine: StockClient, product_id: str, units: int) -> None:
    [result] = machine.feed_stock([StockChange(product_id, ChangeKind.RECEIVED, delta=units)], key=str(uuid4()))
    assert result.result == "APPLIED"


async def pushed(live: dict[str, Any], channel: str, change: Any) -> dict[str, Any]:
    """The first push to a page that subscribes to a channel and then waits for a change."""
    page = await RealtimeClient.connect(live["realtime_url"], live["http_host"], live["api_key"])
    try:
        assert (await page.ask({"type": "connection_init"}))["type"] == "connection_ack"
        answer = await page.subscribe("1", channel, live["api_key"], live["http_host"])
        assert answer["type"] == "subscribe_success"
        await asyncio.to_thread(change)
        while (message := await page.receive())["type"] != "data":
            pass
    finally:
        await page.close()
    event = message["event"]
    content: dict[str, Any] = json.loads(event if isinstance(event, str) else event[0])
    return content


def test_a_change_of_stock_is_pushed_to_an_open_page(stack: Stack, machine: StockClient) -> None:
    product_id = f"live / {uuid4()}"
    receives(machine, product_id, 5)
    until(lambda: shown(stack, product_id)["sequence"] > 0, "the first change is published", within_seconds=30)
    before = shown(stack, product_id)

    push = asyncio.run(pushed(asked(stack, "/live-stock"), before["channel"], lambda: receives(machine, product_id, 2)))

    assert push["available"] == 7
    assert push["sequence"] > before["sequence"]
    assert push == shown(stack, product_id)


@pytest.mark.parametrize("channel", ["/stock/*", "/stock", "/stock/abc", "/other/abc"])
def test_a_channel_that_is_no_product_s_cannot_be_subscribed_to(stack: Stack, channel: str) -> None:
    live = asked(stack, "/live-stock")

    async def answer() -> dict[str, Any]:
        page = await RealtimeClient.connect(live["realtime_url"], live["http_host"], live["api_key"])
        try:
            await page.ask({"type": "connection_init"})
            answer: dict[str, Any] = await page.subscribe("1", channel, live["api_key"], live["http_host"])
            return answer
        finally:
            await page.close()

    found = asyncio.run(answer())
    assert found["type"] == "subscribe_error"
    assert found["errors"][0]["errorType"] == "UnauthorizedException"


def test_a_change_of_stock_is_an_event_on_the_bus(stack: Stack, machine: StockClient, events: str) -> None:
    product_id = f"live / {uuid4()}"

    receives(machine, product_id, 5)

    found: list[Any] = []

    def has_arrived() -> bool:
        answer = stack.client("sqs").receive_message(QueueUrl=events, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", ())]
        found.extend(event for event in bodies if event["detail"].get("product_id") == product_id)
        return bool(found)

    until(has_arrived, "the event arrives", within_seconds=30)
    event = found[0]
    assert (event["source"], event["detail-type"]) == ("inventory", "StockChanged")
    assert event["detail"]["sequence"] == 1


def test_the_key_of_pages_is_renewed_by_its_job(stack: Stack) -> None:
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs["RenewLiveStockKeyFunctionName"])

    renewed = json.load(answer["Payload"])
    assert "FunctionError" not in answer, renewed
    assert asked(stack, "/live-stock")["expires_at"] <= renewed["expires_at"]


@pytest.mark.parametrize("output", CONSUMERS)
def test_the_streams_and_queues_are_consumed(stack: Stack, output: str) -> None:
    found = stack.client("lambda").list_event_source_mappings(FunctionName=stack.outputs[output])

    assert [mapping["State"] for mapping in found["EventSourceMappings"]] == ["Enabled"] * CONSUMERS[output]
