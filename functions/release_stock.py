"""ReleaseStock: the wait is over without a payment; the units go back, unless the row says otherwise."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.model import ReleaseReason, utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import release


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id", "reason"}` becomes `{"status", "outcome"}`; status PAID means that a payment won the race."""
    logger.append_keys(reservation_id=event["reservation_id"], execution_arn=event.get("execution_arn"))
    reservation = release(
        event["reservation_id"],
        ReleaseReason(event["reason"]),
        reservations=dependencies.reservation_store(),
        now=utc_now(),
    )
    return {"status": reservation.status, "outcome": reservation.outcome()}
