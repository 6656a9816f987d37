"""What a count makes of a level: a plain decision over what was read, without AWS.

A count is of a moment. What happened to the shelf after that moment is not in it, so it is added.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inventory.errors import BelowReserved, DescriptionChanged, FieldError, InvalidRequest
from inventory.model import UNITS_MAX, Level, LevelKey, iso
from inventory.values import dataclass

DESCRIPTION = ("name", "category", "low_stock_threshold")


class ChangeOutcome(StrEnum):
    """What a change did to a level. REFUSED: nothing, because it does not fit the level."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Count:
    """The new content of a level: its counted units and its description.

    `as_of` is the moment of the count, as `iso` writes it; None: the moment at which it is written. `on_hand_was` is
    what the level had at that moment, if it is known: units equal to it were not counted, and do not change.
    """

    product_id: str
    warehouse_id: str
    name: str
    category: str
    on_hand: int
    low_stock_threshold: int
    active: bool | None = None  # None: as it is, and true for a new level
    as_of: str | None = None
    on_hand_was: int | None = None

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.product_id, self.warehouse_id)

    @property
    def has_units(self) -> bool:
        """Whether units were counted: others than are known, or none are known. Otherwise the description alone is set."""
        return self.on_hand_was != self.on_hand

    def is_superseded(self, level: Level) -> bool:
        """Whether the level was counted at a later moment than this."""
        return self.as_of is not None and level.counted_as_of is not None and level.counted_as_of > self.as_of

    def ledger_since(self, level: Level | None) -> str | None:
        """The moment after which movements decide about the level, also whether it was deleted since; None: they do not."""
        is_decided_by_movements = level is None or (self.has_units and not self.is_superseded(level))
        return self.as_of if is_decided_by_movements else None


@dataclass(frozen=True, slots=True)
class MovedSince:
    """The sums of a level's movements after a moment."""

    happened: int = 0  # on the shelf: sold, received, adjusted …
    counted: int = 0  # corrections by counts, which happened in the books only
    is_deleted: bool = False  # the level was deleted


NOTHING = MovedSince()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a count does to a level, decided from one reading of it."""

    level: Level  # afterwards
    outcome: ChangeOutcome
    delta: int = 0
    is_marked: bool = False  # the level remembers a new moment of its count

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to write."""
        return self.outcome is ChangeOutcome.UNCHANGED and not self.is_marked


def plan_count(level: Level | None, counted: Count, moved: MovedSince, now: datetime) -> Plan:
    """Decide what a count changes.

    Args:
        moved: what the ledger has after the count's moment, read after the level.

    Raises:
        DescriptionChanged: the description was changed after the count's moment, and differs; or the level was deleted.
        BelowReserved: fewer units would be left than are reserved or allocated.
        InvalidRequest: more units would be left than a level may have.
    """
    if level is None:
        if moved.is_deleted:
            message = f"was deleted in warehouse {counted.warehouse_id} after {counted.as_of}"
            raise DescriptionChanged([FieldError("product_id", message)])
        return Plan(new_level(counted, now), ChangeOutcome.CREATED, delta=counted.on_hand, is_marked=True)
    _check_description(level, counted)
    described = replace(level, **{name: getattr(counted, name) for name in DESCRIPTION})
    is_described = described != level
    is_active = level.active if counted.active is None else counted.active
    is_counted = counted.has_units and not counted.is_superseded(level)
    on_hand = _units(level, counted, moved) if is_counted else level.on_hand
    delta = on_hand - level.on_hand
    # A count that confirms the books is remembered too: an older count must not undo it.
    counted_as_of = counted.as_of or (iso(now) if delta else None)
    is_marked = is_counted and counted_as_of is not None and counted_as_of != level.counted_as_of
    is_changed = is_described or delta != 0 or is_active != level.active
    return Plan(
        replace(
            described,
            active=is_active,
            on_hand=on_hand,
            available=level.available + delta,
            version=level.version + 1 if is_changed else level.version,
            updated_at=iso(now) if is_changed else level.updated_at,
            described_at=iso(now) if is_described else level.described_at,
            counted_as_of=counted_as_of if is_marked else level.counted_as_of,
        ),
        ChangeOutcome.CHANGED if is_changed else ChangeOutcome.UNCHANGED,
        delta,
        is_marked,
    )


def new_level(counted: Count, now: datetime) -> Level:
    """The level that a count creates."""
    return Level(
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
        counted_as_of=counted.as_of or iso(now),
        described_at=iso(now),
    )


def check_spares_reserved(read: Level, on_hand: int) -> None:
    """Check that a level keeps what reservations hold of it, and what is sold and not dispatched.

    Raises:
        BelowReserved: it does not.
    """
    kept = read.reserved + read.allocated
    if on_hand < read.on_hand:  # counters that have drifted: what is not available cannot be removed
        kept = max(kept, read.on_hand - read.available)
    if on_hand < kept:
        by_whom = "reserved or allocated" if read.allocated else "reserved"
        raise BelowReserved(
            f"{kept} units of {read.product_id} in {read.warehouse_id} are {by_whom}: {on_hand} on hand are too few",
            removed=read.on_hand - on_hand,
        )


def _check_description(level: Level, counted: Count) -> None:
    if counted.as_of is None or level.described_at is None or level.described_at <= counted.as_of:
        return
    differing = [name for name in DESCRIPTION if getattr(level, name) != getattr(counted, name)]
    if differing:
        raise DescriptionChanged(
            [
                FieldError(name, f"was changed to {getattr(level, name)!r} at {level.described_at}: export again")
                for name in differing
            ]
        )


def _units(level: Level, counted: Count, moved: MovedSince) -> int:
    """The units on hand now: the counted ones and what happened to the shelf since.

    Where the count names what the level had at its moment, the difference to today's level is what happened, whatever
    the clocks of the functions say; a sale that began before that moment and was written after it is in it.
    """
    is_anchored = counted.as_of is not None and counted.on_hand_was is not None
    anchored = level.on_hand - (counted.on_hand_was or 0) - moved.counted
    on_hand = counted.on_hand + (anchored if is_anchored else moved.happened)
    if on_hand > UNITS_MAX:
        raise InvalidRequest([FieldError("on_hand", f"would leave more than {UNITS_MAX} units on hand")])
    if on_hand != level.on_hand:
        check_spares_reserved(level, on_hand)
    return on_hand
