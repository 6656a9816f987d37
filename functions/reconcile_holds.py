"""ReconcileHolds: on a schedule, settles stranded holds, sends pending notifications, and continues changes of shards."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import boto3

from inventory import dependencies
from inventory.model import utc_now
from inventory.observability import logger, measure
from inventory.reconciliation.stranded_holds import Event, Reconciliation

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# What was begun must end before the function does: a call without an answer takes 9 s.
MILLISECONDS_TO_END = 12_000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Any event becomes the number of times that each `Event` occurred, and the version of the runtime's SDK."""
    reconciliation = Reconciliation(
        dependencies.due_queue(),
        dependencies.due_refunds(),
        dependencies.reservation_store(),
        dependencies.joint_release(),
        dependencies.refunds(),
        dependencies.low_stock_alerts(),
        dependencies.outbox(),
        dependencies.counter_store(),
        dependencies.repairs(),
        utc_now(),
    )

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > MILLISECONDS_TO_END

    events = reconciliation.run(has_time)
    dependencies.shards().continue_all(utc_now(), has_time)
    _measure(events)
    return {found.value: events[found] for found in Event} | {"sdk_version": boto3.__version__}


def _measure(events: Counter[Event]) -> None:
    measure(
        {
            "StrandedHolds": events[Event.STRANDED],
            "SignalsRepeated": events[Event.SIGNALLED],
            "AnnouncementsRepeated": events[Event.ANNOUNCED],
            "ReconciliationFailures": events[Event.FAILED],
        }
    )
    if events[Event.RECREATED]:  # the comparison resets the alarm
        measure({"StockDrift": events[Event.RECREATED]})
    for outcome in (Event.COMMITTED, Event.RELEASED):
        if events[outcome]:  # a metric costs money in each hour in which it is written
            measure({"HoldsSettled": events[outcome]}, by={"outcome": outcome.upper()})
