"""CommitStock: a paid reservation becomes a sale; the answer names the levels that became low by it."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"reservation_id"}` becomes `{"outcome", "alerts"}`, an alert for each level that this sale made low."""
    reservation_id = event["reservation_id"]
    logger.append_keys(reservation_id=reservation_id, execution_arn=event.get("execution_arn"))
    reservation, alerts = dependencies.reservations().commit(reservation_id, utc_now())
    return {"outcome": reservation.outcome(), "alerts": [alert.to_json() for alert in alerts]}
