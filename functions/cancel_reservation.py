"""CancelReservation: the shopper gave up; the units go back at once and the execution stops waiting."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.direct_invoke import answer_errors, parse_call, reject_content
from inventory.model import ReleaseReason, utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import cancel


@logger.inject_lambda_context(clear_state=True)
@answer_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id"}` becomes the reservation; one that was decided before is answered as it is."""
    reservation_id, content = parse_call(event)
    reject_content(content)
    reservation = cancel(
        reservation_id,
        ReleaseReason.CANCELLED,
        reservations=dependencies.reservation_store(),
        signals=dependencies.signals(),
        now=utc_now(),
    )
    return reservation.to_json()
