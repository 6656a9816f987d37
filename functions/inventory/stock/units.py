"""How a reservation moves units of a level: one write of each level, for the reservation's own transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.aws.changes import Change, Condition, Item
from inventory.aws.dynamodb import Tables, Write, update
from inventory.items import level_key, parse_or_none, to_level
from inventory.model import Holding, iso

# Nothing is sold from a retired level. Rows of the first edition and of other tools have no such attribute.
IS_FOR_SALE = Condition("attribute_not_exists(active) OR active = :for_sale", {"for_sale": True})


def hold(tables: Tables, holding: Holding, at: str) -> Write:
    """Move units from available to reserved."""
    quantity = holding.quantity
    has_enough = Condition("available >= :quantity", {"quantity": quantity})  # the only guard against overselling
    # A sum on what is no number would be an error of the whole transaction, not a level that is short.
    is_counted = Condition("attribute_type(reserved, :number)", {"number": "N"})
    change = Change(set={"updated_at": at}, increase={"available": -quantity, "reserved": quantity})
    condition = has_enough & is_counted & IS_FOR_SALE
    return update(tables.inventory, level_key(holding.key), change, condition, about=holding)


def holdable(item: Item) -> int:
    """How many units of a level could have been held, from its item when a hold of it was refused."""
    level = parse_or_none(to_level, item)
    return max(0, level.available) if level and level.active else 0


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

    def writes(self, tables: Tables, now: datetime) -> list[Write]:
        """One write of each level; a retired one can give back what is held of it, but nothing more is held of it."""
        return [
            *(hold(tables, holding, iso(now)) for holding in self.more),
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


def _ship(tables: Tables, holding: Holding, source: str, condition: Condition, now: datetime) -> Write:
    change = Change(
        set={"updated_at": iso(now)},
        increase={"on_hand": -holding.quantity, source: -holding.quantity, "version": 1},
    )
    return update(tables.inventory, level_key(holding.key), change, condition, about=holding)
