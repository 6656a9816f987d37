"""The orders of the shop on the pictures: what each customer does, and when."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from inventory_client import InsufficientStock, Line, Money, PaymentOutcome, PaymentUnfulfilled

from tools.demo.checkout import CheckoutService

Customer = Callable[["Order", CheckoutService], None]

LASTS_SECONDS = 900  # a hold that ends soon on the overview, and not before the last picture
SHORT_SECONDS = 1
TOO_MANY = 400
DECIDED = ("HELD", "REJECTED")
MISCOUNTED = "KIT-0016"  # two managers count it at once: nobody buys it


@dataclass(frozen=True)
class Order:
    """One try to buy something. An order that was tried more than once has several of them."""

    order_id: str
    customer_id: str | None
    lines: tuple[tuple[str, int], ...]
    does: Customer
    attempt: int = 1
    hold_seconds: int = LASTS_SECONDS
    price_cents: int = 2490

    @property
    def reservation_id(self) -> str:
        """An id of a usual length."""
        return f"cart-{uuid5(NAMESPACE_URL, f'{self.order_id}/{self.attempt}')}"

    @property
    def payment_reference(self) -> str:
        """The reference of the payment."""
        return f"pay_{uuid5(NAMESPACE_URL, self.reservation_id).hex[:20]}"

    @property
    def money(self) -> Money:
        """What the lines cost."""
        units = sum(quantity for _, quantity in self.lines)
        return Money(amount=f"{units * self.price_cents / 100:.2f}", currency="EUR")


def holds(order: Order, service: CheckoutService) -> None:
    """Fills the cart, and has not paid yet."""
    service.start(
        order.reservation_id,
        {
            "lines": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in order.lines],
            "order_id": order.order_id,
            "customer_id": order.customer_id,
            "hold_seconds": order.hold_seconds,
        },
    )
    service.await_status(order.reservation_id, *DECIDED, "RELEASED")


def pays(order: Order, service: CheckoutService) -> None:
    """Fills the cart, and pays. A payment that comes too late is to be returned."""
    holds(order, service)
    _send_payment(order, service)


def waits_too_long(order: Order, service: CheckoutService) -> None:
    """Fills the cart, and lets the hold expire."""
    holds(order, service)
    service.await_status(order.reservation_id, "RELEASED")


def cancels(order: Order, service: CheckoutService) -> None:
    """Fills the cart, and empties it again."""
    holds(order, service)
    service.await_token(order.reservation_id)
    service.cancel(order.reservation_id)


def is_declined(order: Order, service: CheckoutService) -> None:
    """Has a card that the bank declines."""
    holds(order, service)
    service.await_token(order.reservation_id)
    service.decline(order.reservation_id, retry=False)


def pays_after_cancelling(order: Order, service: CheckoutService) -> None:
    """Cancels, although the payment is on its way."""
    cancels(order, service)
    _send_payment(order, service)


def wants_too_many(order: Order, service: CheckoutService) -> None:
    """Asks for more than there is."""
    with suppress(InsufficientStock):
        service.http.create_reservation(
            [Line(product_id, quantity) for product_id, quantity in order.lines],
            key=order.reservation_id,
            order_id=order.order_id,
        )


def is_not_readable(order: Order, service: CheckoutService) -> None:
    """Comes from a checkout that sends a line without units, so its execution fails."""
    service.start(
        order.reservation_id,
        {
            "lines": [{"product_id": product_id, "quantity": 0} for product_id, _ in order.lines],
            "order_id": order.order_id,
        },
    )


def _send_payment(order: Order, service: CheckoutService) -> None:
    with suppress(PaymentUnfulfilled):
        service.http.record_payment(
            order.reservation_id,
            PaymentOutcome.SUCCEEDED,
            payment_reference=order.payment_reference,
            money=order.money,
        )


# How many units of a product each of its customers bought: what runs out is what sells.
SOLD = {
    "KIT-0001": (1, 2, 1, 3),
    "KIT-0002": (4, 3, 5),
    "KIT-0007": (6, 6),
    "KIT-0011": (2, 4, 1),
    "KIT-0013": (5, 3),
    "KIT-0014": (2, 2, 2),
    "KIT-0015": (3, 4),
    "LMP-0001": (2, 3),
}


def sales() -> Iterable[Order]:
    """The orders that were paid."""
    bought = [(product_id, units) for product_id, carts in SOLD.items() for units in carts]
    for number, line in enumerate(bought, start=10_411):
        yield Order(f"SO-2026-{number}", f"C-{number + 9_640}", (line,), pays)


# The order of the timeline: it expired, was declined, was cancelled, and was paid at last.
TRIED_AGAIN = (
    Order("SO-2026-10482", "C-20871", (("KIT-0001", 2), ("KIT-0003", 1)), waits_too_long, 1, SHORT_SECONDS),
    Order("SO-2026-10482", "C-20871", (("KIT-0001", 2), ("KIT-0003", 1)), is_declined, 2),
    Order("SO-2026-10482", "C-20871", (("KIT-0001", 2),), cancels, 3),
    Order("SO-2026-10482", "C-20871", (("KIT-0001", 2), ("KIT-0003", 1), ("KIT-0008", 4)), pays, 4),
)
PAID_AT_LAST = TRIED_AGAIN[-1]

# The hold that a manager is about to release.
TO_RELEASE = Order("SO-2026-10507", "C-20147", (("KIT-0010", 2), ("KIT-0003", 1)), holds, hold_seconds=3_600)

OTHERS = (
    TO_RELEASE,
    # All nine salad bowls are held by four carts.
    *(
        Order(f"SO-2026-{number}", f"C-{number + 9_640}", (("KIT-0004", units),), holds, 1, seconds)
        for number, units, seconds in ((10_501, 3, 600), (10_502, 2, 660), (10_503, 3, 780), (10_504, 1, 900))
    ),
    Order("SO-2026-10505", "C-20145", (("KIT-0012", 2), ("KIT-0006", 1), ("KIT-0009", 2)), holds),
    Order("SO-2026-10506", None, (("KIT-0010", 1),), holds, 1, 720),
    Order("SO-2026-10511", "C-20151", (("KIT-0002", TOO_MANY),), wants_too_many),
    Order("SO-2026-10512", "C-20152", (("KIT-0012", TOO_MANY),), wants_too_many),
    Order("SO-2026-10513", "C-20153", (("LMP-0001", TOO_MANY), ("KIT-0001", 1)), wants_too_many),
    Order("SO-2026-10521", "C-20161", (("KIT-0005", 1),), pays_after_cancelling),
    Order("SO-2026-10522", "C-20162", (("KIT-0005", 3), ("KIT-0006", 1)), pays_after_cancelling),
    Order("SO-2026-10523", "C-20163", (("KIT-0008", 2),), pays_after_cancelling),
    Order("SO-2026-10531", "C-20171", (("KIT-0009", 1),), waits_too_long, 1, SHORT_SECONDS),
    Order("SO-2026-10541", None, (("KIT-0001", 1),), is_not_readable),
    Order("SO-2026-10542", None, (("KIT-0003", 2),), is_not_readable),
)
