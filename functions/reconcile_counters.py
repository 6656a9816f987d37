"""ReconcileCounters: on a schedule, compares every level with its reservations and its movements. Changes nothing."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.observability import logger, measure
from inventory.reconciliation.counter_drift import find_drift

# For the looks at suspects, which come last.
MILLISECONDS_TO_END = 180_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Whatever the schedule sends becomes `{"drifted", "checked", "unsure"}`, each a number of levels."""
    findings = find_drift(
        books=dependencies.counter_store(),
        stock=dependencies.stock_store(),
        pause=time.sleep,
        has_time=lambda: context.get_remaining_time_in_millis() > MILLISECONDS_TO_END,
    )
    drifted, unsure = len(findings.drifts), len(findings.unsure)
    measure({"StockDrift": drifted, "LevelsChecked": findings.checked, "LevelsUnsure": unsure})
    return {"drifted": drifted, "checked": findings.checked, "unsure": unsure}
