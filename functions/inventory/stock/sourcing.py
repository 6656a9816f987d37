"""Which warehouses a line is taken from that names none: plain functions over what is available.

A storefront shows what one line could be held of now, and a checkout is placed by the same rules.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import accumulate

from inventory.model import Holding, LevelKey, Line, Shortage, Source, holdings_of
from inventory.values import dataclass

# A commit writes the reservation, its customer's count, and a level and a movement for each source: 2 + 2 x 45 of the
# 100 actions of a transaction.
SOURCES_MAX = 45


class Sourcing(StrEnum):
    """How units are found for a line that names no warehouse."""

    ONE_WAREHOUSE = "ONE_WAREHOUSE"  # from the first warehouse that has the line whole
    SPLIT = "SPLIT"  # from the fewest warehouses that have it together
    NAMED = "NAMED"  # not at all: each line must name its warehouse


@dataclass(frozen=True, slots=True)
class SourcingPolicy:
    """The shop's settings: the warehouses in the order in which units are taken, and how they are found."""

    warehouses: tuple[str, ...]
    sourcing: Sourcing

    def shown(self, existing: Iterable[str]) -> list[str]:
        """Of a product's warehouses, those that a line may be taken from, in their order; with NAMED, it may name any."""
        if self.sourcing is Sourcing.NAMED:
            return list(existing)
        found = set(existing)
        return [warehouse_id for warehouse_id in self.warehouses if warehouse_id in found]

    def holdable(self, available: Mapping[str, int]) -> int:
        """How many units of a product one line could be held of, from what its warehouses have available."""
        units = sorted((max(0, available[warehouse_id]) for warehouse_id in self.shown(available)), reverse=True)
        return sum(units[: SOURCES_MAX if self.sourcing is Sourcing.SPLIT else 1])

    def sources(self, quantity: int, available: Mapping[str, int]) -> tuple[Source, ...]:
        """Where a line is taken from: the fewest warehouses, and of these choices the first in the order.

        Returns:
            Nothing if it is short. As many units as possible come from the warehouse that is first in the order.
        """
        if self.sourcing is Sourcing.NAMED or self.holdable(available) < quantity:
            return ()
        stocked = [(name, available[name]) for name in self.shown(available)]
        return tuple(_fill(quantity, _fewest(quantity, stocked)))

    def at_first(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """The lines as they are tried before anything is read: unplaced ones whole in the first warehouse."""
        first = self.warehouses[0]
        return tuple(
            replace(line, placed_at=(Source(first, line.quantity),)) if line.warehouse_id is None else line
            for line in lines
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Where lines are taken from, and which are short, each in the order in which they were asked."""

    lines: tuple[Line, ...] = ()
    shortages: tuple[Shortage, ...] = ()

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What it takes from each level."""
        return holdings_of(self.lines)


def place(
    lines: Sequence[Line], available: Mapping[LevelKey, int], policy: SourcingPolicy, held: Sequence[Line] = ()
) -> Plan:
    """Place all lines or none.

    Lines that name their warehouse come first: they have no choice.

    Args:
        lines: at most one of a product in a warehouse, and one of it without a warehouse.
        available: the units of each level that can be held; of a level that is not in it there are none.
        held: what the reservation holds already, in addition. Its units stay where they are if they can.
    """
    own = {holding.key: holding.quantity for holding in holdings_of(held)}
    left = _by_product((key, available.get(key, 0), own.get(key, 0)) for key in {**available, **own})
    staying = _by_product((key, 0, units) for key, units in own.items())
    found: dict[tuple[str, str | None], Line | Shortage] = {}
    for line in lines:
        if line.warehouse_id is not None:
            there = left[line.product_id][line.warehouse_id]
            is_short = there < line.quantity
            found[line.asked] = Shortage(line.product_id, line.warehouse_id, line.quantity, there) if is_short else line
            for units in (left[line.product_id], staying[line.product_id]):  # also if short: the rest is for others
                units[line.warehouse_id] = max(0, units[line.warehouse_id] - line.quantity)
    placed = {line.product_id: line.placed_at for line in held if line.warehouse_id is None}
    for line in lines:
        if line.warehouse_id is None:
            own_units = _OwnUnits(staying[line.product_id], placed.get(line.product_id, ()))
            found[line.asked] = _placed(line, left[line.product_id], own_units, policy)
    answers = [found[line.asked] for line in lines]
    shortages = tuple(answer for answer in answers if isinstance(answer, Shortage))
    return Plan(shortages=shortages) if shortages else Plan(tuple(line for line in answers if isinstance(line, Line)))


def place_partly(lines: Sequence[Line], available: Mapping[LevelKey, int], policy: SourcingPolicy) -> Plan:
    """Place as many units of the lines as there are.

    Returns:
        The lines with what they get, without those that get nothing. The shortages have what was asked and what they get.
    """
    plan = place(lines, available, policy)
    offered = {short.asked: short.available for short in plan.shortages}
    if not offered:
        return plan
    fitting = [replace(line, quantity=offered.get(line.asked, line.quantity)) for line in lines]
    return replace(place([line for line in fitting if line.quantity > 0], available, policy), shortages=plan.shortages)


def _by_product(found: Iterable[tuple[LevelKey, int, int]]) -> defaultdict[str, Counter[str]]:
    """Units of levels, by product and warehouse: those that are available and those that are held already."""
    units: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, available, held in found:
        units[key.product_id][key.warehouse_id] = max(0, available) + held
    return units


@dataclass(frozen=True, slots=True)
class _OwnUnits:
    """What a reservation holds of a product, without what its lines need that name their warehouse."""

    units: Mapping[str, int]  # by warehouse
    placed_at: tuple[Source, ...]  # where its line is that names no warehouse

    def of_line(self) -> dict[str, int]:
        """What that line can keep of each warehouse, also of one that is listed no longer."""
        kept = {source.warehouse_id: min(source.quantity, self.units[source.warehouse_id]) for source in self.placed_at}
        return {warehouse_id: units for warehouse_id, units in kept.items() if units > 0}

    def first(self, policy: SourcingPolicy) -> SourcingPolicy:
        """The policy with the warehouses first in which units are held, so that these need not move."""
        of_other_lines = [name for name in policy.warehouses if self.units.get(name)]
        return replace(policy, warehouses=tuple(dict.fromkeys([*self.of_line(), *of_other_lines, *policy.warehouses])))


def _placed(line: Line, left: Mapping[str, int], own: _OwnUnits, policy: SourcingPolicy) -> Line | Shortage:
    kept = own.of_line()
    if sum(kept.values()) >= line.quantity:  # it only shrinks
        return replace(line, placed_at=tuple(_fill(line.quantity, _fewest(line.quantity, list(kept.items())))))
    usable = kept | {warehouse_id: left[warehouse_id] for warehouse_id in policy.shown(left)}
    policy = own.first(policy)
    sources = policy.sources(line.quantity, usable)
    if sources:
        return replace(line, placed_at=sources)
    return Shortage(line.product_id, None, line.quantity, max(sum(kept.values()), policy.holdable(usable)))


def _fewest(quantity: int, stocked: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The smallest choice of warehouses that have the quantity together; of several, the first in the order."""
    count = _count_needed(quantity, stocked)
    for position, (warehouse_id, units) in enumerate(stocked):
        if count == 0:
            return
        later = sorted((more for _, more in stocked[position + 1 :]), reverse=True)
        if units + sum(later[: count - 1]) >= quantity:  # with this one, enough can follow
            yield warehouse_id, units
            quantity -= units
            count -= 1


def _count_needed(quantity: int, stocked: Sequence[tuple[str, int]]) -> int:
    largest_first = sorted((units for _, units in stocked), reverse=True)
    return next(count for count, units in enumerate(accumulate(largest_first), 1) if units >= quantity)


def _fill(quantity: int, chosen: Iterable[tuple[str, int]]) -> Iterator[Source]:
    for warehouse_id, units in chosen:
        yield Source(warehouse_id, min(units, quantity))
        quantity -= min(units, quantity)
