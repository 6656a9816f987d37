"""A reservation as the administrators' API answers it: in a module of its own, as lists of levels do not need it."""

from typing import Any

from inventory import dependencies
from inventory.model import Reservation
from inventory.reservations.refunds import PAYMENTS_SHOWN_IN_LIST_MAX, PAYMENTS_SHOWN_MAX


def reservation_json(reservation: Reservation, *, payments_max: int = PAYMENTS_SHOWN_MAX) -> dict[str, Any]:
    """What administrators see of a reservation, with so many of its payments that bought nothing at most."""
    payments = dependencies.refunds().unfulfilled_payments(reservation, payments_max)
    return reservation.to_admin_json(payments)


def reservation_in_list(reservation: Reservation) -> dict[str, Any]:
    """The same in a list, with fewer payments."""
    return reservation_json(reservation, payments_max=PAYMENTS_SHOWN_IN_LIST_MAX)
