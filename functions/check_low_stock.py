"""CheckLowStock: on a schedule, sends the alerts that nobody has sent."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger
from inventory.stock.low_stock_alerts import check_low_stock


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Whatever the schedule sends becomes `{"alerts_sent"}`."""
    return {
        "alerts_sent": check_low_stock(stock=dependencies.stock_store(), topics=dependencies.topics(), now=utc_now())
    }
