"""The answers of functions that a checkout service invokes directly: a reservation, or an error with its code."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inventory.errors import AlreadyDecided, FieldError, InvalidRequest, ReservationNotFound, ReservationUnreadable
from inventory.observability import logger
from inventory.reservations.reservation_request import parse_reservation_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Handler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]

# Any other error stays a failed invocation, which the caller repeats.
CLIENT_ERRORS = (InvalidRequest, ReservationNotFound, AlreadyDecided, ReservationUnreadable)


def return_errors(handler: Handler) -> Handler:
    """Return client errors as `{"error": {"code", "detail"}}`."""

    @functools.wraps(handler)
    def returning(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        try:
            return handler(event, context)
        except CLIENT_ERRORS as error:
            return {"error": {"code": error.code, "detail": str(error), **error.details()}}

    return returning


def parse_call(event: object) -> tuple[str, dict[str, Any]]:
    """The reservation's id, and the other fields of the event.

    Raises:
        InvalidRequest: the event is not an object, or its reservation_id is invalid.
    """
    content = dict(event) if isinstance(event, dict) else {}
    reservation_id = parse_reservation_id(content.pop("reservation_id", None))
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id, content


def reject_content(content: dict[str, Any]) -> None:
    """Refuse fields other than the reservation's id.

    Raises:
        InvalidRequest: names each.
    """
    if content:
        raise InvalidRequest([FieldError(name, "is not a known field") for name in sorted(map(str, content))])
