"""RepublishChanges: sends the events and makes the pushes that their target did not accept before."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What was begun must end before the function does.
MILLISECONDS_TO_END = 5_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Publish the messages of a queue once more, and answer which of them stay in it."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > MILLISECONDS_TO_END

    failed = dependencies.republish_batch(utc_now, has_time).publish(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
