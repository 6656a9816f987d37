"""Who gets the events of a channel: the subscriptions of all open connections."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.local.event_api.channels import Channel, patterns_of

# A client that reads slower than this many messages is disconnected, so that it cannot use up the memory.
UNSENT_MAX = 2_000

Message = Mapping[str, Any]


@dataclass(eq=False)
class Connection:
    """An open WebSocket: what is to be sent to it, and the channels of its subscriptions."""

    api_id: str
    unsent: asyncio.Queue[Message | None] = field(default_factory=lambda: asyncio.Queue(UNSENT_MAX))
    channels: dict[str, Channel] = field(default_factory=dict)
    is_closing: bool = False

    def send(self, message: Message) -> None:
        """Put a message into the queue of what is to be sent."""
        if self.is_closing:
            return
        try:
            self.unsent.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """Drop what is unsent, and let the session end."""
        self.is_closing = True
        while not self.unsent.empty():
            self.unsent.get_nowait()
        self.unsent.put_nowait(None)


class Subscriptions:
    """All subscriptions, by API and channel. All calls come from one event loop."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self._subscribed: dict[tuple[str, Channel], dict[Connection, list[str]]] = defaultdict(dict)

    def add(self, connection: Connection, subscription_id: str, channel: Channel) -> None:
        """Subscribe a connection to a channel."""
        connection.channels[subscription_id] = channel
        self._subscribed[connection.api_id, channel].setdefault(connection, []).append(subscription_id)

    def remove(self, connection: Connection, subscription_id: str) -> bool:
        """End a subscription. The result is False if there is none with this id."""
        channel = connection.channels.pop(subscription_id, None)
        if channel is None:
            return False
        place = connection.api_id, channel
        ids = self._subscribed[place][connection]
        ids.remove(subscription_id)
        if not ids:
            del self._subscribed[place][connection]
        if not self._subscribed[place]:
            del self._subscribed[place]
        return True

    def forget(self, connection: Connection) -> None:
        """Remove a connection that has ended, with all its subscriptions."""
        for subscription_id in list(connection.channels):
            self.remove(connection, subscription_id)
        self.connections.discard(connection)

    def publish(self, api_id: str, channel: Channel, event: str) -> None:
        """Send an event to all subscriptions of its channel."""
        for connection, subscription_id in self._of(api_id, channel):
            connection.send({"type": "data", "id": subscription_id, "event": event})

    def close_all(self) -> None:
        """Close all connections."""
        for connection in list(self.connections):
            connection.close()

    def _of(self, api_id: str, channel: Channel) -> Iterator[tuple[Connection, str]]:
        for pattern in patterns_of(channel):
            for connection, ids in list(self._subscribed.get((api_id, pattern), {}).items()):
                for subscription_id in list(ids):
                    yield connection, subscription_id
