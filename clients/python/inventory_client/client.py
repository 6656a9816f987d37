"""The two clients: one for checkout services, one for storefronts."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

import boto3

from inventory_client.model import Line, Reservation, Stock
from inventory_client.transport import Transport, by_key, by_signature


class CheckoutClient:
    """What a checkout service does. Calls are signed; every one may be made again."""

    def __init__(self, url: str, *, session: boto3.Session | None = None, region: str | None = None) -> None:
        """Work with the API at a URL, its stage included.

        Args:
            session: whose credentials sign the calls; boto3's usual ones unless given.
            region: the API's region; the session's unless given.
        """
        self._transport = Transport(url, by_signature(session or boto3.Session(), region))

    def reserve(
        self,
        lines: Sequence[Line],
        *,
        key: str,
        order_id: str | None = None,
        customer_id: str | None = None,
        hold_seconds: int | None = None,
    ) -> Reservation:
        """Hold every line, or none. The key becomes the reservation's id; the same key holds once.

        Returns:
            The reservation; PENDING when it was not decided within some seconds: look again with `reservation`.

        Raises:
            InsufficientStock: some line is short.
            HoldLimitReached: the customer would hold more than one customer may.
            IdempotencyConflict: the key was used before with other content.
            InvalidRequest: a field is wrong, or there is no such product.
        """
        content: dict[str, Any] = {"lines": [asdict(line) for line in lines]}
        optional = {"order_id": order_id, "customer_id": customer_id, "hold_seconds": hold_seconds}
        content |= {name: value for name, value in optional.items() if value is not None}
        return Reservation.from_json(
            self._transport.call("POST", "/reservations", content=content, headers={"Idempotency-Key": key})
        )

    def reservation(self, reservation_id: str) -> Reservation:
        """The reservation as it stands."""
        return Reservation.from_json(self._transport.call("GET", _path(reservation_id)))

    def pay(self, reservation_id: str, *, payment_reference: str) -> Reservation:
        """Report a payment that succeeded.

        Raises:
            PaymentUnfulfilled: it came too late; return the money.
        """
        return self._payment(reservation_id, {"outcome": "SUCCEEDED", "payment_reference": payment_reference})

    def decline(self, reservation_id: str, *, retry: bool = False) -> Reservation:
        """Report a payment that failed; `retry` keeps the hold for another card."""
        return self._payment(reservation_id, {"outcome": "FAILED", "retry": retry})

    def extend(self, reservation_id: str) -> Reservation:
        """Start the hold anew while the shopper is still paying."""
        return Reservation.from_json(self._transport.call("POST", f"{_path(reservation_id)}/extension"))

    def cancel(self, reservation_id: str) -> Reservation:
        """Give the units back at once.

        Raises:
            AlreadyDecided: it was paid before.
        """
        return Reservation.from_json(self._transport.call("DELETE", _path(reservation_id)))

    def _payment(self, reservation_id: str, content: dict[str, Any]) -> Reservation:
        return Reservation.from_json(self._transport.call("POST", f"{_path(reservation_id)}/payment", content=content))


class StorefrontClient:
    """What a storefront asks."""

    def __init__(self, url: str, *, api_key: str) -> None:
        self._transport = Transport(url, by_key(api_key))

    def product(self, product_id: str) -> Stock:
        """The stock of one product.

        Raises:
            NotFound: there is no such product.
        """
        return Stock.from_json(self._transport.call("GET", f"/inventory/{quote(product_id, safe='')}"))

    def products(self, product_ids: Sequence[str]) -> tuple[list[Stock], list[str]]:
        """The stock of up to 100 products, and the ids of those that do not exist."""
        answered = self._transport.call("GET", "/inventory", query={"product_ids": ",".join(product_ids)})
        return [Stock.from_json(item) for item in answered["items"]], list(answered["not_found"])


def _path(reservation_id: str) -> str:
    return f"/reservations/{quote(reservation_id, safe='')}"
