"""Changes of stock by hand: count, put and adjust. Each has its movement in the same transaction."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from uuid import uuid4

from inventory.aws.dynamodb import Write
from inventory.aws.retries import ATTEMPTS_MAX, pause
from inventory.errors import (
    AdjustmentConflict,
    BelowReserved,
    FieldError,
    InvalidRequest,
    LevelNotFound,
    NotEmpty,
    ShardsChanging,
    TransientError,
    VersionConflict,
)
from inventory.identifiers import joined
from inventory.model import UNITS_MAX, Adjustment, Level, LevelKey, Movement, MovementKind, iso
from inventory.observability import logger
from inventory.stock.counts import (
    NOTHING,
    ChangeOutcome,
    Count,
    MovedSince,
    Plan,
    check_spares_reserved,
    plan_count,
)
from inventory.stock.ledger import LEVEL_DELETED, Ledger, reference_of_deletion
from inventory.stock.low_stock_alerts import Claimant, LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.shards.history import level_and_moved_since
from inventory.stock.shards.parts import most_available, versions_raised
from inventory.stock.shards.spreading import Shards
from inventory.stock.store import StockStore

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """A level as it was written, and what the change did. What others hold of it may have changed since."""

    level: Level
    outcome: ChangeOutcome


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Who changes stock, and why."""

    actor: str
    reason: str
    reference: str | None = None
    kind: MovementKind | None = None  # of the movement; None: that of a count by hand


@dataclass(frozen=True, slots=True)
class StockChanges:
    """The use cases that change stock by hand."""

    store: StockStore
    ledger: Ledger
    calls: RepeatedCalls
    alerts: LowStockAlerts
    shards: Shards | None = None  # None: what is added to a spread level stays in one of its shards

    def count(self, counted: Count, context: ChangeContext, now: datetime) -> ChangeOutcome:
        """Set a level to what was counted, and create it if it is new; the same count again changes nothing.

        Raises:
            DescriptionChanged: the description was changed after the count's moment, and differs.
            BelowReserved: fewer units would be left than reservations hold.
            InvalidRequest: the level would have more units than a level may have.
            TransientError: sales changed the level in every attempt.
        """

        def attempt() -> ChangeResult | None:
            level = self.store.level(counted.key)
            try:
                plan = self.plan(level, counted, now)
            except BelowReserved as refusal:
                if self.may_have(level, refusal.removed):
                    return None
                raise
            return self.write(level, plan, context, now)

        return retry_on_conflict(attempt, counted.key).outcome

    def plan(self, level: Level | None, counted: Count, now: datetime) -> Plan:
        """What a count would change, without writing. The ledger is read after the level, so that it has all its movements.

        A movement that is written later raises the level's version, and the write of this plan fails.

        Raises:
            DescriptionChanged, BelowReserved, InvalidRequest: it does not fit the level.
        """
        since = counted.ledger_since(level)
        level, moved = self.since(level, counted.key, since) if since else (level, NOTHING)
        return plan_count(level, counted, moved, now)

    def since(self, read: Level | None, key: LevelKey, moment: str) -> tuple[Level | None, MovedSince]:
        """A level, and what was moved of it after a moment. See `level_and_moved_since`."""
        return level_and_moved_since(read, key, moment, self.store, self.ledger)

    def may_have(self, read: Level | None, units: int) -> bool:
        """Whether a spread level may have so many units available, although the sum of its shards was less.

        Args:
            read: the level as it was read before it was refused to remove so many of it.
        """
        if read is None or not read.parts:
            return False
        again = self.store.level(read.key)
        if again is None:
            return True  # the next attempt refuses it, as there is no level
        return again.parts != read.parts and most_available(read, again) >= units

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
        edit_id = _edit_id(counted, context, version)

        def attempt() -> ChangeResult | None:
            level = self.store.level(counted.key)
            if level and level.edit_id == edit_id:
                self._copy_settings(level)
                return ChangeResult(level, ChangeOutcome.CHANGED)
            if (level.version if level else None) != version:
                raise VersionConflict(_existing(level, counted.key), level)
            try:
                plan = plan_count(level, counted, NOTHING, now)
            except BelowReserved as refusal:
                if self.may_have(level, refusal.removed):
                    return None
                raise
            # Two creations at once are two managers who do not know of each other: one must learn of the other.
            if plan.outcome is not ChangeOutcome.CREATED:
                plan = replace(plan, level=replace(plan.level, edit_id=edit_id))
            return self.write(level, plan, context, now)

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
            if level.shards_wanted:
                raise ShardsChanging(
                    f"the change of {key.product_id} in {key.warehouse_id} to {level.shards_wanted} shards is under way:"
                    " wait for its end"
                )
            if level.on_hand or level.reserved or level.available or level.allocated:
                raise NotEmpty(
                    f"{level.on_hand} units of {key.product_id} are in {key.warehouse_id}: remove them first"
                )
            # Units that were written by hand or lost by a drift: no level is left to compare the ledger with.
            context = ChangeContext(actor, LEVEL_DELETED, reference_of_deletion(version))
            closing = [self._closing(part.key, context, now) for part in level.parts or (level,)]
            return self.store.delete_level(level, [closed for closed in closing if closed]) or None

        retry_on_conflict(attempt, key)

    def _closing(self, key: LevelKey, context: ChangeContext, now: datetime) -> Movement | None:
        """The movement that makes the sum of a ledger 0: of the level's own, as a deletion is known by it, or if it is not."""
        moved = self.ledger.sum_of(key)
        movement = _movement(key, MovementKind.RECONCILED, -moved.on_hand, context, now)
        return replace(movement, allocated_delta=-moved.allocated) if any(moved) or key.shard == 0 else None

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
                if isinstance(refusal, BelowReserved) and self.may_have(level, refusal.removed):
                    return None
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
            version=read.version + versions_raised(read, adjustment.delta, by_hand=False),
            updated_at=iso(now),
        )
        context = ChangeContext(actor, adjustment.reason, adjustment.reference)
        movement = _movement(read.key, MovementKind.ADJUSTED, adjustment.delta, context, now)
        if not self.store.adjust_level(read, adjustment.delta, movement, self.calls.made(adjustment, written, now)):
            return None
        self._alert(written, movement, now)
        self._even_out(written, adjustment.delta, actor, now)
        latest = self._latest(ChangeResult(written, ChangeOutcome.CHANGED))
        return self.calls.correct(adjustment, written, latest, now)

    def write(
        self, read: Level | None, plan: Plan, context: ChangeContext, now: datetime, *more: Write
    ) -> ChangeResult | None:
        """Write a plan, with more in its transaction; None when the level changed since it was read."""
        plan = as_written(read, plan, by_hand=True)
        result = ChangeResult(plan.level, plan.outcome)
        movement = _movement(plan.level.key, context.kind or _kind_of_count(read, plan), plan.delta, context, now)
        if read is None:
            return result if self.store.create_level(plan.level, movement, more) else None
        if plan.outcome is ChangeOutcome.UNCHANGED:
            if plan.is_marked and not self.store.mark_counted(read, plan.level, more):
                return None
            return result
        if not self.store.change_level(read, plan.level, movement, more):
            return None
        self._copy_settings(plan.level)
        self._alert(plan.level, movement, now)
        self._even_out(plan.level, plan.delta, context.actor, now)
        return result

    def move(self, read: Level, plan: Plan, context: ChangeContext, now: datetime, decided: Write) -> bool:
        """Write a plan that moves units and changes no description: sales meanwhile do not prevent it.

        Returns:
            False when it does not fit the level as it is now, or was decided before: read it again.
        """
        movement = _movement(read.key, context.kind or MovementKind.ADJUSTED, plan.delta, context, now)
        if not self.store.adjust_level(read, plan.delta, movement, decided):
            return False
        self._alert(plan.level, movement, now)
        self._even_out(plan.level, plan.delta, context.actor, now)
        return True

    def _copy_settings(self, level: Level) -> None:
        """Give the shards of a spread level what an edit of its threshold or of `active` left in its own row."""
        if level.is_spread:
            self.store.copy_settings(level.key)

    def _alert(self, changed: Level, movement: Movement, now: datetime) -> None:
        """Alert if a level that was written became low."""
        if changed.is_low:
            self.alerts.claim_and_send([changed.key], Claimant("movement_id", movement.movement_id), now)

    def _even_out(self, level: Level, delta: int, actor: str, now: datetime) -> None:
        """Let all shards of a spread level sell what was added to one of them. It is not needed for anything to be right."""
        if delta > 0 and level.is_spread and self.shards:
            try:
                self.shards.even_out(level.key, actor, now)
            except TransientError:
                logger.warning("the shards of a level stay uneven", product_id=level.product_id)

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


