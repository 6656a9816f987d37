"""Serves pages, the stock and the live stock on one port, in a thread."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from tests.support.browser.fake_storefront.event_api import FakeEventApi
from tests.support.browser.fake_storefront.stock import FakeProduct, FakeStock, etag_of
from tests.support.waiting import until
from tools.local.ports import free_port
from tools.local.settings import PROJECT

BUILT_FILES = PROJECT / "clients" / "javascript"
API_KEY = "storefront-key"
SECONDS_MAX = 10
SUBSCRIBED_SECONDS_MAX = 30  # a page waits up to 60 seconds between many attempts, seconds between the first


@dataclass
class Answer:
    """A response before it is sent."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class FakeStorefront:
    """The API, and pages that use it. A page's content security policy allows what the README says, and no more."""

    port: int
    stock: FakeStock = field(default_factory=FakeStock)
    pages: dict[str, str] = field(default_factory=dict)
    hold: dict[str, Any] = field(default_factory=dict)  # what the shop's own backend answers at /hold
    is_down: bool = False
    expires_at: str = "2099-01-01T00:00:00.000Z"
    requests: Counter[str] = field(default_factory=Counter)
    events: FakeEventApi = field(init=False)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self.events = FakeEventApi(f"events.localhost:{self.port}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- what a test does

    def has(self, product_id: str, available: int, **more: Any) -> None:
        """Put a product into the shop."""
        self.stock.products[product_id] = FakeProduct(product_id, available, **more)

    def sells(self, product_id: str, *, left: int, is_pushed: bool = True) -> None:
        """Change the stock of a product, and push it."""
        product = self.stock.products[product_id]
        product.available = left
        product.sequence += 1
        if is_pushed:
            self.run(self.events.publish(product.to_json()["channel"], product.to_json()))

    def serves(self, path: str, body: str) -> None:
        """Serve a page with the web components."""
        self.pages[path] = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><script type="module" src="/inventory-widget.js"></script></head>
<body><main><h1>A shop</h1>{body}</main></body></html>"""

    def replaces_key(self) -> None:
        """Let the key of the live stock end, so that only a new one is taken."""
        self.events.key = "da2-second"
        self.run(self.events.hang_up())

    def loses_events(self) -> None:
        """AppSync is down."""
        self.events.is_down = True
        self.run(self.events.hang_up())

    def waits_for_subscriber(self) -> None:
        """Wait until a page is subscribed."""

        def is_subscribed() -> bool:
            return any(subscriber.channels for subscriber in self.events.subscribers)

        until(is_subscribed, "a page is subscribed", within_seconds=SUBSCRIBED_SECONDS_MAX)

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something in the server's loop."""
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(SECONDS_MAX)

    # --- the server

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """The ASGI application."""
        match scope["type"]:
            case "http":
                answer = self._answer(scope)
                headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
                await send({"type": "http.response.start", "status": answer.status, "headers": headers})
                await send({"type": "http.response.body", "body": answer.body, "more_body": False})
            case "websocket":
                await self.events.serve(scope, receive, send)
            case "lifespan":
                raise NotImplementedError  # the server goes on without it

    def _answer(self, scope: HTTPScope) -> Answer:
        path = scope["path"]
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.requests[path] += 1
        if path in self.pages:
            return Answer(200, self.pages[path].encode(), self._page_headers())
        if path == "/hold":
            return _json(self.hold) if self.hold else _problem(503, "BUSY")
        if path.startswith("/v1/"):
            return self._api_answer(path.removeprefix("/v1"), scope["query_string"].decode(), headers)
        file = BUILT_FILES / path.lstrip("/")
        if path.endswith(".js") and file.exists():
            return Answer(200, file.read_bytes(), {"content-type": "text/javascript", "cache-control": "no-store"})
        return _problem(404, "ROUTE_NOT_FOUND")

    def _api_answer(self, path: str, query: str, headers: Mapping[str, str]) -> Answer:
        if self.is_down:
            return _problem(503, "BUSY")
        if headers.get("x-api-key") != API_KEY:
            return _problem(401, "UNAUTHORIZED")
        if path == "/live-stock":
            return _json(self._live_stock())
        content = self.stock.look_up(parse_qs(query).get("product_id", []))
        etag = etag_of(content)
        if headers.get("if-none-match") == etag:
            self.requests["304"] += 1
            return Answer(304, b"", {"etag": etag})
        return _json(content, etag=etag)

    def _live_stock(self) -> dict[str, str]:
        return {
            "realtime_url": f"ws://events.localhost:{self.port}/event/realtime",
            "http_host": self.events.host,
            "api_key": self.events.key,
            "expires_at": self.expires_at,
        }

    def _page_headers(self) -> dict[str, str]:
        policy = (
            f"default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ws://{self.events.host}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
        )
        return {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}


def _json(content: object, **headers: str) -> Answer:
    return Answer(200, json.dumps(content).encode(), {"content-type": "application/json", **headers})


def _problem(status: int, code: str) -> Answer:
    content = {"status": status, "title": "", "detail": "a problem of the test", "code": code}
    return Answer(status, json.dumps(content).encode(), {"content-type": "application/problem+json"})


@contextmanager
def fake_storefront() -> Iterator[FakeStorefront]:
    """A storefront that runs."""
    storefront = FakeStorefront(free_port())
    config = Config()
    config.bind = [f"127.0.0.1:{storefront.port}"]
    config.errorlog = config.accesslog = None
    ended = asyncio.Event()

    async def run() -> None:
        await serve(storefront, config, shutdown_trigger=ended.wait)

    thread = threading.Thread(target=storefront.loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    try:
        yield storefront
    finally:
        storefront.run(storefront.events.hang_up())
        storefront.loop.call_soon_threadsafe(ended.set)
        thread.join(SECONDS_MAX)
