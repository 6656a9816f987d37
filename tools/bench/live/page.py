"""A page with the widget in a real Chromium, which notes when it has shown what."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from tests.support.browser.browsing import launch
from tools.bench.live.changes import Product, Seen
from tools.bench.part import CannotRun
from tools.local import Stack
from tools.local.settings import HOST, PROJECT

WIDGET = PROJECT / "clients" / "javascript" / "inventory-widget.js"
# The widget dispatches the event after it has changed its text.
NOTES = """
window.seen = [];
document.addEventListener("stock-change", ({ detail }) => {
  if (detail.stock) window.seen.push([detail.stock.product_id, detail.stock.available, Date.now()]);
});
"""
SHOWN_SECONDS_MAX = 30.0
POLL_SECONDS = 0.05


class LivePage:
    """An open page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.connections = 0  # that it has opened, ever
        page.on("websocket", self._count)

    def seen(self, product: Product) -> list[Seen]:
        """What it has shown of a product."""
        found = self._page.evaluate("id => window.seen.filter(([product]) => product === id)", product.product_id)
        return [Seen(int(units), at / 1000) for _, units, at in found]

    def waits_for(self, *products: Product, seconds: float = SHOWN_SECONDS_MAX) -> bool:
        """Wait until the last change of these products is shown; False if that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(product.is_shown_in(self.seen(product)) for product in products):
                return True
            self._page.wait_for_timeout(POLL_SECONDS * 1000)
        return False

    def rests(self, seconds: float) -> None:
        """Let time pass; the page goes on meanwhile."""
        self._page.wait_for_timeout(seconds * 1000)

    def is_away(self, *, away: bool) -> None:
        """Lose the network, or get it back."""
        self._page.context.set_offline(away)

    def _count(self, _: Any) -> None:
        self.connections += 1


@contextmanager
def live_page(stack: Stack, products: list[Product]) -> Iterator[LivePage]:
    """A page that shows these products.

    Raises:
        CannotRun: there is no Chromium.
    """
    elements = "".join(
        f'<p><stock-status product-id="{escape(one.product_id)}"></stock-status></p>' for one in products
    )
    settings = f'api-url="{escape(stack.outputs["ApiUrl"])}" api-key="{escape(str(stack.storefront_api_key))}"'
    html = (
        f'<!doctype html><html lang="en"><title>Live</title><script>{NOTES}</script>'
        f'<script type="module" src="/inventory-widget.js"></script>'
        f"<inventory-settings {settings}></inventory-settings>{elements}</html>"
    )
    with _served(html) as url, sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except Error as error:
            raise CannotRun("Chromium is not installed: make chromium") from error
        page = browser.new_page()
        shown = LivePage(page)
        page.goto(url)
        if not shown.waits_for(*products):
            raise RuntimeError("the page does not show the stock")
        yield shown
        browser.close()


@contextmanager
def _served(html: str) -> Iterator[str]:
    """The URL of the page, and beside it the widget."""
    widget = WIDGET.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_widget = self.path == "/inventory-widget.js"
            body = widget if is_widget else html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_widget else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
