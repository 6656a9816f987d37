"""The client for checkout services."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from inventory_client.authentication import sigv4
from inventory_client.model import Line, Money, PaymentOutcome, Reservation, ReservationList
from inventory_client.transport import READ_TIMEOUT_SECONDS, Transport

if TYPE_CHECKING:
    import boto3


class ReservationOptions(TypedDict, total=False):
    """What a checkout may say beside its lines. An option that is None is not sent."""

    order_id: str | None  # your id of the order
    customer_id: str | None  # whose holds are limited
    hold_seconds: int | None  # how long to wait for the payment; the default is 900
    accept: Literal["PARTIAL"] | None  # hold what there is, and not all lines or none


class CheckoutClient:
    """Holds stock for checkouts. Its calls are signed with AWS credentials, and it is safe to repeat every call."""

    def __init__(
        self,
        url: str,
        *,
        session: "boto3.Session | None" = None,
        region: str | None = None,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        """Create a client.

        Args:
            url: the API's URL with its stage, for example https://….execute-api.eu-central-1.amazonaws.com/v1
            session: has the credentials that sign the calls; by default boto3 finds them.
            region: the API's region; by default the session's.
            timeout_seconds: how long one attempt waits for its response.

        Raises:
            ImportError: boto3 is not installed; the package's extra `checkout` contains it.
        """
        self._transport = Transport(url, sigv4(session, region), timeout_seconds)

    def create_reservation(
        self, lines: Sequence[Line], *, key: str, **options: Unpack[ReservationOptions]
    ) -> Reservation:
        """Hold all lines, or nothing. The key becomes the reservation's id; the same key never holds stock twice.

        A key has 1 to 128 printable ASCII characters.

        With `accept="PARTIAL"` what there is is held: the `lines` of the reservation have what is held, and its `shortages`
        every line of which less is held than was asked.

        Returns:
            The reservation. It is PENDING if it was not decided within five seconds: then call `get_reservation`.

        Raises:
            InsufficientStock: there is not enough stock for a line; with `accept="PARTIAL"`, nothing of any.
            HoldLimitReached: the customer would hold more than the limit for one customer.
            IdempotencyConflict: the key was used before with different content.
            InvalidRequest: a field is invalid, or a product does not exist.
        """
        content: dict[str, Any] = {"lines": [line.to_json() for line in lines]}
        content |= {name: value for name, value in options.items() if value is not None}
        return self._call("POST", "/reservations", content=content, headers={"Idempotency-Key": key})

    def get_reservation(self, reservation_id: str) -> Reservation:
        """The current state of a reservation.

        Raises:
            NotFound: there is no such reservation, or it is not decided yet.
        """
        return self._call("GET", _path(reservation_id))

    def list_reservations_of_order(self, order_id: str, *, cursor: str | None = None) -> ReservationList:
        """The reservations of an order, the newest first, up to a second late; none for an unknown order.

        Args:
            order_id: your id of the order.
            cursor: that of the page before; by default the list begins.
        """
        query = {"order_id": order_id} | ({"cursor": cursor} if cursor else {})
        content = self._transport.call("GET", "/reservations", query=query)
        return ReservationList([Reservation.from_json(item) for item in content["items"]], content["cursor"])

    def record_payment(
        self,
        reservation_id: str,
        outcome: PaymentOutcome,
        *,
        payment_reference: str | None = None,
        retry: bool = False,
        money: Money | None = None,
    ) -> Reservation:
        """Report the outcome of a payment.

        Args:
            reservation_id: the reservation that the payment is for.
            outcome: SUCCEEDED buys the lines, FAILED releases them.
            payment_reference: your reference for the payment; required with SUCCEEDED.
            retry: with FAILED, keep the hold so that the shopper can try another card.
            money: shown with the payment if it must be refunded.

        Raises:
            PaymentUnfulfilled: the payment came too late and bought nothing; refund it.
            AlreadyDecided: the payment failed after the reservation was decided otherwise.
        """
        content: dict[str, Any] = {"outcome": outcome}
        if payment_reference is not None:
            content["payment_reference"] = payment_reference
        if retry:
            content["retry"] = True
        if money:
            content |= {"amount": money.amount, "currency": money.currency}
        return self._call("POST", f"{_path(reservation_id)}/payment", content=content)

    def extend_reservation(self, reservation_id: str) -> Reservation:
        """Restart the hold's time for a shopper who is still paying.

        Raises:
            AlreadyDecided: the reservation is not held any more.
        """
        return self._call("POST", f"{_path(reservation_id)}/extension")

    def cancel_reservation(self, reservation_id: str) -> Reservation:
        """Release the units at once.

        Raises:
            AlreadyDecided: the reservation was paid before.
        """
        return self._call("DELETE", _path(reservation_id))

    def _call(self, method: str, path: str, **request: Any) -> Reservation:
        return Reservation.from_json(self._transport.call(method, path, **request))


def _path(reservation_id: str) -> str:
    """The path of a reservation. The API takes the name of its execution too, which needs no percent-encoding."""
    return f"/reservations/{execution_name(reservation_id)}"


def execution_name(reservation_id: str) -> str:
    """The name of a reservation's execution: the id, or its hash if the id contains more than letters, digits, - and _."""
    reservation_id = reservation_id.strip(" ")  # as HTTP strips the header with the key
    if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", reservation_id):
        return reservation_id
    digest = hashlib.sha256(reservation_id.encode()).digest()
    return "k-" + base64.b32encode(digest).decode().rstrip("=").lower()
