"""The realtime WebSocket speaks AppSync's protocol, and refuses what AppSync refuses."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.template.source import resource
from tests.unit.tools.event_api.event_api import IAM_MODE, KEY_MODE, Client, EventApi
from tools.local.event_api.subscriptions import UNSENT_MAX

HANDLERS = resource("LiveStockNamespace")["CodeHandlers"]
SUBSCRIBED = {"type": "subscribe_success", "id": "1"}


def talk(conversation: Callable[[EventApi], Coroutine[Any, Any, None]], api: EventApi | None = None) -> EventApi:
    """Run a conversation with an Event API, which gets all its connections back."""
    served = api or EventApi()

    async def run() -> None:
        await conversation(served)
        await asyncio.sleep(0)

    with ThreadPoolExecutor() as thread:  # this thread may have an event loop of the browser tests
        thread.submit(asyncio.run, run()).result()
    return served


async def subscribe(client: Client, channel: str = "/shop/p-1", **more: Any) -> Any:
    """The answer to a subscription with the id 1."""
    return await client.asks(**{"type": "subscribe", "id": "1", "channel": channel, **more})


def error_of(message: dict[str, Any]) -> tuple[str, str]:
    """The type of a refusal, and of its error."""
    [error] = message["errors"]
    return message["type"], error["errorType"]


def test_a_subscription_gets_the_events_of_its_channel_only() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        assert await client.event() == {"type": "websocket.accept", "subprotocol": "aws-appsync-event-ws"}
        acknowledged = await client.asks(type="connection_init")
        assert acknowledged == {"type": "connection_ack", "connectionTimeoutMs": 300_000}
        assert await subscribe(client) == SUBSCRIBED

        api.publishes("/shop/p-2", '"of another product"')
        api.publishes("/shop/p-1", '{"available": 3}', '{"available": 2}')

        assert await client.message() == {"type": "data", "id": "1", "event": '{"available": 3}'}
        assert await client.message() == {"type": "data", "id": "1", "event": '{"available": 2}'}
        await client.leaves()

    api = talk(conversation)
    assert not api.subscriptions.connections


def test_a_subscription_to_any_channel_gets_the_events_of_one_segment() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        assert await subscribe(client, "/shop/*") == SUBSCRIBED

        api.publishes("/shop/p-1/deeper", "1")
        api.publishes("/shop/p-1", "2")

        assert (await client.message())["event"] == "2"

    talk(conversation)


def test_an_ended_subscription_gets_nothing() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        await subscribe(client)
        assert await client.asks(type="unsubscribe", id="1") == {"type": "unsubscribe_success", "id": "1"}

        api.publishes("/shop/p-1", "1")

        assert error_of(await client.asks(type="unsubscribe", id="1")) == ("unsubscribe_error", "UnknownOperationError")

    talk(conversation)


def test_a_wrong_key_gets_an_error_and_is_disconnected() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects("da2-wrong")

        assert error_of(await client.message()) == ("connection_error", "UnauthorizedException")
        assert await client.event() == {"type": "websocket.close", "code": 4401}

    talk(conversation)


def test_an_expired_key_is_refused_for_connections_and_subscriptions() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        await client.asks(type="connection_init")

        api.keys.expire("live", api.key)

        assert error_of(await subscribe(client)) == ("subscribe_error", "UnauthorizedException")
        assert error_of(await api.connects().message()) == ("connection_error", "UnauthorizedException")

    talk(conversation)


def test_subscriptions_that_appsync_does_not_take_are_refused() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        bad, unauthorized = ("subscribe_error", "BadRequestException"), ("subscribe_error", "UnauthorizedException")

        assert error_of(await subscribe(client, "/other/p-1")) == unauthorized
        assert error_of(await subscribe(client, "/shop/a_b")) == bad
        assert error_of(await subscribe(client, id="")) == bad
        assert error_of(await subscribe(client, authorization={"x-api-key": "wrong"})) == unauthorized
        assert await subscribe(client, authorization={"X-Api-Key": api.key}) == SUBSCRIBED
        assert error_of(await subscribe(client)) == ("subscribe_error", "DuplicatedOperationException")
        assert error_of(await client.asks(type="dance")) == ("error", "UnsupportedOperation")

    talk(conversation)


def test_handlers_admit_the_channel_of_one_product_only() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()

        assert error_of(await subscribe(client, "/shop/*")) == ("subscribe_error", "UnauthorizedException")
        assert error_of(await subscribe(client, "/shop/p-1")) == ("subscribe_error", "UnauthorizedException")
        assert await subscribe(client, f"/shop/{'a' * 40}") == SUBSCRIBED

    talk(conversation, EventApi(handlers=HANDLERS))


def test_a_namespace_for_signed_subscribers_refuses_keys() -> None:
    async def conversation(api: EventApi) -> None:
        assert error_of(await subscribe(api.connects())) == ("subscribe_error", "UnauthorizedException")

    talk(conversation, EventApi(subscribe_modes=IAM_MODE))


def test_a_client_publishes_only_if_the_namespace_allows_keys() -> None:
    publish = {"type": "publish", "id": "2", "channel": "/shop/p-1", "events": ["1"]}

    async def refused(api: EventApi) -> None:
        assert error_of(await api.connects().asks(**publish)) == ("publish_error", "UnauthorizedException")

    async def accepted(api: EventApi) -> None:
        answer = await api.connects().asks(**publish)
        assert (answer["type"], len(answer["successful"])) == ("publish_success", 1)

    talk(refused)
    talk(accepted, EventApi(KEY_MODE))


def test_an_unknown_api_or_path_and_a_service_that_is_down_take_no_connections() -> None:
    refused = {"type": "websocket.close"}

    async def conversation(api: EventApi) -> None:
        assert await api.connects(api_id="other").event() == refused
        assert await api.connects(path="/event").event() == refused
        api.is_down = True
        assert await api.connects().event() == refused

    talk(conversation)


def test_a_service_that_goes_down_closes_its_connections() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        await subscribe(client)

        api.subscriptions.close_all()

        assert await client.event() == {"type": "websocket.close", "code": 1001}

    assert not talk(conversation).subscriptions.connections


def test_a_client_that_does_not_read_is_disconnected() -> None:
    async def conversation(api: EventApi) -> None:
        client = api.connects()
        await subscribe(client)

        for _ in range(UNSENT_MAX // 5 + 1):
            api.publishes("/shop/p-1", *(["1"] * 5))

        await asyncio.wait_for(client.session, 5)

    assert not talk(conversation).subscriptions.connections
