"""ExtendHold: the shopper is still paying; the hold restarts, but never beyond the longest hold."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.entrypoints.direct_invoke import parse_call, reject_content, return_errors
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@return_errors
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id"}` becomes the reservation with its new `held_until`."""
    reservation_id, content = parse_call(event)
    reject_content(content)
    return dependencies.reservations().extend(reservation_id, utc_now()).to_json()
