"""The scheduled check of alerts: it reads the levels that need one by the read model, and a slice of the table.

The read model may be wrong about a level. Each run scans another slice, so that every level is read once a day whatever the
read model says. Without it, the whole table is scanned.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inventory.aws.dynamodb import Part
from inventory.model import Level, LevelKey
from inventory.observability import logger
from inventory.read_model.reader import State
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.store import StockStore
from inventory.values import dataclass

if TYPE_CHECKING:
    from inventory.read_model.reader import ReadModel

RUN_EVERY = timedelta(minutes=5)
SLICES = timedelta(days=1) // RUN_EVERY


@dataclass(frozen=True, slots=True)
class LowStockCheck:
    """Sends the alerts that nobody sent."""

    alerts: LowStockAlerts
    stock: StockStore
    read_model: "ReadModel"

    def run(self, now: datetime) -> int:
        """Send what is pending.

        Returns:
            How many alerts were sent.

        Raises:
            AlertsFailed: after all others, if some levels could not be processed; the next run finds them again.
        """
        return self.alerts.check(now, lambda overdue_since: self._find(now, overdue_since))

    def _find(self, now: datetime, overdue_since: datetime) -> Iterator[Level]:
        keys = self._candidates()
        if keys is None:
            yield from self.stock.levels_with_pending_alert(overdue_since)
            return
        yield from self.stock.levels_with_pending_alert_of(keys, overdue_since)
        read = set(keys)
        for level in self.stock.levels_with_pending_alert(overdue_since, slice_at(now)):
            if level.key not in read:
                yield level

    def _candidates(self) -> list[LevelKey] | None:
        """The levels that need attention by the read model; None if it is gone or stale."""
        try:
            levels = self.read_model.levels()
            is_usable = levels.freshness.state not in (State.MISSING, State.STALE)
            return levels.index.needing_alert() if levels.index and is_usable else None
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a copy must not keep an alert
            logger.warning("the read model cannot be read; the whole table is scanned", reason=repr(error))
            return None


def slice_at(now: datetime) -> Part:
    """The slice of a run. It is five minutes later each day, so that runs that are less often than usual miss none for long."""
    run = int(now.timestamp() // RUN_EVERY.total_seconds())
    return Part((run - run // SLICES) % SLICES, SLICES)
