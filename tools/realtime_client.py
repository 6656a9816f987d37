"""A client of AppSync Events' realtime WebSocket, for benchmarks and tests.

https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
The host of a local AWS ends with `.localhost`, which Python does not resolve: the client connects to this machine.
"""

import asyncio
import base64
import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from wsproto import WSConnection
from wsproto.connection import ConnectionType
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Message,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError

PROTOCOL = "aws-appsync-event-ws"
CHUNK_BYTES = 65536
TIMEOUT_SECONDS = 30


class ConnectionLost(Exception):
    """The connection was refused or has ended."""


class RealtimeClient:
    """One connection. `messages` are what the server sent and nobody took yet."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._text = ""
        self._reading = asyncio.ensure_future(self._read())
        self.close_code: int | None = None

    @classmethod
    async def connect(cls, url: str, http_host: str, api_key: str) -> "RealtimeClient":
        """Open a connection with a key. It is not checked yet whether the server takes the key.

        Raises:
            ConnectionLost: the server refuses the WebSocket.
        """
        place = urlsplit(url)
        host = place.hostname or ""
        tls = ssl.create_default_context() if place.scheme == "wss" else None
        reached = "127.0.0.1" if host.endswith(".localhost") else host
        opened = asyncio.open_connection(reached, place.port or (443 if tls else 80), ssl=tls)
        client = cls(*await asyncio.wait_for(opened, TIMEOUT_SECONDS))
        protocols = [PROTOCOL, header_protocol({"host": http_host, "x-api-key": api_key})]
        client._send(Request(host=place.netloc, target=place.path, subprotocols=protocols))
        try:
            await asyncio.wait_for(client._accepted, TIMEOUT_SECONDS)
        except ConnectionLost:
            await client.close()
            raise
        return client

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message. As in a browser, nothing is sent after the server has closed the connection."""
        with suppress(LocalProtocolError):
            self._send(TextMessage(data=json.dumps(message)))

    async def receive(self, timeout_seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
        """The next message of the server.

        Raises:
            ConnectionLost: the connection has ended.
            TimeoutError: no message came.
        """
        message = await asyncio.wait_for(self._messages.get(), timeout_seconds)
        if message is None:
            self._messages.put_nowait(None)
            raise ConnectionLost(f"closed with code {self.close_code}")
        return message

    async def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send a message, and wait for the next one of the server."""
        self.send(message)
        return await self.receive()

    async def subscribe(self, subscription_id: str, channel: str, api_key: str, http_host: str) -> dict[str, Any]:
        """Subscribe to a channel: the server's answer."""
        authorization = {"host": http_host, "x-api-key": api_key}
        subscription = {"type": "subscribe", "id": subscription_id, "channel": channel}
        return await self.ask({**subscription, "authorization": authorization})

    async def close(self) -> None:
        """Close the connection."""
        self._reading.cancel()
        self._writer.close()
        await asyncio.gather(self._reading, self._writer.wait_closed(), return_exceptions=True)

    def _send(self, event: Any) -> None:
        self._writer.write(self._protocol.send(event))

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(CHUNK_BYTES):
                self._protocol.receive_data(data)
                for event in self._protocol.events():
                    self._handle(event)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._refuse("the connection ended")
            self._messages.put_nowait(None)

    def _handle(self, event: Any) -> None:
        match event:
            case AcceptConnection():
                self._accepted.set_result(None)
            case RejectConnection():
                self._refuse(f"refused with status {event.status_code}")
            case Ping():
                self._send(event.response())
            case CloseConnection():
                self.close_code = int(event.code)
                self._refuse("closed")
            case Message():
                self._text += str(event.data)
                if event.message_finished:
                    self._messages.put_nowait(json.loads(self._text))
                    self._text = ""

    def _refuse(self, reason: str) -> None:
        if not self._accepted.done():
            self._accepted.set_exception(ConnectionLost(reason))
            self._accepted.exception()  # a caller that was cancelled does not ask for it


def header_protocol(headers: Mapping[str, str]) -> str:
    """The subprotocol with which a client sends the headers that a browser cannot send."""
    encoded = base64.urlsafe_b64encode(json.dumps(headers).encode()).decode().rstrip("=")
    return f"header-{encoded}"
