"""What a machine's change makes of a level: plain decisions over what was read, without AWS."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inventory.errors import FieldError, InsufficientStock, InvalidRequest, LevelNotFound
from inventory.model import UNITS_MAX, Level, LevelKey, MovementKind, Shortage, iso
from inventory.stock.counts import (
    DESCRIPTION,
    ChangeOutcome,
    Count,
    MovedSince,
    Plan,
    check_spares_reserved,
    plan_count,
)

# What a level is called that a machine creates without saying more.
CATEGORY_DEFAULT = "uncategorised"
THRESHOLD_DEFAULT = 0


class ChangeKind(StrEnum):
    """What a machine reports of a level."""

    RECEIVED = "RECEIVED"
    SOLD_ELSEWHERE = "SOLD_ELSEWHERE"
    ADJUSTED = "ADJUSTED"
    COUNTED = "COUNTED"
    DESCRIBED = "DESCRIBED"


@dataclass(frozen=True, slots=True)
class StockChange:
    """One change that a machine sends: a count, signed units, or a description alone.

    `as_of` is the moment of a count, as `iso` writes it; None: that of the call. What is None of the description stays.
    """

    product_id: str
    warehouse_id: str
    kind: ChangeKind
    on_hand: int | None = None
    delta: int | None = None
    as_of: str | None = None
    reference: str | None = None
    name: str | None = None
    category: str | None = None
    low_stock_threshold: int | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    @property
    def figure(self) -> str:
        """The field that a refusal for its units names."""
        return "on_hand" if self.kind is ChangeKind.COUNTED else "delta"

    def describe(self, level: Level, now: datetime) -> Level:
        """The level with the description that is given; the level itself if it says nothing new."""
        given = {name: value for name in DESCRIPTION if (value := getattr(self, name)) is not None}
        described = replace(level, **given)
        return level if described == level else replace(described, described_at=iso(now))

    def to_count(self, level: Level | None, as_of: str) -> Count:
        """The count that it is of a level."""
        known = level or self.new_level(as_of)
        return Count(
            product_id=self.product_id,
            warehouse_id=self.warehouse_id,
            name=self.name or known.name,
            category=self.category or known.category,
            on_hand=self.on_hand or 0,
            low_stock_threshold=known.low_stock_threshold
            if self.low_stock_threshold is None
            else self.low_stock_threshold,
            as_of=as_of,
        )

    def new_level(self, at: str) -> Level:
        """The level that a delivery creates. Nobody has counted it: a count of an earlier moment adds the delivery."""
        units = self.delta or 0
        threshold = THRESHOLD_DEFAULT if self.low_stock_threshold is None else self.low_stock_threshold
        return Level(
            product_id=self.product_id,
            warehouse_id=self.warehouse_id,
            name=self.name or self.product_id,
            category=self.category or CATEGORY_DEFAULT,
            on_hand=units,
            reserved=0,
            available=units,
            low_stock_threshold=threshold,
            version=1,
            updated_at=at,
            low_stock_alerted=units <= threshold,  # a level that begins low has not become low
            described_at=at,
        )

    def movement_kind(self, level: Level | None, plan: Plan) -> MovementKind:
        """What it is in the ledger."""
        match self.kind:
            case ChangeKind.COUNTED if level is None or plan.delta:
                return MovementKind.COUNTED
            case ChangeKind.COUNTED | ChangeKind.DESCRIBED:
                return MovementKind.EDITED
            case _:
                return MovementKind(self.kind.value)


def plan_change(level: Level | None, change: StockChange, now: datetime) -> Plan:
    """Decide what a change other than a count makes of a level.

    Raises:
        LevelNotFound: there is no level, and only a delivery creates one.
        InsufficientStock: a sale of more than is available.
        BelowReserved: fewer units would be left than reservations hold.
        InvalidRequest: more units would be left than a level may have.
    """
    delta = change.delta or 0
    if level is None:
        if change.kind is not ChangeKind.RECEIVED:
            message = f"and warehouse_id have no stock level: it needs {ChangeKind.COUNTED} or {ChangeKind.RECEIVED}"
            raise LevelNotFound(message)
        return Plan(change.new_level(iso(now)), ChangeOutcome.CREATED, delta)
    described = change.describe(level, now)
    if change.kind is ChangeKind.DESCRIBED and described == level:
        return Plan(level, ChangeOutcome.UNCHANGED)
    if change.kind is ChangeKind.SOLD_ELSEWHERE:
        _check_is_available(level, -delta)
    on_hand = level.on_hand + delta
    if on_hand > UNITS_MAX:
        raise InvalidRequest([FieldError("delta", f"would leave more than {UNITS_MAX} units on hand")])
    if delta < 0:
        check_spares_reserved(level, on_hand)
    changed = replace(
        described,
        on_hand=on_hand,
        available=level.available + delta,
        version=level.version + 1,
        updated_at=iso(now),
    )
    return Plan(changed, ChangeOutcome.CHANGED, delta)


def plan_counted(level: Level | None, change: StockChange, accepted_at: str, moved: MovedSince, now: datetime) -> Plan:
    """Decide what a count makes of a level. See `plan_count` for its errors.

    Args:
        accepted_at: when the list of changes was accepted: the moment of a count that names none.
        moved: what happened to the shelf after the count's moment.
    """
    counted = change.to_count(level, change.as_of or accepted_at)
    if level is None or change.as_of:
        return plan_count(level, counted, moved, now)
    # Without a moment of its own, its description is of now: the changes before it in the list do not forbid it.
    described = change.describe(level, now)
    plan = plan_count(described, counted, moved, now)
    if described is level or plan.outcome is ChangeOutcome.CHANGED:
        return plan
    renamed = replace(plan.level, version=level.version + 1, updated_at=iso(now))
    return replace(plan, level=renamed, outcome=ChangeOutcome.CHANGED)


def _check_is_available(level: Level, units: int) -> None:
    available = max(0, min(level.available, level.unsold - level.reserved))  # they differ after a drift
    if units > available:
        shortage = Shortage(level.product_id, level.warehouse_id, requested=units, available=available)
        raise InsufficientStock(f"only {available} units are available", (shortage,))
