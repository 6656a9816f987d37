"""The use cases of stock: receive, count and adjust. Each change of on_hand has its movement in the same transaction."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from inventory.alerts import Claimant, tell_of_low_stock
from inventory.dynamodb import ATTEMPTS_MAX, FIRST_PAUSE_SECONDS, PAUSE_SECONDS_MAX
from inventory.errors import BelowReserved, Busy, LevelNotFound
from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from inventory.stock_store import StockStore
from inventory.topics import Topics


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


@dataclass(frozen=True, slots=True)
class Cause:
    """Who changes stock by hand, and why."""

    actor: str
    reason: str
    reference: str | None = None


def count(counted: Count, cause: Cause, *, stock: StockStore, topics: Topics, now: datetime) -> Level:
    """Set a level to what was counted, creating it if it is new; the same count again changes nothing.

    Raises:
        BelowReserved: fewer units were counted than reservations hold.
        Busy: sales kept changing the level meanwhile.
    """

    def attempt() -> Level | None:
        found = stock.levels([counted.key])
        if not found:
            return _create(counted, cause, stock=stock, now=now)
        changed = replace(
            found[0],
            name=counted.name,
            category=counted.category,
            on_hand=counted.on_hand,
            low_stock_threshold=counted.low_stock_threshold,
        )
        return _change(found[0], changed, MovementKind.COUNTED, cause, stock=stock, topics=topics, now=now)

    return _until_undisturbed(attempt, counted.key)


def adjust(key: LevelKey, delta: int, cause: Cause, *, stock: StockStore, topics: Topics, now: datetime) -> Level:
    """Add units to a level, or take some away.

    Raises:
        LevelNotFound: there is no such level.
        BelowReserved: fewer units would be left than reservations hold.
        Busy: sales kept changing the level meanwhile.
    """

    def attempt() -> Level | None:
        found = stock.levels([key])
        if not found:
            raise LevelNotFound(f"there is no stock level of {key.product_id} in warehouse {key.warehouse_id}")
        changed = replace(found[0], on_hand=found[0].on_hand + delta)
        return _change(found[0], changed, MovementKind.ADJUSTED, cause, stock=stock, topics=topics, now=now)

    return _until_undisturbed(attempt, key)


def _create(counted: Count, cause: Cause, *, stock: StockStore, now: datetime) -> Level | None:
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
    return level if stock.create_level(level, movement) else None


def _change(
    seen: Level, changed: Level, kind: MovementKind, cause: Cause, *, stock: StockStore, topics: Topics, now: datetime
) -> Level | None:
    """Write a changed level; None when it was not as seen any more."""
    if changed == seen:
        return seen
    if changed.on_hand < seen.reserved:
        raise BelowReserved(
            f"{seen.reserved} units of {seen.product_id} in {seen.warehouse_id} are reserved:"
            f" {changed.on_hand} on hand are too few"
        )
    delta = changed.on_hand - seen.on_hand
    movement = _movement(seen.key, kind, delta, cause, now) if delta else None
    changed = replace(changed, updated_at=iso(now))
    if not stock.change_level(seen, changed, movement):
        return None
    if changed.is_low:
        claimant = Claimant("movement_id", movement.movement_id if movement else None).with_run_of_its_own()
        tell_of_low_stock([seen.key], claimant, stock=stock, topics=topics, now=now)
    return replace(changed, available=seen.available + delta, version=seen.version + 1)


def _movement(key: LevelKey, kind: MovementKind, delta: int, cause: Cause, now: datetime) -> Movement:
    moved_at = iso(now)
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=f"{moved_at}#{uuid4().hex}",
        moved_at=moved_at,
        kind=kind,
        delta=delta,
        actor=cause.actor,
        reason=cause.reason,
        reference=cause.reference,
    )


def _until_undisturbed(attempt: Callable[[], Level | None], key: LevelKey) -> Level:
    """Look and write until nobody changed the level in between, with full jitter, a bounded number of times."""
    for number in range(ATTEMPTS_MAX):
        level = attempt()
        if level is not None:
            return level
        time.sleep(random.uniform(0, min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**number)))
    raise Busy(f"{key.product_id} in {key.warehouse_id} keeps changing: try again")
