"""The checkout service's HTTP: it parses, calls the checkout, and answers."""

import json
import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import urlsplit

from inventory_client import ApiError, Unavailable

from examples.checkout.checkout import Checkout, Refused
from examples.checkout.webhooks import SIGNATURE_HEADER, BadSignature

# An id is random, so it is a secret of the shopper's page: nobody guesses the order of somebody else.
ORDER = re.compile(r"/checkout/orders/(?P<order_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<payment>/payment)?")
WEBHOOK_PATH = "/checkout/webhooks/payment"
BODY_BYTES_MAX = 10_000
QUANTITY_MAX = 10
CARD_LENGTH_MAX = 40
IDLE_SECONDS = 30
NOT_FOUND = (HTTPStatus.NOT_FOUND, "NOT_FOUND")
INVALID = (HTTPStatus.BAD_REQUEST, "INVALID")
JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
log = logging.getLogger("checkout")

Page = tuple[Mapping[str, str], bytes]  # headers and body
FindPage = Callable[[str], Page | None]


class CheckoutServer(ThreadingHTTPServer):
    """Serves the checkout, and the pages of the shop beside it: they have one origin, so the page needs no CORS."""

    daemon_threads = True
    checkout: Checkout

    def __init__(self, address: tuple[str, int], find_page: FindPage = lambda path: None) -> None:
        super().__init__(address, _Handler)
        self.find_page = find_page

    def server_bind(self) -> None:
        """Bind, without the base class's look-up of the machine's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.server_name}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that was closed before its answer came."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("A request failed")

    def serve(self, checkout: Checkout) -> None:
        """Serve this checkout until `shutdown` is called."""
        self.checkout = checkout
        self.serve_forever(poll_interval=0.1)


class _Handler(BaseHTTPRequestHandler):
    server: CheckoutServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:  # the names that the base class calls
        path = urlsplit(self.path).path
        try:
            body = self._body()
            page = self.server.find_page(path) if self.command == "GET" else None
            status, content = (HTTPStatus.OK, {}) if page else self._call(path, body)
        except Exception as error:  # noqa: BLE001  # the browser always gets an answer
            page = None
            status, content = self._problem(path, error)
        self._send(status, *(page or (JSON_HEADERS, json.dumps(content).encode())))

    do_POST = do_PUT = do_DELETE = do_GET

    def _problem(self, path: str, error: Exception) -> tuple[HTTPStatus, dict[str, Any]]:
        """The answer for an error. Its status says whether the same call is worth another try."""
        match error:
            case Refused():
                return error.status, {"code": error.code}
            case BadSignature():
                log.warning("A webhook was refused: %s", error)
                return HTTPStatus.BAD_REQUEST, {"code": "BAD_SIGNATURE"}
            case Unavailable() | OSError():  # nothing is lost: every call may be repeated
                log.warning("%s %s failed: %s", self.command, path, error)
                return HTTPStatus.SERVICE_UNAVAILABLE, {"code": "TRY_AGAIN"}
            case ApiError():  # the inventory would refuse the same call again
                log.warning("%s %s was refused: %s", self.command, path, error)
                return HTTPStatus.CONFLICT, {"code": error.code}
        log.error("%s %s is a defect", self.command, path, exc_info=error)
        return HTTPStatus.INTERNAL_SERVER_ERROR, {"code": "DEFECT"}

    def _call(self, path: str, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        checkout = self.server.checkout
        if (self.command, path) == ("POST", WEBHOOK_PATH):
            checkout.receive(body, self.headers.get(SIGNATURE_HEADER, ""), time.time())
            return HTTPStatus.OK, {}
        found = ORDER.fullmatch(path)
        if not found:
            raise Refused(*NOT_FOUND)
        order_id = found["order_id"]
        match self.command, bool(found["payment"]):
            case "PUT", False:
                return HTTPStatus.OK, checkout.hold(order_id, *_line(body))
            case "GET", False:
                return HTTPStatus.OK, checkout.order(order_id)
            case "POST", True:
                return HTTPStatus.ACCEPTED, checkout.pay(order_id, _card(body))
            case "DELETE", False:
                return HTTPStatus.OK, checkout.release(order_id)
        raise Refused(*NOT_FOUND)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if (
            not length.isdecimal()
            or len(length) > 9
            or int(length) > BODY_BYTES_MAX
            or "Transfer-Encoding" in self.headers
        ):
            self.close_connection = True  # its body is not read, and must not be taken for the next request
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE")
        return self.rfile.read(int(length))

    def _send(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing for each request: the checkout logs what happens."""


def _line(body: bytes) -> tuple[str, int]:
    content = _parse(body)
    product_id, quantity = content.get("product_id"), content.get("quantity")
    if not isinstance(product_id, str) or type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise Refused(*INVALID)
    return product_id, quantity


def _card(body: bytes) -> str:
    card = _parse(body).get("card")
    if not isinstance(card, str) or len(card) > CARD_LENGTH_MAX:
        raise Refused(*INVALID)
    return card


def _parse(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise Refused(*INVALID) from error
    if not isinstance(content, dict):
        raise Refused(*INVALID)
    return content
