"""PublishChanges: rows of stock and reservations were written; pushes what pages show, and sends events."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What was begun must end before the function does: DynamoDB and both targets may all be slow.
MILLISECONDS_TO_END = 20_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Publish the changes in records of a stream, and answer which records must come again."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > MILLISECONDS_TO_END

    failed = dependencies.change_batch(utc_now, has_time).publish(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
