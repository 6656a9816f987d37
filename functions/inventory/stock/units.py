"""How a reservation moves units of a level: one write of each level, for the reservation's own transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime

from inventory.aws.changes import Change, Condition, Item
from inventory.aws.dynamodb import Tables, Write, update
from inventory.items import level_key, parse_or_none, to_level
from inventory.model import UNITS_MAX, Holding, Level, LevelKey, Returned, iso
from inventory.stock.shards.parts import units_taken
from inventory.stock.thresholds import stays_on_its_side
from inventory.values import dataclass

# Nothing is sold from a retired level. Rows of the first edition and of other tools have no such attribute.
IS_FOR_SALE = Condition("attribute_not_exists(active) OR active = :for_sale", {"for_sale": True})
# Whether the level's own row is one of several shards: a hold that does not know it is refused, and learns it.
IS_SPREAD = Condition("attribute_exists(shards)")
IS_NOT_SPREAD = Condition("attribute_not_exists(shards)")
# A sum on what is no number would be an error of the whole transaction. Rows of the first edition do not have it.
ALLOCATED_IS_NUMBER = Condition(
    "attribute_not_exists(allocated) OR attribute_type(allocated, :number)", {"number": "N"}
)


def hold(tables: Tables, holding: Holding, at: str, *, is_spread: bool) -> Write:
    """Move units from available to reserved.

    Args:
        is_spread: whether the level is known to be spread over shards.
    """
    quantity = holding.quantity
    has_enough = Condition("available >= :quantity", {"quantity": quantity})  # the only guard against overselling
    # A sum on what is no number would be an error of the whole transaction, not a level that is short.
    is_counted = Condition("attribute_type(reserved, :number)", {"number": "N"})
    condition = has_enough & is_counted & IS_FOR_SALE
    if holding.key.shard == 0:
        condition &= IS_SPREAD if is_spread else IS_NOT_SPREAD
    change = Change(
        set={"updated_at": at},
        increase={"available": -quantity, "reserved": quantity},
        add=units_taken(holding.key, quantity),
    )
    return update(tables.inventory, level_key(holding.key), change, condition, about=holding)


def holdable(item: Item) -> int:
    """How many units of a level could have been held, from its item when a hold of it was refused."""
    level = parse_or_none(to_level, item)
    return holdable_of(level) if level else 0


def holdable_of(level: Level) -> int:
    """How many units of a level can be held: none of a retired one."""
    return max(0, level.available) if level.active else 0


def give_back(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Move units from reserved to available."""
    quantity = holding.quantity
    has_what_is_held = Condition("reserved >= :quantity", {"quantity": quantity})  # or the counters drifted: stop
    change = Change(set={"updated_at": iso(now)}, increase={"available": quantity, "reserved": -quantity})
    return update(tables.inventory, level_key(holding.key), change, has_what_is_held, about=holding)


@dataclass(frozen=True, slots=True)
class Differences:
    """What must be held in addition, and what no longer, to come from one list of units to another; each level once."""

    more: tuple[Holding, ...]
    fewer: tuple[Holding, ...]

    @classmethod
    def between(cls, before: Iterable[Holding], after: Iterable[Holding]) -> "Differences":
        """The differences, level by level; a level of which the same is held is in neither list."""
        held = {holding.key: holding.quantity for holding in before}
        wanted = {holding.key: holding.quantity for holding in after}
        changes = {key: wanted.get(key, 0) - held.get(key, 0) for key in {**held, **wanted}}
        return cls(
            more=tuple(Holding(key, units) for key, units in changes.items() if units > 0),
            fewer=tuple(Holding(key, -units) for key, units in changes.items() if units < 0),
        )

    def writes(self, tables: Tables, now: datetime, spread: Collection[LevelKey] = ()) -> list[Write]:
        """One write of each level; a retired one can give back what is held of it, but nothing more is held of it.

        Args:
            spread: the levels that are known to be spread over shards.
        """
        return [
            *(hold(tables, more, iso(now), is_spread=more.key.level in spread) for more in self.more),
            *(give_back(tables, holding, now) for holding in self.fewer),
        ]


