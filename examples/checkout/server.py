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
NOT_FOUND = Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND")
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
        self._handle()

    do_POST = do_PUT = do_DELETE = do_GET

    def _handle(self) -> None:
        """Answer one request. Every failure has a status that says whether it is worth to try again."""
        path = urlsplit(self.path).path
        if self.command == "GET" and (page := self.server.find_page(path)):
            return self._send(HTTPStatus.OK, *page)
        try:
            status, content = self._call(path, self._body())
        except Refused as error:
            status, content = error.status, {"code": error.code}
        except BadSignature as error:
            log.warning("A webhook was refused: %s", error)
            status, content = HTTPStatus.BAD_REQUEST, {"code": "BAD_SIGNATURE"}
        except (ValueError, TypeError, KeyError):
            status, content = HTTPStatus.BAD_REQUEST, {"code": "INVALID"}
        except (Unavailable, OSError) as error:  # nothing is lost: every call may be repeated
            log.warning("%s %s failed: %s", self.command, path, error)
            status, content = HTTPStatus.SERVICE_UNAVAILABLE, {"code": "TRY_AGAIN"}
        except ApiError as error:  # the inventory refuses it, so the same call again would be refused, too
            log.warning("%s %s was refused: %s", self.command, path, error)
            status, content = HTTPStatus.CONFLICT, {"code": error.code}
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self._send(status, headers, json.dumps(content).encode())

    def _call(self, path: str, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        checkout = self.server.checkout
        if (self.command, path) == ("POST", WEBHOOK_PATH):
            checkout.receive(body, self.headers.get(SIGNATURE_HEADER, ""), time.time())
            return HTTPStatus.OK, {}
        found = ORDER.fullmatch(path)
        if not found:
            raise NOT_FOUND
        order_id = found["order_id"]
        match self.command, bool(found["payment"]):
            case "PUT", False:
                return HTTPStatus.OK, checkout.hold(order_id, *_line(json.loads(body)))
            case "GET", False:
                return HTTPStatus.OK, checkout.order(order_id)
            case "POST", True:
                return HTTPStatus.ACCEPTED, checkout.pay(order_id, _card(json.loads(body)))
            case "DELETE", False:
                return HTTPStatus.OK, checkout.release(order_id)
        raise NOT_FOUND

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= BODY_BYTES_MAX:
            self.close_connection = True  # its body is not read
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE")
        return self.rfile.read(length)

    def _send(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing for each request: the checkout logs what happens."""


def _line(content: Mapping[str, Any]) -> tuple[str, int]:
    product_id, quantity = content["product_id"], content["quantity"]
    if not isinstance(product_id, str) or type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise ValueError("no such line")
    return product_id, quantity


def _card(content: Mapping[str, Any]) -> str:
    card = content["card"]
    if not isinstance(card, str) or len(card) > CARD_LENGTH_MAX:
        raise ValueError("no such card")
    return card
