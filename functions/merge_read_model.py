"""MergeReadModel: every minute, merges what changed into the snapshot that lists and figures of administrators come from."""

import time
from typing import TYPE_CHECKING, Any

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger, measure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# The next run begins a minute later. What was begun must end before the function does.
SECONDS_TO_BEGIN = 45
MILLISECONDS_TO_END = 60_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`{"rebuild": true}` also begins a rebuild, and `{"merge": true}` merges at once; answers what was done."""
    started = time.monotonic()

    def has_time() -> bool:
        is_early = time.monotonic() - started < SECONDS_TO_BEGIN
        return is_early and context.get_remaining_time_in_millis() > MILLISECONDS_TO_END

    job = dependencies.read_model_job()
    report = job.run(utc_now(), has_time, rebuild=event.get("rebuild") is True, merge=event.get("merge") is True)
    measure(report.counts)
    return report.to_json()
