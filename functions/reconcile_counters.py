"""ReconcileCounters: on a schedule, compares what changed of levels, reservations, movements and customers, and a slice of all.

It repairs nothing. It only opens the ledger of levels that another tool wrote.
"""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.errors import TransientError
from inventory.model import utc_now
from inventory.observability import logger, measure
from inventory.reconciliation.findings import Drift, Findings, name_of
from inventory.reconciliation.incremental.result import ComparisonResult
from inventory.reconciliation.repairs import THE_JOB, Author

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# The time for reading suspects again, which comes last.
MILLISECONDS_TO_END = 180_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Any event becomes how many levels and customers were compared, have drifted or are unsure, and the rest."""
    comparison = dependencies.comparison(
        time.sleep, lambda: context.get_remaining_time_in_millis() > MILLISECONDS_TO_END
    )
    began = utc_now()
    findings = comparison.run(began)
    drifted, unsure = len(findings.drifts), len(findings.unsure) + len(findings.customers_unsure)
    customers_drifted, unreadable = len(findings.customers), len(findings.unreadable)
    measure(
        {
            "StockDrift": drifted,
            "CustomerDrift": customers_drifted,
            "UnreadableRows": unreadable,
            "LevelsChecked": findings.checked,
            "LevelsUnsure": unsure,
        }
    )
    _keep(findings, began)
    taken_over = sum(map(_take_over, findings.unopened))
    return {
        "drifted": drifted,
        "checked": findings.checked,
        "unsure": unsure,
        "customers_drifted": customers_drifted,
        "customers_checked": findings.customers_checked,
        "unreadable": unreadable,
        "taken_over": taken_over,
    }


def _keep(findings: Findings, began: datetime) -> None:
    """Keep the result for the admin page. Without it, the page shows the one before, with its time."""
    try:
        dependencies.comparison_results().write(ComparisonResult.of(findings, began), utc_now())
    except TransientError:
        logger.warning("the result of the comparison could not be kept")


def _take_over(unopened: Drift) -> bool:
    """Open the ledger of a level that another tool wrote; a level that is too busy is left to the next run."""
    try:
        return dependencies.repairs().take_over(unopened, Author(THE_JOB, "written by another tool", utc_now()))
    except TransientError:
        logger.warning("a level is too busy to open its ledger now", level_name=name_of(unopened.level))
        return False
