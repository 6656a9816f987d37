"""The endpoint with which tests switch faults, at a path that no service of AWS has.

`PUT /_local/faults/{service}` with `{"down": true}` or `{"delay_seconds": 5}`; `{}` ends the fault.
`POST /_local/event-api/{api id}/expire/{key}` lets a key of an Event API end now.
"""

import json
from collections.abc import Callable
from typing import Any

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, Scope

from tools.local.event_api.api_keys import KeyRefused
from tools.local.faults.switches import SERVICES, Fault, Switches

ROOT = "/_local/"

# Lets a key of an API end now.
Expire = Callable[[str, str], Any]


def serve_faults(application: ASGIFramework, switches: Switches, expire: Expire) -> ASGIFramework:
    """Wrap an application: requests below `/_local/` switch faults."""

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(ROOT):
            await application(scope, receive, send)
            return
        status, answer = _answer(
            scope["method"], scope["path"].removeprefix(ROOT).split("/"), await _body(receive), switches, expire
        )
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode(), "more_body": False})

    return serve


def _answer(method: str, path: list[str], body: bytes, switches: Switches, expire: Expire) -> tuple[int, Any]:
    match method, path:
        case "PUT", ["faults", service] if service in SERVICES:
            try:
                switches.set(service, Fault.parse(json.loads(body or b"{}")))
            except ValueError as error:
                return 400, {"message": str(error)}
            return 200, {}
        case "POST", ["event-api", api_id, "expire", key]:
            try:
                return 200, expire(api_id, key)
            except KeyRefused as error:
                return 404, {"message": str(error)}
        case _:
            return 404, {"message": f"There is no {'/'.join(path)}. The services with faults: {', '.join(SERVICES)}."}


async def _body(receive: ASGIReceiveCallable) -> bytes:
    content = b""
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return content
        content += event["body"]
        if not event["more_body"]:
            return content
