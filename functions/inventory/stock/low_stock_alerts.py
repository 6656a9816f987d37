"""Low stock: one alert per downward crossing of on_hand, claimed on the level's row and owed until it is out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from inventory.aws.sns import Announcement, LowStockAlert, Topics
from inventory.errors import TransientError
from inventory.model import Level, LevelKey, iso
from inventory.observability import logger, measure
from inventory.stock.store import StockStore

# From its claim to its last try the workflow takes at most 6 minutes; what is owed longer than this was given up there.
OVERDUE = timedelta(minutes=15)
# A sale may make 45 levels low, and all their alerts pass through one state, which carries 256 KiB.
NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who sends an alert, and what the message names as its cause.

    The workflow claims as the reservation: it retries until an answer arrives, so a retry must find its own claim.
    Whoever publishes by itself claims with a run of its own: of two at once only one may send, and what one that
    crashed has claimed is overdue after a while.
    """

    cause: Literal["reservation_id", "movement_id"]
    cause_id: str | None
    run: str = ""

    @classmethod
    def sale(cls, reservation_id: str) -> "Claimant":
        """The workflow, after a commit."""
        return cls("reservation_id", reservation_id)

    @classmethod
    def parse(cls, text: str) -> "Claimant":
        """Read a claimant from a level's row."""
        cause, _, run = text.partition(" ")
        kind, _, cause_id = cause.partition("#")
        return cls("reservation_id" if kind == "reservation_id" else "movement_id", cause_id or None, run)

    def with_unique_token(self) -> "Claimant":
        """The same cause, claimed by this run alone."""
        return replace(self, run=uuid4().hex)

    def __str__(self) -> str:
        return f"{self.cause}#{self.cause_id or ''} {self.run}".rstrip()


def claim_alerts(
    keys: Sequence[LevelKey], claimant: Claimant, *, stock: StockStore, now: datetime
) -> list[LowStockAlert]:
    """The alerts that the claimant has to send after its change of these levels: those it wins, and those it had won."""
    alerts = []
    for level in stock.levels(keys):
        if level.low_stock_alert_by == str(claimant):  # an earlier run of the same call did not get further
            alerts.append(_alert(level, claimant, now))
        elif level.is_low and not level.low_stock_alerted:
            claimed = stock.claim_alert(level.key, str(claimant), now)
            if claimed:
                _log_threshold_crossed(claimed)
                alerts.append(_alert(claimed, claimant, now))
    return alerts


def send_alerts(alerts: Sequence[LowStockAlert], *, stock: StockStore, topics: Topics) -> int:
    """Publish claimed alerts and settle them; what SNS does not take stays owed, for the scheduled check to send.

    Returns:
        How many are out.
    """
    sent = 0
    for alert in alerts:
        if topics.announce_low_stock(alert.announcement):
            stock.settle_alert(alert.key, alert.claimant)
            sent += 1
    return sent


def send_low_stock_alerts(
    keys: Sequence[LevelKey], claimant: Claimant, *, stock: StockStore, topics: Topics, now: datetime
) -> None:
    """Send the alerts of a change that is made: what stands in their way delays them, and does not undo the change."""
    try:
        send_alerts(claim_alerts(keys, claimant, stock=stock, now=now), stock=stock, topics=topics)
    except TransientError:
        logger.warning("an alert could not be seen to; the scheduled check will")


def check_low_stock(*, stock: StockStore, topics: Topics, now: datetime) -> int:
    """Send the alerts that nobody has sent, and arm what has risen: after a claimant that stopped, or another tool.

    Returns:
        How many alerts are out.
    """
    overdue_since = now - OVERDUE
    unknown_cause = Claimant("movement_id", None)
    sent = 0
    for level in stock.levels_with_pending_alert(overdue_since):
        if not level.is_low:
            stock.rearm(level.key)
            continue
        if level.low_stock_alert_by:
            claimant = Claimant.parse(level.low_stock_alert_by).with_unique_token()
            claimed = stock.take_over_alert(level, str(claimant), overdue_since, now)
        else:
            claimant = unknown_cause.with_unique_token()
            claimed = stock.claim_alert(level.key, str(claimant), now)
            if claimed:
                _log_threshold_crossed(claimed)
        if claimed:
            sent += send_alerts([_alert(claimed, claimant, now)], stock=stock, topics=topics)
    return sent


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
