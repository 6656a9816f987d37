"""The realtime WebSocket of an Event API.

https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
The client offers the subprotocols `aws-appsync-event-ws` and `header-<base64url of {"host", "x-api-key"}>`. A key that is
not accepted is answered with the message `connection_error`, after which the connection is closed. Clients can connect,
subscribe and publish with keys only; IAM and tokens are refused.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from tools.local.event_api.authorization import Authorization, Operation
from tools.local.event_api.channels import parse_channel
from tools.local.event_api.publishing import Refusal, deliver, parse_events
from tools.local.event_api.subscriptions import Connection, Subscriptions

PROTOCOL = "aws-appsync-event-ws"
HEADER = "header-"
KEEP_ALIVE_SECONDS = 60
CONNECTION_TIMEOUT_MILLISECONDS = 300_000
UNAUTHORIZED_CODE = 4401
SUBSCRIPTIONS_MAX = 100  # of one connection

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Realtime:
    """Serves the connections of all clients."""

    def __init__(
        self, authorization: Authorization, subscriptions: Subscriptions, is_down: Callable[[], bool] = lambda: False
    ) -> None:
        self._authorization = authorization
        self._subscriptions = subscriptions
        self._is_down = is_down

    async def handle(self, scope: Mapping[str, Any], receive: Receive, send: Send, api_id: str) -> None:
        """Serve one connection until it ends."""
        await receive()  # websocket.connect
        if self._is_down() or scope["path"] != "/event/realtime" or not self._authorization.is_api(api_id):
            await send({"type": "websocket.close"})  # before it was accepted: the client gets a 403
            return
        offered = scope.get("subprotocols") or []
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if PROTOCOL in offered else None})
        key = _key(_offered_headers(offered))
        if not self._authorization.may_connect(api_id, key):
            await send({"type": "websocket.send", "text": json.dumps(_connection_error())})
            await send({"type": "websocket.close", "code": UNAUTHORIZED_CODE})
            return
        await self._serve(Connection(api_id), key, receive, send)

    async def _serve(self, connection: Connection, key: object, receive: Receive, send: Send) -> None:
        self._subscriptions.connections.add(connection)
        tasks = [asyncio.ensure_future(work) for work in (_write(connection, send), _keep_alive(connection))]
        reader = asyncio.ensure_future(self._read(connection, key, receive))
        try:
            await asyncio.wait([reader, tasks[0]], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._subscriptions.forget(connection)
            for task in (reader, *tasks):
                task.cancel()
            await asyncio.gather(reader, *tasks, return_exceptions=True)
            with suppress(Exception):  # the client has already left
                await send({"type": "websocket.close", "code": 1001 if connection.is_closing else 1000})

    async def _read(self, connection: Connection, key: object, receive: Receive) -> None:
        while (event := await receive())["type"] == "websocket.receive":
            try:
                frame = json.loads(event.get("text") or event.get("bytes") or "")
                connection.send(self._answer(connection, key, frame))
            except (ValueError, TypeError, AttributeError):
                connection.send({"type": "error", "errors": [_error("BadRequestException", "Invalid message")]})

    def _answer(self, connection: Connection, key: object, frame: Mapping[str, Any]) -> Mapping[str, Any]:
        match frame.get("type"):
            case "connection_init":
                return {"type": "connection_ack", "connectionTimeoutMs": CONNECTION_TIMEOUT_MILLISECONDS}
            case "subscribe":
                return self._subscribe(connection, key, frame)
            case "unsubscribe":
                return self._unsubscribe(connection, frame)
            case "publish":
                return self._publish(connection, key, frame)
            case _:
                return {"type": "error", "errors": [_error("UnsupportedOperation", "Operation not supported")]}

    def _subscribe(self, connection: Connection, key: object, frame: Mapping[str, Any]) -> Mapping[str, Any]:
        subscription_id, channel = frame.get("id"), parse_channel(frame.get("channel"), may_end_with_any=True)
        refused = {"type": "subscribe_error", "id": subscription_id}
        if not isinstance(subscription_id, str) or not subscription_id:
            return {**refused, "errors": [_error("BadRequestException", "Invalid subscription id")]}
        if channel is None:
            return {**refused, "errors": [_error("BadRequestException", "Invalid Channel Format")]}
        own_key = _key(frame["authorization"]) if frame.get("authorization") else key
        is_allowed = self._authorization.allows_key(connection.api_id, channel, Operation.SUBSCRIBE, own_key)
        if not is_allowed or not self._authorization.admits_subscription(connection.api_id, channel):
            return {**refused, "errors": [_error("UnauthorizedException", "You are not authorized to make this call.")]}
        if subscription_id in connection.channels:
            return {**refused, "errors": [_error("DuplicatedOperationException", "Duplicated subscription id")]}
        if len(connection.channels) >= SUBSCRIPTIONS_MAX:
            return {**refused, "errors": [_error("LimitExceededException", "Too many subscriptions")]}
        self._subscriptions.add(connection, subscription_id, channel)
        return {"type": "subscribe_success", "id": subscription_id}

    def _unsubscribe(self, connection: Connection, frame: Mapping[str, Any]) -> Mapping[str, Any]:
        subscription_id = frame.get("id")
        if self._subscriptions.remove(connection, str(subscription_id)):
            return {"type": "unsubscribe_success", "id": subscription_id}
        error = _error("UnknownOperationError", f"Unknown operation id {subscription_id}")
        return {"type": "unsubscribe_error", "id": subscription_id, "errors": [error]}

    def _publish(self, connection: Connection, key: object, frame: Mapping[str, Any]) -> Mapping[str, Any]:
        """Publish for a client, if the namespace allows keys for that."""
        refused = {"type": "publish_error", "id": frame.get("id")}
        try:
            channel, events = parse_events(frame)
        except Refusal as error:
            return {**refused, "errors": [_error(error.code, error.message)]}
        own_key = _key(frame["authorization"]) if frame.get("authorization") else key
        if not self._authorization.allows_key(connection.api_id, channel, Operation.PUBLISH, own_key):
            return {**refused, "errors": [_error("UnauthorizedException", "You are not authorized to make this call.")]}
        delivered = deliver(self._subscriptions, connection.api_id, channel, events)
        return {"type": "publish_success", "id": frame.get("id"), **delivered}


async def _write(connection: Connection, send: Send) -> None:
    while (message := await connection.unsent.get()) is not None:
        await send({"type": "websocket.send", "text": json.dumps(message)})


async def _keep_alive(connection: Connection) -> None:
    while True:
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        connection.send({"type": "ka"})


def _offered_headers(offered: list[str]) -> Any:
    """The headers that a client sends as a subprotocol; None without valid ones."""
    for protocol in offered:
        if protocol.startswith(HEADER):
            encoded = protocol.removeprefix(HEADER)
            try:
                return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
            except ValueError:
                return None
    return None


def _key(headers: Any) -> object:
    """The API key among a client's headers, which may be written in any case."""
    if not isinstance(headers, dict):
        return None
    return next((value for name, value in headers.items() if name.lower() == "x-api-key"), None)


def _connection_error() -> Event:
    error = {**_error("UnauthorizedException", "You are not authorized to make this call."), "errorCode": 401}
    return {"type": "connection_error", "errors": [error]}


def _error(code: str, message: str) -> Event:
    return {"errorType": code, "message": message}
