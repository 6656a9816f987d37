"""The use cases of stock: count, set and adjust. Each change has its movement in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from inventory.aws.dynamodb import ATTEMPTS_MAX, pause
from inventory.aws.sns import Topics
from inventory.errors import (
    AdjustmentConflict,
    BelowReserved,
    FieldError,
    InvalidRequest,
    LevelNotFound,
    TransientError,
    VersionConflict,
)
from inventory.model import UNITS_MAX, Adjustment, Level, LevelKey, Movement, MovementKind, iso
from inventory.stock.batch import LevelSnapshot, Run, look
from inventory.stock.low_stock_alerts import Claimant, send_low_stock_alerts
from inventory.stock.store import StockStore


class ChangeOutcome(StrEnum):
    """What became of a level."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """A level as it was written, and what became of it. What others hold of it may have changed since."""

    level: Level
    effect: ChangeOutcome


@dataclass(frozen=True, slots=True)
class Count:
    """What a level is to be: a count of its units, and how it is described."""

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    low_stock_threshold: int

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    def applied_to(self, level: Level) -> Level:
        """The level as it was counted."""
        return replace(
            level,
            name=self.name,
            category=self.category,
            on_hand=self.on_hand,
            low_stock_threshold=self.low_stock_threshold,
        )

    def differs_from(self, level: Level | None) -> bool:
        """Whether there is anything to write."""
        return level is None or self.applied_to(level) != level


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Who changes stock by hand, and why; `run` when it is one of many changes that may be made again together."""

    actor: str
    reason: str
    reference: str | None = None
    run: Run | None = None


def count(
    counted: Count,
    cause: ChangeContext,
    *,
    stock: StockStore,
    topics: Topics,
    now: datetime,
    sight: LevelSnapshot | None = None,
) -> ChangeOutcome:
    """Set a level to what was counted, creating it if it is new; the same count again changes nothing.

    Args:
        sight: what `look` has found a moment ago, to save looking again.

    Raises:
        BelowReserved: fewer units were counted than reservations hold.
        Busy: sales kept changing the level meanwhile.
    """
    sights = [sight] if sight else []

    def attempt() -> ChangeResult | None:
        found = sights.pop() if sights else look([counted.key], cause.run, stock=stock)[counted.key]
        if found.level and found.already_applied:
            return ChangeResult(found.level, ChangeOutcome.CHANGED)  # what was sold since is not put back
        return _set(found.level, counted, cause, stock=stock, topics=topics, now=now)

    return retry_on_conflict(attempt, counted.key).effect


def set_level(
    counted: Count, cause: ChangeContext, *, seen_version: int | None, stock: StockStore, topics: Topics, now: datetime
) -> tuple[Level, ChangeOutcome]:
    """Set a level as an editor left it who had seen this version of it, or None when there was none.

    Returns:
        The level as it stands afterwards, and what became of it.

    Raises:
        VersionConflict: it is not what the editor had seen.
        BelowReserved: reservations hold more units than it is to have.
    """

    def attempt() -> ChangeResult | None:
        level = stock.level(counted.key)
        if (level.version if level else None) != seen_version:
            raise VersionConflict(_what_is_there(level, counted.key), level)
        return _set(level, counted, cause, stock=stock, topics=topics, now=now)

    written = retry_on_conflict(attempt, counted.key)
    return _latest(written, stock), written.effect


def adjust(adjustment: Adjustment, actor: str, *, stock: StockStore, topics: Topics, now: datetime) -> Level:
    """Add units to a level, or take some away; the same adjustment again changes nothing.

    Returns:
        The level as it stands afterwards.

    Raises:
        AdjustmentConflict: the id was used before for another adjustment.
        LevelNotFound: there is no such level.
        BelowReserved: fewer units would be left than reservations hold.
        InvalidRequest: more units would be there than a level may have.
        Busy: sales kept changing the level meanwhile.
    """
    cause = ChangeContext(actor, adjustment.reason, adjustment.reference)

    def attempt() -> ChangeResult | None:
        # The level first: if another run of this adjustment has changed it already, that run's adjustment is found too.
        level = stock.level(adjustment.key)
        made = stock.adjustment(adjustment.request_id)
        if made and made != adjustment:
            raise AdjustmentConflict("the key was used before, for another adjustment")
        if level is None:
            raise LevelNotFound(_what_is_there(None, adjustment.key))
        if made:
            return ChangeResult(level, ChangeOutcome.CHANGED)
        changed = replace(level, on_hand=level.on_hand + adjustment.delta)
        if changed.on_hand > UNITS_MAX:
            raise InvalidRequest([FieldError("delta", f"would leave more than {UNITS_MAX} units on hand")])
        movement = _movement(level.key, MovementKind.ADJUSTED, adjustment.delta, cause, now)
        return _change(level, changed, movement, adjustment, stock=stock, topics=topics, now=now)

    return _latest(retry_on_conflict(attempt, adjustment.key), stock)


