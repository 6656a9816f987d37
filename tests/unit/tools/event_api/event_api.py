"""An Event API in memory, with one namespace and one key, and its clients."""

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.unit.tools.refusals.fake_clock import FakeClock
from tools.local.event_api.api_keys import ApiKeys
from tools.local.event_api.authorization import Authorization
from tools.local.event_api.publishing import Publishing
from tools.local.event_api.realtime import PROTOCOL, Realtime
from tools.local.event_api.subscriptions import Subscriptions

KEY_MODE, IAM_MODE = [{"authType": "API_KEY"}], [{"authType": "AWS_IAM"}]
TIMEOUT_SECONDS = 5


class EventApi:
    """The API `live`. Signed callers may publish to what `allowed` names; `shop` is the only namespace."""

    def __init__(
        self, publish_modes: Any = IAM_MODE, *, subscribe_modes: Any = KEY_MODE, handlers: str | None = None
    ) -> None:
        apis = {"live": {"eventConfig": {"connectionAuthModes": KEY_MODE}}}
        modes = {"publishAuthModes": publish_modes, "subscribeAuthModes": subscribe_modes}
        namespaces = {"live": {"shop": modes | {"codeHandlers": handlers}}}
        self.keys = ApiKeys({}, FakeClock())
        self.key: str = self.keys.create("live", {})["id"]
        self.allowed = {"shop"}
        self.is_down = False
        self.subscriptions = Subscriptions()
        authorization = Authorization(apis, namespaces, self.keys)
        self.publishing = Publishing(authorization, self.subscriptions, self._denial)
        self.realtime = Realtime(authorization, self.subscriptions, lambda: self.is_down)

    def publishes(self, channel: object, *events: object, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """The status and the content of the answer to a publish, signed unless other headers are given."""
        signed = {"authorization": "AWS4-HMAC-SHA256 Credential=…"}
        body = json.dumps({"channel": channel, "events": list(events)}).encode()
        status, _, answer = self.publishing.publish("live", signed if headers is None else headers, body)
        return status, json.loads(answer)

    def connects(self, key: str | None = None, api_id: str = "live", path: str = "/event/realtime") -> "Client":
        """A client with a key, the right one unless another is given. It runs in the running event loop."""
        return Client(self.realtime, key or self.key, api_id, path)

    def _denial(self, headers: Mapping[str, str], api_id: str, namespace: str) -> str | None:
        return None if namespace in self.allowed else "User is not authorized"


class Client:
    """A WebSocket client without a network."""

    def __init__(self, realtime: Realtime, key: str, api_id: str, path: str) -> None:
        encoded = base64.urlsafe_b64encode(json.dumps({"host": "h", "x-api-key": key}).encode()).decode().rstrip("=")
        scope = {"path": path, "subprotocols": [PROTOCOL, f"header-{encoded}"]}
        self._sent: asyncio.Queue[Any] = asyncio.Queue()
        self._received: asyncio.Queue[Any] = asyncio.Queue()
        self._sent.put_nowait({"type": "websocket.connect"})
        self.session = asyncio.ensure_future(realtime.handle(scope, self._sent.get, self._received.put, api_id))

    async def event(self) -> dict[str, Any]:
        """The next event that the server sends to the web server."""
        event: dict[str, Any] = await asyncio.wait_for(self._received.get(), TIMEOUT_SECONDS)
        return event

    async def message(self) -> dict[str, Any]:
        """The next message."""
        event = await self.event()
        while event["type"] == "websocket.accept":
            event = await self.event()
        message: dict[str, Any] = json.loads(event["text"])
        return message

    async def asks(self, **message: Any) -> dict[str, Any]:
        """Send a message, and wait for the next one of the server."""
        self._sent.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
        return await self.message()

    async def leaves(self) -> None:
        """Close the connection, and wait for the end of its session."""
        self._sent.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.session, TIMEOUT_SECONDS)
