"""Sold units as the model expects them: each is one object, which leaves its warehouse and comes back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inventory.errors import NotAllocated, NotSold
from inventory.model import LevelKey
from tests.support.reference_model.placement import Asked

Happened = tuple[LevelKey, int, int, int]  # of a level: units dispatched, returned, and returned undispatched


@dataclass
class SoldUnit:
    """One unit. Those of an untracked sale left their warehouse with the sale."""

    source: LevelKey
    is_dispatched: bool
    is_returned: bool = False

    def is_in(self, warehouse_id: str | None) -> bool:
        return warehouse_id in (None, self.source.warehouse_id)


@dataclass
class ExpectedSale:
    """The units of a reservation, in the order of its sources."""

    tracked: bool
    units: list[SoldUnit]

    @classmethod
    def of(cls, holdings: Mapping[LevelKey, int], *, tracked: bool) -> "ExpectedSale":
        return cls(tracked, [SoldUnit(key, not tracked) for key, count in holdings.items() for _ in range(count)])

    @property
    def allocated(self) -> int:
        """How many units are still in their warehouses."""
        return self.allocated_units().total()

    def allocated_units(self) -> Counter[LevelKey]:
        """The units that are still in their warehouses."""
        return Counter(unit.source for unit in self.units if not unit.is_dispatched and not unit.is_returned)

    def returnable_units(self) -> Counter[LevelKey]:
        """The units that have not come back."""
        return Counter(unit.source for unit in self.units if not unit.is_returned)

    def happened(self) -> Iterator[Happened]:
        """What happened to the units of each level, of which something did."""
        for key in dict.fromkeys(unit.source for unit in self.units):
            of_level = [unit for unit in self.units if unit.source == key]
            dispatched = sum(self.tracked and unit.is_dispatched for unit in of_level)
            returned = sum(unit.is_returned for unit in of_level)
            undispatched = sum(unit.is_returned and not unit.is_dispatched for unit in of_level)
            if dispatched or returned:
                yield key, dispatched, returned, undispatched

    def dispatches(self, lines: Mapping[Asked, int] | None) -> Counter[LevelKey]:
        """Let these units leave, or all that are left; how many leave each level."""
        here = [unit for unit in self.units if not unit.is_dispatched and not unit.is_returned]
        chosen = here if lines is None else []
        for (product_id, warehouse_id), quantity in _named_first(lines or {}):
            fitting = [
                unit
                for unit in here
                if unit.source.product_id == product_id and unit.is_in(warehouse_id) and not _is_one_of(unit, chosen)
            ]
            if len(fitting) < quantity:
                raise NotAllocated
            chosen += fitting[:quantity]
        if not chosen:
            raise NotAllocated
        for unit in chosen:
            unit.is_dispatched = True
        return Counter(unit.source for unit in chosen)

    def returns(self, lines: Mapping[Asked, int]) -> list[tuple[SoldUnit, LevelKey]]:
        """Which units come back, each with its level. Dispatched ones come first; the others only where they are."""
        chosen: dict[Asked, list[SoldUnit]] = {line: [] for line in lines}

        def free(line: Asked, *, away: bool) -> list[SoldUnit]:
            taken = [unit for units in chosen.values() for unit in units]
            found = [
                unit
                for unit in self.units
                if unit.source.product_id == line[0]
                and (unit.is_dispatched, unit.is_returned) == (away, False)
                and (away or unit.is_in(line[1]))
                and not _is_one_of(unit, taken)
            ]
            return sorted(found, key=lambda unit: unit.source.warehouse_id != line[1])

        for line, quantity in lines.items():  # what is not in the named warehouse has no choice
            if line[1] is not None:
                chosen[line] += free(line, away=True)[: max(0, quantity - len(free(line, away=False)))]
        for line, quantity in _named_first(lines):
            chosen[line] += free(line, away=True)[: quantity - len(chosen[line])]
            chosen[line] += free(line, away=False)[: quantity - len(chosen[line])]
            if len(chosen[line]) < quantity:
                raise NotSold
        return [
            (unit, LevelKey(line[0], line[1] or unit.source.warehouse_id))
            for line, units in chosen.items()
            for unit in units
        ]


def _named_first(lines: Mapping[Asked, int]) -> list[tuple[Asked, int]]:
    return sorted(lines.items(), key=lambda line: line[0][1] is None)


def _is_one_of(unit: SoldUnit, units: Iterable[SoldUnit]) -> bool:
    """Whether it is this very unit, and not an equal one."""
    return any(unit is other for other in units)