def ship_held(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Remove reserved units from the warehouse: they are sold."""
    has_what_is_held = Condition(  # or the counters drifted: stop
        "reserved >= :quantity AND on_hand >= :quantity", {"quantity": holding.quantity}
    )
    return _ship(tables, holding, "reserved", has_what_is_held, now)


def ship_available(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Remove available units from the warehouse: they are sold without a hold."""
    has_enough = Condition("available >= :quantity", {"quantity": holding.quantity})  # never what others hold
    return _ship(tables, holding, "available", has_enough & IS_FOR_SALE, now)


def allocate_held(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Move units from reserved to allocated: they are sold, and stay on hand until they are dispatched."""
    # Or the counters drifted: stop.
    has_what_is_held = Condition("reserved >= :quantity", {"quantity": holding.quantity})
    return _allocate(tables, holding, "reserved", has_what_is_held, now)


def allocate_available(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Move units from available to allocated: they are sold without a hold, and stay on hand."""
    has_enough = Condition("available >= :quantity", {"quantity": holding.quantity})  # never what others hold
    return _allocate(tables, holding, "available", has_enough & IS_FOR_SALE, now)


def dispatch(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Remove allocated units from the warehouse."""
    return _remove_allocated(tables, holding, now)


def discard_undispatched(tables: Tables, holding: Holding, now: datetime) -> Write:
    """Remove allocated units that were returned and are not sold again."""
    return _remove_allocated(tables, holding, now)


def restock(tables: Tables, returned: Returned, read: Level, units: int, now: datetime) -> Write:
    """Make returned units available again: dispatched ones come back on hand, undispatched ones were never away.

    It fails on a level that does not exist, or that is not as it was read where it matters: read it again.

    Args:
        units: how many the whole level gets, with those of its other shards.
    """
    in_place = returned.undispatched
    has_room = Condition("on_hand <= :room", {"room": UNITS_MAX - returned.dispatched})
    if returned.key.shard:  # the level's own row has its alert: `note_restock` writes it
        condition, rearmed = has_room, Change()
    else:
        same_side, rearmed = stays_on_its_side(read, units)
        condition = has_room & same_side
    if in_place:  # or the counters drifted: stop
        condition &= Condition("allocated >= :undispatched", {"undispatched": in_place})
    change = Change(
        set={"updated_at": iso(now), **rearmed.set},
        increase={"on_hand": returned.dispatched, "available": returned.units, "version": 1},
        add={"allocated": -in_place} if in_place else {},
        remove=rearmed.remove,
    )
    return update(tables.inventory, level_key(returned.key), change, condition, about=returned)


def note_restock(tables: Tables, read: Level, units: int, now: datetime) -> Write:
    """Note in the own row of a spread level that its shards get units back.

    It rearms the alert if the level rises above its threshold, and an alert cannot be claimed with what was read before.
    """
    same_threshold, rearmed = stays_on_its_side(read, units)
    change = Change(set={"updated_at": iso(now), **rearmed.set}, increase={"version": 1}, remove=rearmed.remove)
    return update(tables.inventory, level_key(read.key), change, same_threshold, about=read)


def _allocate(tables: Tables, holding: Holding, source: str, condition: Condition, now: datetime) -> Write:
    taken = units_taken(holding.key, holding.quantity) if source == "available" else {}
    change = Change(
        set={"updated_at": iso(now)},
        # The version too, though on_hand stays: what an editor read of the level is no longer so, as after every sale.
        increase={source: -holding.quantity, "version": 1},
        add={"allocated": holding.quantity, **taken},
    )
    return update(tables.inventory, level_key(holding.key), change, condition & ALLOCATED_IS_NUMBER, about=holding)


def _remove_allocated(tables: Tables, holding: Holding, now: datetime) -> Write:
    # Or the counters drifted: stop.
    has_what_is_allocated = Condition("allocated >= :quantity AND on_hand >= :quantity", {"quantity": holding.quantity})
    change = Change(
        set={"updated_at": iso(now)},
        increase={"on_hand": -holding.quantity, "allocated": -holding.quantity, "version": 1},
    )
    return update(tables.inventory, level_key(holding.key), change, has_what_is_allocated, about=holding)


def _ship(tables: Tables, holding: Holding, source: str, condition: Condition, now: datetime) -> Write:
    change = Change(
        set={"updated_at": iso(now)},
        increase={"on_hand": -holding.quantity, source: -holding.quantity, "version": 1},
        add=units_taken(holding.key, holding.quantity) if source == "available" else {},
    )
    return update(tables.inventory, level_key(holding.key), change, condition, about=holding)
