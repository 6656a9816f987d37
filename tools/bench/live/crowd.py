"""Many subscribers: each has a WebSocket of its own, and follows one product."""

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from inventory_client import StorefrontClient

from inventory.live.channel import channel_of
from tools.bench.live.changes import Product, Seen
from tools.local import Stack
from tools.realtime_client import ConnectionLost, RealtimeClient

CONNECTIONS_A_SECOND = 25  # a local AWS is one process
CONNECTED_SECONDS_MAX = 120.0
BACK_OFF_SECONDS = (1.0, 5.0)
POLL_SECONDS = 0.1


@dataclass
class Subscriber:
    """One subscriber, and what it was sent."""

    product: Product
    seen: list[Seen] = field(default_factory=list)
    is_subscribed: bool = False
    reconnects: int = 0


class Crowd:
    """Subscribers in a thread of their own."""

    def __init__(self, stack: Stack, products: Sequence[Product], count: int) -> None:
        self.subscribers = [Subscriber(products[number % len(products)]) for number in range(count)]
        self._live_stock = StorefrontClient(
            stack.outputs["ApiUrl"], api_key=str(stack.storefront_api_key)
        ).get_live_stock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: list[asyncio.Task[None]] = []

    def connects(self) -> None:
        """Connect one after the other, and wait until all have subscribed."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        _wait_until(lambda: all(one.is_subscribed for one in self.subscribers), CONNECTED_SECONDS_MAX)
        if not all(one.is_subscribed for one in self.subscribers):
            raise RuntimeError("not all subscribers could connect")

    def waits_for_the_last_values(self, seconds: float) -> int:
        """Wait until everyone was sent the last value of its product; how many were not."""
        _wait_until(lambda: not self._without_last(), seconds)
        return self._without_last()

    def latencies(self, since: float) -> list[float]:
        """The latencies of all subscribers."""
        return [seconds for one in self.subscribers for seconds in one.product.latencies(one.seen, since)]

    @property
    def reconnects(self) -> int:
        """How often subscribers had to connect again."""
        return sum(one.reconnects for one in self.subscribers)

    def leaves(self) -> None:
        """Close all connections."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _without_last(self) -> int:
        changed = (one for one in self.subscribers if one.product.written_at)
        return sum(not one.product.is_shown_in(one.seen) for one in changed)

    async def _start(self) -> None:
        self._tasks = [
            self._loop.create_task(self._follow(one, number / CONNECTIONS_A_SECOND))
            for number, one in enumerate(self.subscribers)
        ]

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, subscriber: Subscriber, after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        while True:
            try:
                await self._listen(subscriber)
            except (ConnectionLost, OSError, TimeoutError):
                subscriber.is_subscribed = False
            subscriber.reconnects += 1
            await asyncio.sleep(random.uniform(*BACK_OFF_SECONDS))

    async def _listen(self, subscriber: Subscriber) -> None:
        live_stock = self._live_stock
        host, key = live_stock.http_host, live_stock.api_key
        client = await RealtimeClient.connect(live_stock.realtime_url, host, key)
        try:
            client.send({"type": "connection_init"})
            await client.receive()
            answer = await client.subscribe("1", channel_of(subscriber.product.product_id), key, host)
            if answer["type"] != "subscribe_success":
                raise ConnectionLost(str(answer))
            subscriber.is_subscribed = True
            while True:
                message = await client.receive(timeout_seconds=3600)
                if message["type"] == "data":
                    subscriber.seen.append(_seen(message["event"]))
        finally:
            await client.close()


@contextmanager
def crowd(stack: Stack, products: Sequence[Product], count: int) -> Iterator[Crowd]:
    """So many subscribers, all connected."""
    people = Crowd(stack, products, count)
    people.connects()
    try:
        yield people
    finally:
        people.leaves()


def _seen(event: Any) -> Seen:
    text = event[0] if isinstance(event, list) else event  # AWS's documentation shows a list
    return Seen(int(json.loads(text)["available"]), time.time())


def _wait_until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(POLL_SECONDS)
