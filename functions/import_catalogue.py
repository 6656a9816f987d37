"""ImportCatalogue: a file was uploaded; its rows are counted, and the report beside it says how far."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.imports.run import run_import
from inventory.imports.store import import_id_of
from inventory.model import utc_now
from inventory.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Apply the file that EventBridge tells of. A run that fails is made again by Lambda, and goes on where it stopped."""
    import_id = import_id_of(event["detail"]["object"]["key"])
    logger.append_keys(import_id=import_id)
    report = run_import(
        import_id,
        imports=dependencies.import_store(),
        stock=dependencies.stock_store(),
        topics=dependencies.topics(),
        now=utc_now,
    )
    logger.info("imported", status=report.status, rows=report.rows, changed=report.changed, wrong=report.error_count)
