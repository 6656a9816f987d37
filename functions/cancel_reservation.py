"""CancelReservation: the shopper leaves the checkout; the units go back at once and the execution stops waiting."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.entrypoints.direct_invoke import parse_call, reject_content, return_errors
from inventory.model import ReleaseReason, utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@return_errors
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id"}` becomes the reservation; one that was decided before is returned unchanged."""
    reservation_id, content = parse_call(event)
    reject_content(content)
    return dependencies.reservations().cancel(reservation_id, ReleaseReason.CANCELLED, utc_now()).to_json()
