"""ReconcileHolds: on a schedule, settles what was stranded and tells again whom nobody has told."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import connections
from inventory.model import utc_now
from inventory.observability import logger, metrics
from inventory.reconciliation import Event, Reconciliation

# What was begun must end before the function does: a call that is never answered takes 9 s.
MILLISECONDS_TO_END = 12_000


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Whatever the schedule sends becomes how often each `Event` occurred."""
    reconciliation = Reconciliation(
        due=connections.due(),
        reservations=connections.reservations(),
        stock=connections.stock(),
        signals=connections.signals(),
        topics=connections.topics(),
        now=utc_now(),
    )
    events = reconciliation.run(lambda: context.get_remaining_time_in_millis() > MILLISECONDS_TO_END)
    _measure(events)
    return {found.value: events[found] for found in Event}


def _measure(events: Counter[Event]) -> None:
    metrics.add_metric("StrandedHolds", MetricUnit.Count, events[Event.STRANDED])
    metrics.add_metric("SignalsRepeated", MetricUnit.Count, events[Event.SIGNALLED])
    metrics.add_metric("AnnouncementsRepeated", MetricUnit.Count, events[Event.ANNOUNCED])
    metrics.add_metric("ReconciliationFailures", MetricUnit.Count, events[Event.FAILED])
    for outcome in (Event.COMMITTED, Event.RELEASED):
        with single_metric("HoldsSettled", MetricUnit.Count, events[outcome], namespace="Inventory") as metric:
            metric.add_dimension("service", "inventory")
            metric.add_dimension("outcome", outcome.upper())
