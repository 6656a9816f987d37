"""ReconcileCounters: on a schedule, compares every level with its reservations and its movements. Changes nothing."""

import time
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import connections
from inventory.drift import find_drift
from inventory.observability import logger, metrics

# For the looks at suspects, which come last.
MILLISECONDS_TO_END = 180_000


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Whatever the schedule sends becomes `{"drifted", "checked", "unsure"}`, each a number of levels."""
    findings = find_drift(
        books=connections.books(),
        stock=connections.stock(),
        pause=time.sleep,
        has_time=lambda: context.get_remaining_time_in_millis() > MILLISECONDS_TO_END,
    )
    metrics.add_metric("StockDrift", MetricUnit.Count, len(findings.drifts))
    metrics.add_metric("LevelsChecked", MetricUnit.Count, findings.checked)
    metrics.add_metric("LevelsUnsure", MetricUnit.Count, len(findings.unsure))
    return {"drifted": len(findings.drifts), "checked": findings.checked, "unsure": len(findings.unsure)}
