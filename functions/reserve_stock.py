"""ReserveStock: the workflow's first step holds every line, or rejects the reservation and says why."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.errors import InvalidReservation, ReservationConflict
from inventory.model import Status, utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import reserve
from inventory.reservations.requests import ReservationRequest, parse_reservation_id

CAUSE_LENGTH_MAX = 32_000  # a Fail state's cause may have 32,768 characters

# The wait must be able to miss a heartbeat before it times out, also when the hold is the longest there is.
TIMEOUT_MARGIN_SECONDS = 1


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id", "request": the execution's input}` becomes the decision that IsStockReserved reads.

    `execution_arn` and `started_at` tell the log and the metrics of the execution; the first ones did not send them.

    Answers `{"status": "HELD" | "REJECTED", "outcome", "hold_seconds", "longest_hold_seconds"}`, and for a request that
    can never be held `{"status": "INVALID" | "CONFLICT", "cause"}`.
    """
    longest_hold_seconds = dependencies.settings().longest_hold_seconds
    try:
        reservation_id = parse_reservation_id(event["reservation_id"])
        logger.append_keys(reservation_id=reservation_id, execution_arn=event.get("execution_arn"))
        request = ReservationRequest.parse(
            event["request"],
            longest_hold_seconds=longest_hold_seconds,
            customer_id_required=dependencies.customer_settings().customer_id_required,
        )
        reservation = reserve(
            reservation_id,
            request,
            limits=dependencies.customer_limits(),
            reservations=dependencies.reservation_store(),
            now=utc_now(),
            asked_at=datetime.fromisoformat(event["started_at"]) if "started_at" in event else None,
        )
    except InvalidReservation as error:
        return {"status": "INVALID", "cause": str(error)[:CAUSE_LENGTH_MAX]}
    except ReservationConflict as error:
        return {"status": "CONFLICT", "cause": str(error)}
    # A retry may find that the reservation has gone on: it answers as the first time, and the wait will find out.
    rejected = reservation.status is Status.REJECTED
    return {
        "status": Status.REJECTED if rejected else Status.HELD,
        "outcome": reservation.outcome(),
        "hold_seconds": reservation.hold_seconds,
        "longest_hold_seconds": max(longest_hold_seconds, reservation.hold_seconds + TIMEOUT_MARGIN_SECONDS),
    }
