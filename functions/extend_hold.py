"""ExtendHold: the shopper is still paying; the hold starts anew, never past the longest."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.direct_invoke import answer_errors, parse_call, reject_content
from inventory.model import utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import extend


@logger.inject_lambda_context(clear_state=True)
@answer_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id"}` becomes the reservation with its new `held_until`."""
    reservation_id, content = parse_call(event)
    reject_content(content)
    reservation = extend(
        reservation_id,
        longest_hold_seconds=dependencies.settings().longest_hold_seconds,
        reservations=dependencies.reservation_store(),
        signals=dependencies.signals(),
        now=utc_now(),
    )
    return reservation.to_json()
