"""ReserveStock: the workflow's first step holds every line, or rejects the reservation and says why."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.errors import InvalidReservation, ReservationConflict
from inventory.model import Reservation, Status, utc_now
from inventory.observability import logger
from inventory.reservations.reservation_request import ReservationRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CAUSE_LENGTH_MAX = 32_000  # a Fail state's cause may have 32,768 characters

# The wait must be able to miss a heartbeat before it times out, even if the hold is the longest one.
TIMEOUT_MARGIN_SECONDS = 1


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id", "request": the execution's input}` becomes the decision that IsStockReserved reads.

    That reservation_id is the execution's name. `execution_arn` and `started_at` are for the log and the metrics.

    Returns `{"status": "HELD" | "REJECTED", "row_name", "outcome", "hold_seconds", "longest_hold_seconds"}`, and for a
    request that can never be held `{"status": "INVALID" | "CONFLICT", "cause"}`.
    """
    try:
        reservation = _reserve(event)
    except InvalidReservation as error:
        return {"status": "INVALID", "cause": str(error)[:CAUSE_LENGTH_MAX]}
    except ReservationConflict as error:
        return {"status": "CONFLICT", "cause": str(error)}
    # A retry may find that the reservation has another state by now. It answers as the first time, and the wait finds out.
    rejected = reservation.status is Status.REJECTED
    longest_hold_seconds = reservation.longest_hold_seconds or dependencies.settings().longest_hold_seconds
    return {
        "status": Status.REJECTED if rejected else Status.HELD,
        "row_name": reservation.name,
        "outcome": reservation.outcome(),
        "hold_seconds": reservation.hold_seconds,
        "longest_hold_seconds": max(longest_hold_seconds, reservation.hold_seconds + TIMEOUT_MARGIN_SECONDS),
    }


def _reserve(event: dict[str, Any]) -> Reservation:
    execution_name = event["reservation_id"]
    logger.append_keys(reservation_id=execution_name, execution_arn=event.get("execution_arn"))
    request = ReservationRequest.parse(event["request"])
    reservation_id = request.id_under(execution_name)
    logger.append_keys(reservation_id=reservation_id)
    reservation = dependencies.reservations().reserve(
        reservation_id,
        request,
        dependencies.hold_policy(),
        utc_now(),
        asked_at=datetime.fromisoformat(event["started_at"]) if "started_at" in event else None,
    )
    if reservation.execution_name != execution_name:  # two executions must not wait for one payment
        raise ReservationConflict(f"reservation {reservation_id} belongs to the execution {reservation.execution_name}")
    return reservation
