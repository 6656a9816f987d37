"""CheckLowStock: on a schedule, sends the alerts that nobody has sent."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Any event becomes `{"alerts_sent"}`."""
    return {"alerts_sent": dependencies.low_stock_check().run(utc_now())}
