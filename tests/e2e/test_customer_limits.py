"""The hold limits of a customer: every function that ends a hold also frees it, with its own role."""

from collections.abc import Callable

import pytest
from inventory_client import PaymentOutcome

from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

End = Callable[[str, CheckoutService, Manager], object]


def is_sold(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    service.pay(reservation_id, "PAY-1")


def expires(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    """Do nothing: the workflow releases the hold."""


def is_declined(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    service.decline(reservation_id, retry=False)


def is_cancelled(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    service.cancel(reservation_id)


def is_declined_over_http(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    service.http.record_payment(reservation_id, PaymentOutcome.FAILED)


def is_cancelled_over_http(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    service.http.cancel_reservation(reservation_id)


def is_released_by_hand(reservation_id: str, service: CheckoutService, manager: Manager) -> None:
    manager.posts(f"/admin/reservations/{reservation_id}/release", {"reason": "the shopper called"})


ENDS = [
    is_sold,
    expires,
    is_declined,
    is_cancelled,
    is_declined_over_http,
    is_cancelled_over_http,
    is_released_by_hand,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_every_end_of_a_hold_frees_it(
    stack: Stack, service: CheckoutService, manager: Manager, stock_loader: StockLoader, end: End
) -> None:
    name = f"LIMIT-{end.__name__}"
    lines = [{"product_id": "KIT-0015", "quantity": 2}]
    hold_seconds = 10 if end is expires else 120
    service.start(name, {"lines": lines, "customer_id": name, "hold_seconds": hold_seconds})
    service.await_status(name, "HELD")
    held = held_by(name, stack)

    end(name, service, manager)
    ended = service.await_end(name)

    assert ended.status == "SUCCEEDED", ended
    assert (held, held_by(name, stack)) == ((1, 2), (0, 0))


def held_by(customer_id: str, stack: Stack) -> tuple[int, int]:
    """How many reservations and units a customer holds."""
    key = {"customer_id": {"S": customer_id}}
    row = stack.client("dynamodb").get_item(TableName=stack.outputs["CustomersTableName"], Key=key)["Item"]
    return int(row["active_holds"]["N"]), int(row["held_units"]["N"])