def as_written(read: Level | None, plan: Plan, *, by_hand: bool) -> Plan:
    """The plan with the version that a level has after its write, which may be of several rows of a spread one.

    Args:
        by_hand: whether it is written as an edit, which writes the level's own row in any case.
    """
    if read is None or not read.parts or plan.outcome is not ChangeOutcome.CHANGED:
        return plan
    version = read.version + versions_raised(read, plan.delta, by_hand=by_hand)
    return replace(plan, level=replace(plan.level, version=version))


def _adjustable(level: Level | None, adjustment: Adjustment) -> Level:
    """The level, if the adjustment is possible."""
    if level is None:
        raise LevelNotFound(_existing(None, adjustment.key))
    on_hand = level.on_hand + adjustment.delta
    if on_hand > UNITS_MAX:
        raise InvalidRequest([FieldError("delta", f"would leave more than {UNITS_MAX} units on hand")])
    check_spares_reserved(level, on_hand)
    return level


def _movement(key: LevelKey, kind: MovementKind, delta: int, context: ChangeContext, now: datetime) -> Movement:
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=joined(iso(now), uuid4().hex),
        moved_at=iso(now),
        kind=kind,
        delta=delta,
        actor=context.actor,
        reason=context.reason,
        reference=context.reference,
        shard=key.shard,
    )


def _kind_of_count(read: Level | None, plan: Plan) -> MovementKind:
    """What a count by hand or of a file is in the ledger."""
    if read is None:
        # A count of an earlier moment is no delivery: a later count of a moment between must not add it.
        is_delivery = plan.level.counted_as_of == plan.level.updated_at
        return MovementKind.RECEIVED if is_delivery else MovementKind.COUNTED
    # A new name is recorded too, with its reason.
    return MovementKind.COUNTED if plan.delta else MovementKind.EDITED


def _edit_id(counted: Count, context: ChangeContext, version: int | None) -> str:
    """What identifies an edit: who changed which version to what, and why. A count of a later moment is another edit."""
    content = [*asdict(counted).values(), context.actor, context.reason, version]
    return sha256(json.dumps(content).encode()).hexdigest()[:32]


def _existing(level: Level | None, key: LevelKey) -> str:
    name = f"{key.product_id} in warehouse {key.warehouse_id}"
    return f"{name} is at version {level.version}" if level else f"there is no stock level of {name}"
