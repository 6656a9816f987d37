"""ImportCatalogue: a file was uploaded; its rows are applied, and a report beside it shows the progress."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.imports.store import import_id_of
from inventory.model import utc_now
from inventory.observability import logger

# What the last row and the report may take when AWS is slow; then the next run continues.
RESERVE_MILLISECONDS = 120_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Apply the file in an event of EventBridge. Lambda repeats a run that fails, which continues where it stopped."""
    import_id = import_id_of(event["detail"]["object"]["key"])
    logger.append_keys(import_id=import_id)
    report = dependencies.import_run(
        utc_now, lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS
    ).run(import_id)
    logger.info(
        "imported",
        status=report.status,
        rows=report.rows,
        levels_created=report.created,
        levels_changed=report.changed,
        rows_failed=report.failed,
    )
