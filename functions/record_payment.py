"""RecordPayment: the payment provider's answer is written to the reservation, then signalled to its execution."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.entrypoints.direct_invoke import parse_call, return_errors
from inventory.model import utc_now
from inventory.observability import logger
from inventory.reservations.payment_result import PaymentResult

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@return_errors
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id", "outcome", "payment_reference", "retry"}` becomes the reservation with `fulfilled`.

    `fulfilled` is false for a payment that failed, and for one that bought nothing: it is recorded, operations are
    notified, and the money must be returned.
    """
    reservation_id, content = parse_call(event)
    payment = dependencies.payments().record(reservation_id, PaymentResult.parse(content), utc_now())
    return payment.reservation.to_json() | {"fulfilled": payment.fulfilled}
