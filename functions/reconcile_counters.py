"""ReconcileCounters: on a schedule, compares every level with its reservations and movements. It changes nothing."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.observability import logger, measure
from inventory.reconciliation.counter_drift import find_drift

# The time for reading suspects again, which comes last.
MILLISECONDS_TO_END = 180_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Any event becomes `{"drifted", "checked", "unsure"}`, each a number of levels."""
    findings = find_drift(
        counters=dependencies.counter_store(),
        stock=dependencies.stock_store(),
        pause=time.sleep,
        has_time=lambda: context.get_remaining_time_in_millis() > MILLISECONDS_TO_END,
    )
    drifted, unsure = len(findings.drifts), len(findings.unsure)
    measure({"StockDrift": drifted, "LevelsChecked": findings.checked, "LevelsUnsure": unsure})
    return {"drifted": drifted, "checked": findings.checked, "unsure": unsure}
