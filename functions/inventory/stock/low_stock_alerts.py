"""Low stock: one alert for each time that the unsold units fall to their threshold, claimed on the level and pending until sent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from inventory.aws.sns import Announcement, LowStockAlert, Topics
from inventory.errors import AlertsFailed, TransientError
from inventory.identifiers import SEPARATOR
from inventory.model import Level, LevelKey, iso
from inventory.observability import logger, measure
from inventory.stock.store import StockStore
from inventory.values import dataclass

# From its claim to its last attempt the workflow takes at most 6 minutes; an alert that is pending longer was given up.
OVERDUE = timedelta(minutes=15)
# A sale may make 45 levels low, and all their alerts pass through one state, which carries 256 KiB.
NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who sends an alert, and what the message names as its cause.

    The workflow claims as the reservation: it retries until an answer arrives, so a retry must find its own claim. A
    function that publishes by itself claims as its own movement or with a unique token: of two at once only one may
    send, and the claim of one that crashed becomes overdue.
    """

    cause: Literal["reservation_id", "movement_id"]
    cause_id: str | None
    token: str = ""

    @classmethod
    def sale(cls, reservation_id: str) -> "Claimant":
        """The workflow, after a commit."""
        return cls("reservation_id", reservation_id)

    @classmethod
    def parse(cls, text: str) -> "Claimant":
        """Read a claimant from a level."""
        if SEPARATOR in text:
            kind, token, cause_id = [*text.split(SEPARATOR, 2), ""][:3]  # the last part may contain the separator
        else:  # of the first edition
            cause, _, token = text.partition(" ")
            kind, _, cause_id = cause.partition("#")
        return cls("reservation_id" if kind == "reservation_id" else "movement_id", cause_id or None, token)

    def with_unique_token(self) -> "Claimant":
        """The same cause, claimed by this run alone."""
        return replace(self, token=uuid4().hex)

    def __str__(self) -> str:
        return SEPARATOR.join((self.cause, self.token, self.cause_id or ""))


UNKNOWN_CAUSE = Claimant("movement_id", None)


@dataclass(frozen=True, slots=True)
class LowStockAlerts:
    """Claims the alerts of levels that became low, and sends them."""

    stock: StockStore
    topics: Topics

    def claim(self, keys: Sequence[LevelKey], claimant: Claimant, now: datetime) -> list[LowStockAlert]:
        """The alerts that the claimant must send after its change: those it claims now, and those it had claimed."""
        alerts = []
        for level in self._may_be_low(keys, claimant):
            if level.low_stock_alert_by == str(claimant):  # an earlier run of the same call got no further
                alerts.append(_alert(level, claimant, now))
            elif level.is_low and not level.low_stock_alerted:
                claimed = self.stock.claim_alert(level, str(claimant), now)
                if claimed:
                    _log_threshold_crossed(claimed)
                    alerts.append(_alert(claimed, claimant, now))
        return alerts

    def _may_be_low(self, keys: Sequence[LevelKey], claimant: Claimant) -> list[Level]:
        """The levels, without those whose own row alone has enough: only if it has not, the other shards are read."""
        rows = self.stock.rows([key.level for key in keys])
        spread = [row.key for row in rows if row.is_spread and (row.is_low or row.low_stock_alert_by == str(claimant))]
        return [*(row for row in rows if not row.is_spread), *self.stock.levels(spread)]

    def send(self, alerts: Sequence[LowStockAlert]) -> int:
        """Publish claimed alerts; what SNS does not accept stays pending, and the scheduled check sends it.

        Returns:
            How many were sent.
        """
        sent = 0
        for alert in alerts:
            if self.topics.announce_low_stock(alert.announcement):
                self.stock.settle_alert(alert.key, alert.claimant)
                sent += 1
        return sent

    def claim_and_send(self, keys: Sequence[LevelKey], claimant: Claimant, now: datetime) -> None:
        """Send the alerts of a change that was written: an error delays them, and does not undo the change."""
        try:
            self.send(self.claim(keys, claimant, now))
        except TransientError:
            logger.warning("an alert could not be sent; the scheduled check will send it")

    def check(self, now: datetime, find: Callable[[datetime], Iterable[Level]] | None = None) -> int:
        """Send the alerts that nobody sent, and rearm levels that rose: after a crash, or a change by another tool.

        Args:
            find: finds levels whose alert is not as it should be, from the time since which a claim is overdue; by default
                it reads the whole table.

        Returns:
            How many were sent.

        Raises:
            AlertsFailed: after all others, if some levels could not be processed; the next run finds them again.
        """
        overdue_since = now - OVERDUE
        sent = failed = 0
        for level in (find or self.stock.levels_with_pending_alert)(overdue_since):
            try:
                sent += self._check(level, overdue_since, now)
            except Exception as error:  # noqa: BLE001  # one bad level must never stop the others
                logger.error(
                    "an alert could not be processed",
                    product_id=level.product_id,
                    warehouse_id=level.warehouse_id,
                    reason=repr(error),
                )
                failed += 1
        if failed:
            raise AlertsFailed(f"the alerts of {failed} levels could not be processed; {sent} were sent")
        return sent

    def _check(self, level: Level, overdue_since: datetime, now: datetime) -> int:
        if level.settings_pending is not None:
            self.stock.copy_settings(level.key)
        if level.is_low:
            return self._send_overdue(level, overdue_since, now)
        self.stock.rearm(level)
        return 0

    def _send_overdue(self, level: Level, overdue_since: datetime, now: datetime) -> int:
        if level.low_stock_alert_by:
            claimant = Claimant.parse(level.low_stock_alert_by).with_unique_token()
            claimed = self.stock.take_over_alert(level, str(claimant), overdue_since, now)
        else:
            claimant = UNKNOWN_CAUSE.with_unique_token()
            claimed = self.stock.claim_alert(level, str(claimant), now)
            if claimed:
                _log_threshold_crossed(claimed)
        return self.send([_alert(claimed, claimant, now)]) if claimed else 0


def _log_threshold_crossed(level: Level) -> None:
    """Log and count a level that became low: once, as only one run can claim its alert."""
    logger.info("a level became low", product_id=level.product_id, warehouse_id=level.warehouse_id)
    measure({"LowStockAlerts": 1})


def _alert(level: Level, claimant: Claimant, now: datetime) -> LowStockAlert:
    return LowStockAlert(
        level.key,
        str(claimant),
        Announcement.of(
            f"Low stock: {level.name}",
            {
                "type": "LOW_STOCK",
                "product_id": level.product_id,
                "warehouse_id": level.warehouse_id,
                "name": level.name[:NAME_LENGTH_MAX],
                "on_hand": level.on_hand,
                "available": level.available,
                "low_stock_threshold": level.low_stock_threshold,
                claimant.cause: claimant.cause_id,
                "at": iso(now),
            },
            {"product_id": level.product_id, "warehouse_id": level.warehouse_id, "category": level.category},
        ),
    )
