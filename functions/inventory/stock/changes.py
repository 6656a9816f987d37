"""Changes of stock by hand: count, put and adjust. Each has its movement in the same transaction."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar
from uuid import uuid4

from inventory.aws.retries import ATTEMPTS_MAX, pause
from inventory.errors import (
    AdjustmentConflict,
    BelowReserved,
    FieldError,
    InvalidRequest,
    LevelNotFound,
    NotEmpty,
    TransientError,
    VersionConflict,
)
from inventory.identifiers import joined
from inventory.model import UNITS_MAX, Adjustment, Level, LevelKey, Movement, MovementKind, iso
from inventory.stock.batch import BatchRun, LevelSnapshot, read_snapshots
from inventory.stock.ledger import LEVEL_DELETED, Ledger, reference_of_deletion
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.store import StockStore

Result = TypeVar("Result")


class ChangeOutcome(StrEnum):
    """What a change did to a level."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """A level as it was written, and what the change did. What others hold of it may have changed since."""

    level: Level
    outcome: ChangeOutcome


@dataclass(frozen=True, slots=True)
class Count:
    """The new content of a level: its counted units and its description."""

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    low_stock_threshold: int
    active: bool | None = None  # None: as it is, and true for a new level

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    def applied_to(self, level: Level) -> Level:
        """The level with this content."""
        return replace(
            level,
            name=self.name,
            category=self.category,
            on_hand=self.on_hand,
            low_stock_threshold=self.low_stock_threshold,
            active=level.active if self.active is None else self.active,
        )

    def differs_from(self, level: Level | None) -> bool:
        """Whether there is anything to write."""
        return level is None or self.applied_to(level) != level


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Who changes stock, and why; `run` if it is one of many changes that may be made again together."""

    actor: str
    reason: str
    reference: str | None = None
    run: BatchRun | None = None


