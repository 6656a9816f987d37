"""RecordFailedExecution: an execution failed, timed out or was stopped; its order is kept, so that it is found."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> None:
    """Record the execution in an event of EventBridge. Lambda repeats a run that fails, which changes nothing twice."""
    failed = dependencies.failed_executions().record(event, utc_now())
    logger.append_keys(reservation_id=failed.execution_name)
    logger.info("an execution failed", status=failed.status, order_id=failed.order_id, error=failed.error)
