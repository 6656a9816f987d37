"""The state of the books and the alarms. One that cannot be read leaves the other as it is."""

from datetime import datetime, timedelta
from typing import Any

from inventory.admin.figures.overview import unless_it_fails
from inventory.admin.operations.alarms import Alarms
from inventory.reconciliation.incremental.result import CLOCK_SKEW, ComparisonResult, ComparisonResults

# The comparison runs every hour. StockNotComparedAlarm has the same limit.
STALE_AFTER = timedelta(hours=3)
AGREE, DIFFER, UNKNOWN = "AGREE", "DIFFER", "UNKNOWN"


def get_health(*, results: ComparisonResults, alarms: Alarms, now: datetime) -> dict[str, Any]:
    """Whether the books agree, and which alarms are on."""
    return {
        "books": books_json(unless_it_fails("the result of the comparison", results.read), now),
        "alarms": alarms_json(alarms),
    }


def books_json(result: ComparisonResult | None, now: datetime) -> dict[str, Any]:
    """What the last comparison found."""
    return {
        "state": state_of(result, now) if result else UNKNOWN,
        "checked_at": result.checked_at if result else None,
        "differences": result.differences if result else 0,
        "unsure": result.unsure if result else 0,
        "is_complete": result is not None and result.is_complete,
        "first": [difference.to_json() for difference in result.first] if result else [],
    }


def state_of(result: ComparisonResult, now: datetime) -> str:
    """Whether the books agree, as far as the last comparison is known to be true."""
    age = now - datetime.fromisoformat(result.checked_at)
    if not -CLOCK_SKEW <= age <= STALE_AFTER:  # a time to come is of no comparison
        return UNKNOWN
    if result.differences:
        return DIFFER
    return AGREE if result.is_complete else UNKNOWN


def alarms_json(alarms: Alarms) -> dict[str, Any]:
    """The alarms that are on; without any alarm at all, nobody watches."""
    read = unless_it_fails("alarms", alarms.read)
    if read is None or read.number == 0:
        return {"state": UNKNOWN, "on": []}
    return {"state": "ALARM" if read.on else "OK", "on": [alarm.to_json() for alarm in read.on]}
