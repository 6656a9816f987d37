"""The example checkout over HTTP, with the pretended payment provider that calls it back."""

import http.client
import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

import pytest
from inventory_client import CheckoutClient, HoldLimitReached

from examples.checkout import provider as provider_module
from examples.checkout.checkout import Checkout
from examples.checkout.provider import PretendedProvider
from examples.checkout.records import Records
from examples.checkout.server import BODY_BYTES_MAX, WEBHOOK_PATH, CheckoutServer
from tests.support.waiting import until
from tests.unit.examples.fake_inventory import FakeInventory

SECRET = b"shared secret"
ORDER_ID = "6f1c1f7e-2d1b-4a52-9a4e-0c1d2b3a4f5e"
Answer = tuple[int, dict[str, Any]]


class ShopperOrStranger:
    """Calls the service as anybody can."""

    def __init__(self, port: int) -> None:
        self._port = port

    def calls(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """One call, and the JSON of its answer. A text is sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        body = content if isinstance(content, str) else json.dumps(content)
        connection.request(method, path, body=None if content is None else body, headers=headers)
        answer = connection.getresponse()
        status, found = answer.status, json.loads(answer.read())
        connection.close()
        return status, found


@pytest.fixture
def inventory() -> FakeInventory:
    return FakeInventory({"TEAPOT": 1})


@pytest.fixture
def shopper(inventory: FakeInventory, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopperOrStranger]:
    """Somebody in front of a shop whose banks decide at once."""
    monkeypatch.setattr(provider_module, "DECIDES_SECONDS", 0)
    server = CheckoutServer(("127.0.0.1", 0), {"/": ({"Content-Type": "text/html"}, b"{}")}.get)
    checkout = Checkout(
        stock=cast("CheckoutClient", inventory),
        provider=PretendedProvider(server.url + WEBHOOK_PATH, SECRET, slow_seconds=0),
        webhook_secret=SECRET,
        prices={"TEAPOT": 6_800},
        records=Records(),
        hold_seconds=60,
    )
    thread = threading.Thread(target=server.serve, args=(checkout,))
    thread.start()
    yield ShopperOrStranger(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def order(shopper: ShopperOrStranger) -> str:
    """The path of an order that holds the teapot."""
    path = f"/checkout/orders/{uuid4()}"
    status, answer = shopper.calls("PUT", path, {"product_id": "TEAPOT", "quantity": 1})
    assert (status, answer["status"]) == (HTTPStatus.OK, "HELD")
    return path


def test_a_shopper_holds_pays_and_has_bought(shopper: ShopperOrStranger, order: str) -> None:
    status, answer = shopper.calls("POST", f"{order}/payment", {"card": "accepted"})
    assert (status, answer["payment"]) == (HTTPStatus.ACCEPTED, "PENDING")

    until(lambda: shopper.calls("GET", order)[1]["status"] == "COMMITTED", "the webhook", within_seconds=10)


def test_a_declined_card_is_shown_and_the_order_is_still_held(shopper: ShopperOrStranger, order: str) -> None:
    shopper.calls("POST", f"{order}/payment", {"card": "declined"})

    until(lambda: shopper.calls("GET", order)[1]["payment"] == "DECLINED", "the webhook", within_seconds=10)
    assert shopper.calls("GET", order)[1]["status"] == "HELD"


def test_the_provider_sends_a_webhook_again_until_it_was_handled(
    shopper: ShopperOrStranger, order: str, inventory: FakeInventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_module, "PAUSE_SECONDS", 0)
    inventory.payments_that_fail = 2

    shopper.calls("POST", f"{order}/payment", {"card": "accepted"})

    until(lambda: shopper.calls("GET", order)[1]["status"] == "COMMITTED", "the webhook", within_seconds=10)
    assert inventory.payments_that_fail == 0


def test_the_second_shopper_is_refused_with_a_reason(shopper: ShopperOrStranger, order: str) -> None:
    another = f"/checkout/orders/{uuid4()}"

    refused = shopper.calls("PUT", another, {"product_id": "TEAPOT", "quantity": 1})

    assert refused == (HTTPStatus.CONFLICT, {"code": "SOLD_OUT"})


def test_an_order_is_given_back(shopper: ShopperOrStranger, order: str) -> None:
    assert shopper.calls("DELETE", order)[1]["status"] == "RELEASED"


@pytest.mark.parametrize("signature", ["", "t=1795000000,v1=00"])
def test_a_webhook_of_a_stranger_is_refused(shopper: ShopperOrStranger, order: str, signature: str) -> None:
    event = {"event_id": "evt-1", "type": "payment.succeeded", "reference": f"{order.rpartition('/')[2]}.1"}

    refused = shopper.calls("POST", WEBHOOK_PATH, event, **{"Provider-Signature": signature})

    assert refused == (HTTPStatus.BAD_REQUEST, {"code": "BAD_SIGNATURE"})
    assert shopper.calls("GET", order)[1]["status"] == "HELD"


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[]",
        {},
        {"product_id": "TEAPOT"},
        {"product_id": 7, "quantity": 1},
        {"product_id": "TEAPOT", "quantity": 0},
        {"product_id": "TEAPOT", "quantity": True},
        {"product_id": "TEAPOT", "quantity": 1_000_000},
    ],
)
def test_content_that_is_no_line_is_invalid(shopper: ShopperOrStranger, content: Any) -> None:
    answer = shopper.calls("PUT", f"/checkout/orders/{uuid4()}", content)

    assert answer == (HTTPStatus.BAD_REQUEST, {"code": "INVALID"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/checkout/orders/order-1"),  # an id that can be guessed is none
        ("POST", f"/checkout/orders/{ORDER_ID}"),
        ("DELETE", f"/checkout/orders/{ORDER_ID}/payment"),
        ("GET", WEBHOOK_PATH),
    ],
)
def test_there_are_no_other_calls(shopper: ShopperOrStranger, method: str, path: str) -> None:
    assert shopper.calls(method, path) == (HTTPStatus.NOT_FOUND, {"code": "NOT_FOUND"})


def test_an_unknown_order_is_not_found(shopper: ShopperOrStranger) -> None:
    answer = shopper.calls("GET", f"/checkout/orders/{uuid4()}")

    assert answer == (HTTPStatus.NOT_FOUND, {"code": "ORDER_NOT_FOUND"})


def test_too_much_is_not_read(shopper: ShopperOrStranger) -> None:
    answer = shopper.calls("PUT", f"/checkout/orders/{uuid4()}", "x" * (BODY_BYTES_MAX + 1))

    assert answer == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"code": "TOO_LARGE"})


def test_a_body_of_unknown_length_is_not_read(shopper: ShopperOrStranger) -> None:
    answer = shopper.calls("PUT", f"/checkout/orders/{uuid4()}", "0\r\n\r\n", **{"Transfer-Encoding": "chunked"})

    assert answer == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"code": "TOO_LARGE"})


def test_a_refusal_of_the_inventory_is_not_worth_another_try(
    shopper: ShopperOrStranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise HoldLimitReached(409, {"code": "HOLD_LIMIT_REACHED"})

    monkeypatch.setattr(FakeInventory, "create_reservation", refuses)

    answer = shopper.calls("PUT", f"/checkout/orders/{uuid4()}", {"product_id": "TEAPOT", "quantity": 1})

    assert answer == (HTTPStatus.CONFLICT, {"code": "HOLD_LIMIT_REACHED"})


def test_a_defect_is_logged_and_answered(
    shopper: ShopperOrStranger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_broken(*_: Any) -> None:
        raise KeyError("a key that is missing")

    monkeypatch.setattr(FakeInventory, "get_reservation", is_broken)

    answer = shopper.calls("GET", f"/checkout/orders/{uuid4()}")

    assert answer == (HTTPStatus.INTERNAL_SERVER_ERROR, {"code": "DEFECT"})
    assert "a key that is missing" in caplog.text


def test_an_inventory_that_is_down_is_worth_another_try(
    shopper: ShopperOrStranger, order: str, inventory: FakeInventory
) -> None:
    inventory.is_down = True

    assert shopper.calls("GET", order) == (HTTPStatus.SERVICE_UNAVAILABLE, {"code": "TRY_AGAIN"})


@pytest.mark.parametrize(("error", "is_logged"), [(BrokenPipeError(), False), (RuntimeError("a defect"), True)])
def test_a_browser_that_was_closed_is_no_error(
    error: Exception, is_logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with CheckoutServer(("127.0.0.1", 0)) as server:
        try:
            raise error
        except (BrokenPipeError, RuntimeError):
            server.handle_error(None, None)

    assert ("a defect" in caplog.text) == is_logged
