"""CommitStock: a paid reservation becomes a sale; answers which levels became low by it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import commit


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"reservation_id"}` becomes `{"outcome", "alerts"}`, an alert for each level that this sale made low."""
    logger.append_keys(reservation_id=event["reservation_id"], execution_arn=event.get("execution_arn"))
    reservation, alerts = commit(
        event["reservation_id"],
        reservations=dependencies.reservation_store(),
        stock=dependencies.stock_store(),
        now=utc_now(),
    )
    return {"outcome": reservation.outcome(), "alerts": [alert.to_json() for alert in alerts]}
