"""FollowChanges: rows of the tables were written; writes what changed into the journal of the read model."""

from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What was begun must end before the function does: DynamoDB and the queue may both be slow.
MILLISECONDS_TO_END = 20_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Follow the records of a stream, and answer which of them must come again."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > MILLISECONDS_TO_END

    failed = dependencies.follower().follow(event["Records"], has_time)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
