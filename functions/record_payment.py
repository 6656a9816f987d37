"""RecordPayment: what the payment provider said, written to the reservation and then signalled to its execution."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.direct_invoke import answer_errors, parse_call
from inventory.model import utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import record_payment
from inventory.reservations.requests import PaymentResult


@logger.inject_lambda_context(clear_state=True)
@answer_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id", "outcome", "payment_reference", "retry"}` becomes the reservation with `fulfilled`.

    `fulfilled` is false for a payment that failed, and for one that bought nothing: recorded, announced to ops, to be
    returned.
    """
    reservation_id, content = parse_call(event)
    payment = record_payment(
        reservation_id,
        PaymentResult.parse(content),
        reservations=dependencies.reservation_store(),
        stock=dependencies.stock_store(),
        signals=dependencies.signals(),
        topics=dependencies.topics(),
        now=utc_now(),
    )
    return payment.reservation.to_json() | {"fulfilled": payment.fulfilled}
