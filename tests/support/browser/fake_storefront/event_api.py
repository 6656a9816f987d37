"""AppSync Events as a browser sees it: one WebSocket, subscriptions, keep-alive, and refusals.

https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, WebsocketScope

PROTOCOL = "aws-appsync-event-ws"
KEEP_ALIVE_MILLISECONDS = 300_000


@dataclass(eq=False)
class Subscriber:
    """One WebSocket, and its channels by the id of the subscription."""

    send: ASGISendCallable
    key: str
    channels: dict[str, str] = field(default_factory=dict)

    async def say(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        await self.send({"type": "websocket.send", "bytes": None, "text": json.dumps(message)})

    async def hang_up(self) -> None:
        """Close the connection."""
        await self.send({"type": "websocket.close", "code": 1001, "reason": None})


@dataclass
class FakeEventApi:
    """The event API. Its methods run in the server's loop."""

    host: str
    key: str = "da2-first"
    is_down: bool = False
    subscribers: list[Subscriber] = field(default_factory=list)
    connections: int = 0  # that were tried
    refused: int = 0

    async def serve(self, scope: WebsocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one connection."""
        await receive()
        self.connections += 1
        if self.is_down:
            await send({"type": "websocket.close", "code": 1011, "reason": None})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": []})
        subscriber = Subscriber(send, _credentials(scope["subprotocols"]).get("x-api-key", ""))
        if subscriber.key != self.key:
            self.refused += 1
            await subscriber.say({"type": "connection_error", "errors": [_unauthorized()]})
            await subscriber.hang_up()
            return
        self.subscribers.append(subscriber)
        try:
            await self._converse(subscriber, receive)
        finally:
            if subscriber in self.subscribers:
                self.subscribers.remove(subscriber)

    async def publish(self, channel: str, content: Mapping[str, Any]) -> None:
        """Send an event to everyone who subscribed to its channel."""
        for subscriber in list(self.subscribers):
            for subscription, subscribed in list(subscriber.channels.items()):
                if subscribed == channel:
                    await subscriber.say({"type": "data", "id": subscription, "event": json.dumps(content)})

    async def hang_up(self) -> None:
        """Close all connections."""
        for subscriber in list(self.subscribers):
            self.subscribers.remove(subscriber)
            await subscriber.hang_up()

    async def _converse(self, subscriber: Subscriber, receive: ASGIReceiveCallable) -> None:
        while (event := await receive())["type"] == "websocket.receive":
            message = json.loads(event.get("text") or "{}")
            match message["type"]:
                case "connection_init":
                    await subscriber.say({"type": "connection_ack", "connectionTimeoutMs": KEEP_ALIVE_MILLISECONDS})
                case "subscribe":
                    await self._subscribe(subscriber, message)
                case "unsubscribe":
                    subscriber.channels.pop(message["id"], None)
                    await subscriber.say({"type": "unsubscribe_success", "id": message["id"]})

    async def _subscribe(self, subscriber: Subscriber, message: Mapping[str, Any]) -> None:
        authorization = message["authorization"]
        if authorization != {"host": self.host, "x-api-key": self.key}:
            self.refused += 1
            await subscriber.say({"type": "subscribe_error", "id": message["id"], "errors": [_unauthorized()]})
            return
        subscriber.channels[message["id"]] = message["channel"]
        await subscriber.say({"type": "subscribe_success", "id": message["id"]})


def _credentials(subprotocols: Iterable[str]) -> dict[str, str]:
    """What the subprotocol `header-…` has in base64url."""
    encoded = next((name.removeprefix("header-") for name in subprotocols if name.startswith("header-")), "")
    padded = encoded + "=" * (-len(encoded) % 4)
    credentials: dict[str, str] = json.loads(base64.urlsafe_b64decode(padded) or b"{}")
    return credentials


def _unauthorized() -> dict[str, str]:
    return {"errorType": "UnauthorizedException", "message": "You are not authorized to make this call."}
