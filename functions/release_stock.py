"""ReleaseStock: the wait ended without a payment; the units go back, unless the reservation was decided meanwhile."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import ReleaseReason, utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id", "reason"}` becomes `{"status", "outcome"}`; status PAID means that a payment won the race."""
    reservation_id = event["reservation_id"]
    logger.append_keys(reservation_id=reservation_id, execution_arn=event.get("execution_arn"))
    reservation = dependencies.reservations().release(reservation_id, ReleaseReason(event["reason"]), utc_now())
    return {"status": reservation.status, "outcome": reservation.outcome()}
