"""Answers of the functions that a checkout service invokes directly: a reservation, or an error by its code."""

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory.errors import AlreadyDecided, FieldError, InvalidRequest, ReservationNotFound
from inventory.observability import logger
from inventory.reservations.requests import parse_reservation_id

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def answer_errors(handler: Handler) -> Handler:
    """Answer what the caller can mend as `{"error": {"code", "detail"}}`; anything else stays a failed invocation."""

    @functools.wraps(handler)
    def answering(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            return handler(event, context)
        except InvalidRequest as error:
            errors = [{"field": wrong.field, "message": wrong.message} for wrong in error.errors]
            return _error("VALIDATION_FAILED", error, errors=errors)
        except ReservationNotFound as error:
            return _error("RESERVATION_NOT_FOUND", error)
        except AlreadyDecided as error:
            return _error("ALREADY_DECIDED", error)

    return answering


def parse_call(event: object) -> tuple[str, dict[str, Any]]:
    """The reservation's id, and what else the caller sent.

    Raises:
        InvalidRequest: the event is no object, or its reservation_id is not one.
    """
    content = dict(event) if isinstance(event, dict) else {}
    reservation_id = parse_reservation_id(content.pop("reservation_id", None))
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id, content


def reject_content(content: dict[str, Any]) -> None:
    """Refuse fields beside the reservation's id.

    Raises:
        InvalidRequest: names each.
    """
    if content:
        raise InvalidRequest([FieldError(name, "is not a known field") for name in sorted(map(str, content))])


def _error(code: str, error: Exception, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "detail": str(error), **more}}
