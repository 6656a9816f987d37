"""One request of each function: it does everything that the function usually does."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory.model import Reservation
from tests.support.http.gateway import ApiRequest
from tests.support.shop import Shop

Event = dict[str, Any]

STARTED_AT = "2026-03-01T12:00:00.000Z"
LINES = [{"product_id": "P-1", "quantity": 2}]
CART = {"lines": LINES, "order_id": "ORDER-1", "customer_id": "CUSTOMER-1"}


@dataclass(frozen=True)
class MeasuredRequest:
    """A request of a function.

    `event` fills the tables with what the request needs, and returns the request; `is_done` says whether an answer is that
    of a request that did everything.
    """

    function: str
    module: str
    event: Callable[[Shop], Event]
    is_done: Callable[[Any], bool]


def _held(shop: Shop) -> Reservation:
    """A reservation whose execution waits for the payment."""
    shop.stocks("P-1", on_hand=100)
    return shop.holds(*LINES, order_id="ORDER-1", customer_id="CUSTOMER-1")


def _paid(shop: Shop) -> Reservation:
    reservation = _held(shop)
    return shop.pays(reservation).reservation


def _to_reserve(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=100)
    return _step("R-1", request=CART, started_at=STARTED_AT)


def _to_commit(shop: Shop) -> Event:
    return _step(_paid(shop).reservation_id)


def _to_release(shop: Shop) -> Event:
    return _step(_held(shop).reservation_id, reason="EXPIRED")


def _to_pay(shop: Shop) -> Event:
    return {"reservation_id": _held(shop).reservation_id, "outcome": "SUCCEEDED", "payment_reference": "PAY-1"}


def _to_cancel(shop: Shop) -> Event:
    return {"reservation_id": _held(shop).reservation_id}


def _to_look_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=100)
    return ApiRequest("GET", "/inventory/P-1").event()


def _to_check_out(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=100)
    return ApiRequest("POST", "/reservations", json.dumps(CART), headers={"Idempotency-Key": "R-1"}).event()


def _to_feed(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=100)
    change = {"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -1}
    body = json.dumps({"changes": [change]})
    return ApiRequest("POST", "/stock/changes", body, headers={"Idempotency-Key": "NIGHT-1"}).event()


def _to_list(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=100)
    claims = {"sub": "1b2c", "cognito:username": "ada", "cognito:groups": "inventory-managers"}
    return ApiRequest("GET", "/admin/inventory", claims=claims).event()


def _step(reservation_id: str, **more: Any) -> Event:
    return {"reservation_id": reservation_id, "execution_arn": f"arn:aws:states:::execution:{reservation_id}", **more}


def _is_committed(answer: Any) -> bool:
    return bool(answer["outcome"]["status"] == "COMMITTED")


def _has(**expected: Any) -> Callable[[Any], bool]:
    return lambda answer: expected.items() <= answer.items()


MEASURED = (
    MeasuredRequest("ReserveStock", "reserve_stock", _to_reserve, _has(status="HELD")),
    MeasuredRequest("CommitStock", "commit_stock", _to_commit, _is_committed),
    MeasuredRequest("ReleaseStock", "release_stock", _to_release, _has(status="RELEASED")),
    MeasuredRequest("RecordPayment", "record_payment", _to_pay, _has(status="PAID", fulfilled=True)),
    MeasuredRequest("CancelReservation", "cancel_reservation", _to_cancel, _has(status="RELEASED")),
    MeasuredRequest("ExtendHold", "extend_hold", _to_cancel, _has(status="HELD")),
    MeasuredRequest("StorefrontApi", "storefront_api", _to_look_up, _has(statusCode=200)),
    MeasuredRequest("CheckoutApi", "checkout_api", _to_check_out, _has(statusCode=201)),
    MeasuredRequest("StockFeedApi", "stock_feed_api", _to_feed, _has(statusCode=200)),
    MeasuredRequest("AdminApi", "admin_api", _to_list, _has(statusCode=200)),
)
