"""The checkout: holds stock, lets the shopper pay, and does what the payment provider's webhooks say."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol

from inventory_client import (
    AlreadyDecided,
    CheckoutClient,
    InsufficientStock,
    Line,
    Money,
    NotFound,
    PaymentOutcome,
    PaymentUnfulfilled,
    Reservation,
)

from examples.checkout.records import Payment, Records
from examples.checkout.webhooks import verify

CURRENCY = "EUR"
log = logging.getLogger("checkout")


class Refused(Exception):
    """The shopper's call cannot be done. The page shows the reason for its code."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Charge:
    """What the payment provider is asked to charge. The same reference is charged once."""

    reference: str
    amount: str
    currency: str
    card: str


class Provider(Protocol):
    """A payment provider, as the checkout sees it."""

    def charge(self, charge: Charge) -> None:
        """Ask for a payment. Its outcome comes as a webhook. Raises OSError if nothing is known of the request."""

    def refund(self, payment_id: str) -> None:
        """Return the money of a payment, once however often it is asked. Raises OSError if it is not known to be done."""


@dataclass(frozen=True)
class Checkout:
    """The checkout of one shop."""

    stock: CheckoutClient
    provider: Provider
    webhook_secret: bytes = field(repr=False)
    prices: Mapping[str, int]  # of a unit, in cents: never believe a price that a page sends
    records: Records
    hold_seconds: int

    def hold(self, order_id: str, product_id: str, quantity: int) -> dict[str, Any]:
        """Hold the units of an order. The order's id is the key, so a double click holds them once."""
        if product_id not in self.prices:
            raise Refused(HTTPStatus.NOT_FOUND, "PRODUCT_NOT_FOUND")
        lines = [Line(product_id, quantity)]
        try:
            held = self.stock.create_reservation(lines, key=order_id, order_id=order_id, hold_seconds=self.hold_seconds)
        except InsufficientStock as error:
            raise Refused(HTTPStatus.CONFLICT, "SOLD_OUT") from error
        log.info("%s: held %d of %s", order_id[:8], quantity, product_id)
        return self._answer(held)

    def order(self, order_id: str) -> dict[str, Any]:
        """An order as the page shows it; the countdown reads its `held_until` and `server_time`."""
        try:
            return self._answer(self.stock.get_reservation(order_id))
        except NotFound as error:
            raise Refused(HTTPStatus.NOT_FOUND, "ORDER_NOT_FOUND") from error

    def pay(self, order_id: str, card: str) -> dict[str, Any]:
        """Ask the provider for the money. Whether it is paid, only the webhook says."""
        try:
            held = self.stock.extend_reservation(order_id)  # time for the bank; and no money for a hold that has ended
        except (AlreadyDecided, NotFound) as error:
            raise Refused(HTTPStatus.CONFLICT, "HOLD_ENDED") from error
        reference = self.records.begin_attempt(order_id)
        cents = sum(self.prices[line.product_id] * line.quantity for line in held.lines)
        try:
            self.provider.charge(Charge(reference, f"{cents / 100:.2f}", CURRENCY, card))
        except OSError as error:  # it may have been charged all the same: a repeated click sends the same reference
            log.warning("%s: the payment provider did not answer: %s", order_id[:8], error)
        return self._answer(held)

    def release(self, order_id: str) -> dict[str, Any]:
        """Give the units back at once, for the next shopper."""
        try:
            released = self.stock.cancel_reservation(order_id)
        except (AlreadyDecided, NotFound) as error:
            raise Refused(HTTPStatus.CONFLICT, "HOLD_ENDED") from error
        log.info("%s: released", order_id[:8])
        return self._answer(released)

    def receive(self, body: bytes, signature: str, now: float) -> None:
        """Do what a webhook says, once. An error lets the provider send it again.

        Raises:
            BadSignature: the provider did not send it, or not now.
        """
        verify(self.webhook_secret, body, signature, now)
        event = json.loads(body)
        if self.records.is_handled(event["event_id"]):
            return  # sent again because our answer was lost, or replayed by somebody
        if event["type"] == "payment.succeeded":
            self._sell(event)
        elif event["type"] == "payment.declined":
            self._keep_hold(event)
        self.records.mark_handled(event["event_id"])  # last: after a crash before this line the provider sends it again

    def _sell(self, event: Mapping[str, Any]) -> None:
        """The money is there: the units are sold, or the money goes back."""
        order_id, reference = _order_of(event), event["payment_id"]
        money = Money(event["amount"], event["currency"])
        try:
            self.stock.record_payment(order_id, PaymentOutcome.SUCCEEDED, payment_reference=reference, money=money)
        except (PaymentUnfulfilled, NotFound):  # too late and sold to others, or paid twice
            self.provider.refund(reference)
            self.records.end_attempt(event["reference"], Payment.REFUNDED)
            log.info("%s: paid too late, refunded", order_id[:8])
        else:
            self.records.end_attempt(event["reference"], Payment.SUCCEEDED)
            log.info("%s: paid, sold", order_id[:8])

    def _keep_hold(self, event: Mapping[str, Any]) -> None:
        """The card was declined: the shopper may try another one while the hold lasts."""
        order_id = _order_of(event)
        try:
            self.stock.record_payment(order_id, PaymentOutcome.FAILED, retry=True)
        except (AlreadyDecided, NotFound):
            pass  # the hold ended meanwhile, so there is nothing to keep
        self.records.end_attempt(event["reference"], Payment.DECLINED)
        log.info("%s: declined, still held", order_id[:8])

    def _answer(self, reservation: Reservation) -> dict[str, Any]:
        return {
            "order_id": reservation.order_id or reservation.reservation_id,
            "status": reservation.status,
            "reason": reservation.reason,
            "held_until": reservation.held_until,
            "server_time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "payment": self.records.payment_of(reservation.reservation_id),
        }


def _order_of(event: Mapping[str, Any]) -> str:
    order_id, _, _ = str(event["reference"]).rpartition(".")
    return order_id
