"""ImportCatalogue: the worker of files. It applies the rows of an upload, and writes the files of large exports."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.admin.export_store import REQUESTS as EXPORT_REQUESTS
from inventory.imports.store import import_id_of
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What the last row and the report may take when AWS is slow; then the next run continues.
RESERVE_MILLISECONDS = 120_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> None:
    """Do what an object in an event of EventBridge asks for. Lambda repeats a run that fails, which continues."""
    key = event["detail"]["object"]["key"]
    if key.startswith(EXPORT_REQUESTS):
        export_catalogue(key.removeprefix(EXPORT_REQUESTS))
    else:
        import_catalogue(import_id_of(key), context)


def import_catalogue(import_id: str, context: "LambdaContext") -> None:
    """Apply a file, or continue where an earlier run stopped."""
    logger.append_keys(import_id=import_id)
    run = dependencies.import_run(utc_now, lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS)
    report = run.run(import_id)
    logger.info(
        "imported",
        status=report.status,
        rows=report.rows,
        levels_created=report.created,
        levels_changed=report.changed,
        rows_failed=report.failed,
    )


def export_catalogue(export_id: str) -> None:
    """Write the file of an export."""
    logger.append_keys(export_id=export_id)
    export = dependencies.exports().write(export_id, dependencies.list_store(), utc_now)
    logger.info("exported", rows=export.rows)