def _set(
    level: Level | None, counted: Count, cause: ChangeContext, *, stock: StockStore, topics: Topics, now: datetime
) -> ChangeResult | None:
    """Create a level or change the one that is there; None when it is not as it was seen any more."""
    if level is None:
        return _create(counted, cause, stock=stock, now=now)
    if not counted.differs_from(level):
        return ChangeResult(level, ChangeOutcome.UNCHANGED)
    changed = counted.applied_to(level)
    delta = changed.on_hand - level.on_hand
    kind = MovementKind.COUNTED if delta else MovementKind.EDITED  # also who called it otherwise is kept, and why
    movement = _movement(level.key, kind, delta, cause, now)
    return _change(level, changed, movement, None, stock=stock, topics=topics, now=now)


def _create(counted: Count, cause: ChangeContext, *, stock: StockStore, now: datetime) -> ChangeResult | None:
    level = Level(
        product_id=counted.product_id,
        warehouse_id=counted.warehouse_id,
        name=counted.name,
        category=counted.category,
        on_hand=counted.on_hand,
        reserved=0,
        available=counted.on_hand,
        low_stock_threshold=counted.low_stock_threshold,
        version=1,
        updated_at=iso(now),
        # A level that begins low has not become low: nothing to alert until it was above its threshold once.
        low_stock_alerted=counted.on_hand <= counted.low_stock_threshold,
    )
    movement = _movement(level.key, MovementKind.RECEIVED, level.on_hand, cause, now)
    return ChangeResult(level, ChangeOutcome.CREATED) if stock.create_level(level, movement) else None


def _change(
    seen: Level,
    changed: Level,
    movement: Movement,
    adjustment: Adjustment | None,
    *,
    stock: StockStore,
    topics: Topics,
    now: datetime,
) -> ChangeResult | None:
    """Write a changed level and tell of what became low by it; None when it was not as seen any more."""
    if changed.on_hand < seen.reserved:
        raise BelowReserved(
            f"{seen.reserved} units of {seen.product_id} in {seen.warehouse_id} are reserved:"
            f" {changed.on_hand} on hand are too few"
        )
    changed = replace(changed, updated_at=iso(now))
    if not stock.change_level(seen, changed, movement, adjustment):
        return None
    if changed.is_low:
        claimant = Claimant("movement_id", movement.movement_id).with_unique_token()
        send_low_stock_alerts([seen.key], claimant, stock=stock, topics=topics, now=now)
    available = seen.available + changed.on_hand - seen.on_hand
    return ChangeResult(replace(changed, available=available, version=seen.version + 1), ChangeOutcome.CHANGED)


def _movement(key: LevelKey, kind: MovementKind, delta: int, cause: ChangeContext, now: datetime) -> Movement:
    moved_at = iso(cause.run.began_at if cause.run else now)
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=cause.run.movement_id(key) if cause.run else f"{moved_at}#{uuid4().hex}",
        moved_at=moved_at,
        kind=kind,
        delta=delta,
        actor=cause.actor,
        reason=cause.reason,
        reference=cause.reference,
    )


def _latest(written: ChangeResult, stock: StockStore) -> Level:
    """The level as it stands; as it was written when it cannot be read now, for the write is made."""
    try:
        return stock.level(written.level.key) or written.level
    except TransientError:
        return written.level


def _what_is_there(level: Level | None, key: LevelKey) -> str:
    name = f"{key.product_id} in warehouse {key.warehouse_id}"
    return f"{name} is at version {level.version}" if level else f"there is no stock level of {name}"


def retry_on_conflict(attempt: Callable[[], ChangeResult | None], key: LevelKey) -> ChangeResult:
    """Look and write until nobody changed the level in between, a bounded number of times."""
    for number in range(ATTEMPTS_MAX):
        if number:
            pause(number - 1)
        written = attempt()
        if written is not None:
            return written
    raise TransientError(f"{key.product_id} in {key.warehouse_id} keeps changing: try again")
