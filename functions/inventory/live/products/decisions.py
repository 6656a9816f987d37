"""Which events follow from the levels of a product, given what was published of it: plain functions over values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from inventory.live.events import DetailType, Event
from inventory.live.published import PublishedProduct
from inventory.model import Level, StockStatus, iso
from inventory.stock.lookup import Stock
from inventory.stock.sourcing import SourcingPolicy
from inventory.values import dataclass

# What a push adds to the stock; and the time of the last change, which is no change by itself.
ADDED = ("sequence", "channel")
NOT_COMPARED = "updated_at"
STATE = DetailType.STOCK_CHANGED  # the event that says all of what is shown
# A row of at most 400 KB keeps them and what is shown, which is not longer than they are.
NEW_EVENTS_LENGTH_MAX = 180_000


@dataclass(frozen=True, slots=True)
class Display:
    """How a storefront shows products."""

    policy: SourcingPolicy
    cap: int  # the most units that are shown; 0 is no cap

    def of(self, levels: Sequence[Level]) -> dict[str, Any] | None:
        """The stock that is shown of a product; None if it has no level that is not retired."""
        if not levels:
            return None
        content = Stock(tuple(levels), self.policy).to_json(sequence=0, channel="", cap=self.cap)
        return {name: value for name, value in content.items() if name not in ADDED}


def announce(
    published: PublishedProduct, levels: Sequence[Level], display: Display, now: datetime
) -> PublishedProduct | None:
    """The product's row with the events of what has changed in its outbox; None if nothing has.

    The sequence is raised only if something that is shown has changed.

    Raises:
        ValueError: no row and no target would ever take it: another tool wrote levels with very long texts.
    """
    for_sale = [level for level in levels if level.active]
    shown = display.of(for_sale) or _gone(published, now)
    is_changed = published.shown is None or _compared(published.shown) != _compared(shown)
    low = {level.warehouse_id: level for level in for_sale if level.is_low}
    if not is_changed and low.keys() == published.low:
        return None
    sequence = published.sequence + is_changed
    content = [
        *(_changes(published.shown, shown, levels) if is_changed else ()),
        *((DetailType.STOCK_LOW, _low(level)) for name, level in low.items() if name not in published.low),
    ]
    events = [Event.of(kind, what, sequence, now) for kind, what in content]
    if sum(len(event.to_text()) for event in events) > NEW_EVENTS_LENGTH_MAX:
        raise ValueError(f"the events of a product would have more than {NEW_EVENTS_LENGTH_MAX} characters")
    # A newer state replaces one that is not sent yet, so an outbox stays small while nothing can be sent.
    pending = [event for event in published.pending if not (is_changed and event.detail_type is STATE)]
    return replace(
        published,
        sequence=sequence,
        shown=shown if is_changed else published.shown,
        low=frozenset(low),
        pending=(*pending, *events),
    )


def _compared(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != NOT_COMPARED}


def _gone(published: PublishedProduct, now: datetime) -> dict[str, Any]:
    """What is shown of a product whose levels were deleted or retired: a page must not offer it any more."""
    before = published.shown or {}
    return {
        "product_id": published.product_id,
        "name": before.get("name", published.product_id),
        "available": 0,
        "status": StockStatus.OUT_OF_STOCK,
        "warehouses": [],
        "updated_at": iso(now),
    }


def _changes(
    before: Mapping[str, Any] | None, shown: Mapping[str, Any], levels: Sequence[Level]
) -> Iterator[tuple[DetailType, Mapping[str, Any]]]:
    yield STATE, shown
    product = {"product_id": shown["product_id"], "name": shown["name"]}
    was_available = before["available"] > 0 if before else any(map(_was_changed, levels))
    if was_available and not shown["available"]:
        yield DetailType.SOLD_OUT, product
    # A product that is seen for the first time is not back.
    if before and not was_available and shown["available"]:
        yield DetailType.BACK_IN_STOCK, product | {"available": shown["available"], "status": shown["status"]}


def _was_changed(level: Level) -> bool:
    """Whether a level has had other units than it was created with, so that it may have had some to sell."""
    return level.version > 1 or level.reserved > 0


def _low(level: Level) -> dict[str, Any]:
    """The level of an alert; the same names as in the message on SNS."""
    return {
        "product_id": level.product_id,
        "warehouse_id": level.warehouse_id,
        "name": level.name,
        "on_hand": level.on_hand,
        "available": level.available,
        "low_stock_threshold": level.low_stock_threshold,
    }