@dataclass(frozen=True, slots=True)
class StockChanges:
    """The use cases that change stock by hand."""

    store: StockStore
    ledger: Ledger
    calls: RepeatedCalls
    alerts: LowStockAlerts

    def count(
        self, counted: Count, context: ChangeContext, now: datetime, snapshot: LevelSnapshot | None = None
    ) -> ChangeOutcome:
        """Set a level to what was counted, and create it if it is new; the same count again changes nothing.

        Args:
            snapshot: what `read_snapshots` found a moment ago, to save a read.

        Raises:
            BelowReserved: fewer units were counted than reservations hold.
            TransientError: sales changed the level in every attempt.
        """
        snapshots = [snapshot] if snapshot else []

        def attempt() -> ChangeResult | None:
            found = snapshots.pop() if snapshots else self.read_snapshot(counted.key, context.run)
            if found.level and found.already_applied:
                return ChangeResult(found.level, ChangeOutcome.CHANGED)  # units sold since do not come back
            return self._set(found.level, counted, context, now)

        return retry_on_conflict(attempt, counted.key).outcome

    def put(
        self, counted: Count, context: ChangeContext, version: int | None, now: datetime
    ) -> tuple[Level, ChangeOutcome]:
        """Set a level as an editor left it who had read this version of it; None: there was no level.

        Returns:
            The level afterwards, and what the change did.

        The same edit again, after a lost answer, changes nothing and is answered like the first.

        Raises:
            VersionConflict: the level is another version.
            BelowReserved: reservations hold more units than it would have.
            LevelUnreadable: another tool wrote the level in another form.
        """
        # Two creations at once are two managers who do not know of each other: one must learn of the other.
        edit_id = None if version is None else _edit_id(counted, context, version)

        def attempt() -> ChangeResult | None:
            level = self.store.level(counted.key)
            if edit_id and level and level.edit_id == edit_id:
                return ChangeResult(level, ChangeOutcome.CHANGED)
            if (level.version if level else None) != version:
                raise VersionConflict(_existing(level, counted.key), level)
            return self._set(level, counted, context, now, edit_id)

        result = retry_on_conflict(attempt, counted.key)
        return self._latest(result), result.outcome

    def delete(self, key: LevelKey, version: int, actor: str, now: datetime) -> None:
        """Delete a level without units; its movements stay, and add up to 0. The same deletion again changes nothing.

        Raises:
            LevelNotFound: there is no such level, and this version of it was not deleted before.
            VersionConflict: the level is another version.
            NotEmpty: it has units.
            LevelUnreadable: another tool wrote it in another form.
            TransientError: the level changed in every attempt.
        """

        def attempt() -> bool | None:
            level = self.store.level(key)
            if level is None or level.version != version:
                if self.ledger.is_closed(key, version):
                    return True
                if level is None:
                    raise LevelNotFound(_existing(None, key))
                raise VersionConflict(_existing(level, key), level)
            if level.on_hand or level.reserved or level.available:
                raise NotEmpty(
                    f"{level.on_hand} units of {key.product_id} are in {key.warehouse_id}: remove them first"
                )
            # Units that were written by hand or lost by a drift: no level is left to compare the ledger with.
            delta = -self.ledger.sum_of(key)
            context = ChangeContext(actor, LEVEL_DELETED, reference_of_deletion(version))
            movement = _movement(key, MovementKind.RECONCILED, delta, context, now)
            return self.store.delete_level(level, movement) or None

        retry_on_conflict(attempt, key)

    def adjust(self, adjustment: Adjustment, actor: str, now: datetime) -> Level:
        """Add units to a level, or remove some; the same adjustment again is answered like the first, also if refused.

        Returns:
            The level afterwards.

        Raises:
            AdjustmentConflict: the id was used before for another adjustment.
            LevelNotFound: there is no such level.
            BelowReserved: fewer units would be left than reservations hold.
            InvalidRequest: the level would have more units than a level may have.
            LevelUnreadable: another tool wrote the level in another form.
            TransientError: sales changed the level in every attempt.
        """

        def attempt() -> Level | None:
            # The level first: if another run of this adjustment changed it, that run's decision is found too.
            level = self.store.level(adjustment.key)
            answered = self.calls.answer(adjustment) or self._answer_of_first_edition(adjustment, level)
            if answered:
                return answered
            try:
                adjustable = _adjustable(level, adjustment)
            except (LevelNotFound, BelowReserved, InvalidRequest) as refusal:
                return self.calls.refuse(adjustment, refusal, now)
            return self._adjust(adjustable, adjustment, actor, now)

        return retry_on_conflict(attempt, adjustment.key)

    def _answer_of_first_edition(self, adjustment: Adjustment, level: Level | None) -> Level | None:
        applied = self.ledger.adjustment_of_first_edition(adjustment.request_id)
        if applied and applied != adjustment:
            raise AdjustmentConflict("the key was used before, for another adjustment")
        return level if applied else None

    def _adjust(self, read: Level, adjustment: Adjustment, actor: str, now: datetime) -> Level | None:
        """Write an adjustment and alert if the level became low; None when the level changed in between."""
        written = replace(
            read,
            on_hand=read.on_hand + adjustment.delta,
            available=read.available + adjustment.delta,
            version=read.version + 1,
            updated_at=iso(now),
        )
        context = ChangeContext(actor, adjustment.reason, adjustment.reference)
        movement = _movement(read.key, MovementKind.ADJUSTED, adjustment.delta, context, now)
        if not self.store.adjust_level(read, adjustment.delta, movement, self.calls.made(adjustment, written, now)):
            return None
        if written.is_low:
            claimant = Claimant("movement_id", movement.movement_id).with_unique_token()
            self.alerts.claim_and_send([read.key], claimant, now)
        latest = self._latest(ChangeResult(written, ChangeOutcome.CHANGED))
        return self.calls.correct(adjustment, written, latest, now)

    def read_snapshot(self, key: LevelKey, run: BatchRun | None) -> LevelSnapshot:
        """The snapshot of one level."""
        return self.read_snapshots([key], run)[key]

    def read_snapshots(self, keys: list[LevelKey], run: BatchRun | None) -> dict[LevelKey, LevelSnapshot]:
        """The snapshots of many levels, in a few reads."""
        return read_snapshots(keys, run, stock=self.store, ledger=self.ledger)

    def _set(
        self, level: Level | None, counted: Count, context: ChangeContext, now: datetime, edit_id: str | None = None
    ) -> ChangeResult | None:
        """Create a level or change an existing one; None when it changed since it was read."""
        if level is None:
            return self._create(counted, context, now)
        if not counted.differs_from(level):
            return ChangeResult(level, ChangeOutcome.UNCHANGED)
        changed = replace(counted.applied_to(level), updated_at=iso(now), edit_id=edit_id or level.edit_id)
        delta = changed.on_hand - level.on_hand
        kind = MovementKind.COUNTED if delta else MovementKind.EDITED  # a new name is recorded too, with its reason
        movement = _movement(level.key, kind, delta, context, now)
        return self._change(level, changed, movement, now, lambda: self.store.change_level(level, changed, movement))

    def _create(self, counted: Count, context: ChangeContext, now: datetime) -> ChangeResult | None:
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
            active=counted.active is not False,
        )
        movement = _movement(level.key, MovementKind.RECEIVED, level.on_hand, context, now)
        return ChangeResult(level, ChangeOutcome.CREATED) if self.store.create_level(level, movement) else None

    def _change(
        self, read: Level, changed: Level, movement: Movement, now: datetime, write: Callable[[], bool]
    ) -> ChangeResult | None:
        """Write a changed level and alert if it became low; None when `write` found that it has changed since."""
        _raise_if_below_reserved(read, changed.on_hand)
        if not write():
            return None
        if changed.is_low:
            claimant = Claimant("movement_id", movement.movement_id).with_unique_token()
            self.alerts.claim_and_send([read.key], claimant, now)
        available = read.available + changed.on_hand - read.on_hand
        return ChangeResult(replace(changed, available=available, version=read.version + 1), ChangeOutcome.CHANGED)

    def _latest(self, result: ChangeResult) -> Level:
        """The level now; as it was written if it cannot be read, for the write succeeded."""
        try:
            return self.store.level(result.level.key) or result.level
        except TransientError:
            return result.level


def retry_on_conflict(attempt: Callable[[], Result | None], key: LevelKey) -> Result:
    """Read and write again until nobody changed the level in between, a bounded number of times.

    Args:
        attempt: reads and writes; None when the level changed in between.

    Raises:
        TransientError: the level changed in every attempt.
    """
    for number in range(ATTEMPTS_MAX):
        if number:
            pause(number - 1)
        result = attempt()
        if result is not None:
            return result
    raise TransientError(f"{key.product_id} in {key.warehouse_id} keeps changing: try again")


def _adjustable(level: Level | None, adjustment: Adjustment) -> Level:
    """The level, if the adjustment is possible."""
    if level is None:
        raise LevelNotFound(_existing(None, adjustment.key))
    on_hand = level.on_hand + adjustment.delta
    if on_hand > UNITS_MAX:
        raise InvalidRequest([FieldError("delta", f"would leave more than {UNITS_MAX} units on hand")])
    _raise_if_below_reserved(level, on_hand)
    return level


def _raise_if_below_reserved(level: Level, on_hand: int) -> None:
    if on_hand < level.reserved:
        raise BelowReserved(
            f"{level.reserved} units of {level.product_id} in {level.warehouse_id} are reserved:"
            f" {on_hand} on hand are too few"
        )


def _movement(key: LevelKey, kind: MovementKind, delta: int, context: ChangeContext, now: datetime) -> Movement:
    moved_at = iso(context.run.began_at if context.run else now)
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=context.run.movement_id(key) if context.run else joined(moved_at, uuid4().hex),
        moved_at=moved_at,
        kind=kind,
        delta=delta,
        actor=context.actor,
        reason=context.reason,
        reference=context.reference,
    )


def _edit_id(counted: Count, context: ChangeContext, version: int) -> str:
    """What identifies an edit: who changed which version to what, and why. A count of a later moment is another edit."""
    content = [*asdict(counted).values(), context.actor, context.reason, version]
    return sha256(json.dumps(content).encode()).hexdigest()[:32]


def _existing(level: Level | None, key: LevelKey) -> str:
    name = f"{key.product_id} in warehouse {key.warehouse_id}"
    return f"{name} is at version {level.version}" if level else f"there is no stock level of {name}"
