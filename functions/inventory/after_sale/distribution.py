"""Which sold units a return or a dispatch means: plain decisions over a reservation, without AWS.

Units of an untracked sale left their warehouse with the sale, so here all of them are dispatched.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inventory.errors import NotAllocated, NotSold
from inventory.model import AfterSale, Holding, LevelKey, Line, Reservation, Returned, Status

Units = Counter[LevelKey]


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What a return makes of a reservation, and which units each level gets; each level once."""

    after_sale: tuple[AfterSale, ...]
    returned: tuple[Returned, ...]


@dataclass(frozen=True, slots=True)
class DispatchPlan:
    """What a dispatch makes of a reservation, and which units leave each level; each level once."""

    after_sale: tuple[AfterSale, ...]
    dispatched: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """Units of a line, from what was sold of one level."""

    line: Line
    source: LevelKey
    units: int
    is_dispatched: bool

    @property
    def target(self) -> LevelKey:
        """What gets them: dispatched ones the level's own row, undispatched ones are in their shard."""
        if not self.is_dispatched:
            return self.source
        return LevelKey(self.source.product_id, self.line.warehouse_id or self.source.warehouse_id)


def plan_return(reservation: Reservation, lines: Sequence[Line]) -> ReturnPlan:
    """Decide which sold units come back, and to which level.

    Dispatched units come back first, then undispatched ones; of each kind, those of the order's first sources first. A line
    that names a warehouse means dispatched units of any source, beginning with that warehouse. Of the undispatched units
    it means only those that are in that warehouse: the others never left theirs.

    Args:
        lines: at most one of a product in a warehouse, and one of it without a warehouse.

    Raises:
        NotSold: a line is more than was sold and is not returned yet.
    """
    if reservation.status is not Status.COMMITTED:
        raise NotSold(f"reservation {reservation.reservation_id} is {reservation.status}: nothing of it is sold")
    dispatched, undispatched = _dispatched(reservation), _allocated(reservation)
    named = [line for line in lines if line.warehouse_id is not None]
    taken: list[_Taken] = []
    for line in named:  # what its warehouse does not have must have been dispatched: this line has no choice
        needed = line.quantity - sum(undispatched[source] for source in _in_its_warehouse(line, undispatched))
        taken += _take(line, needed, dispatched, is_dispatched=True)
    for line in [*named, *(line for line in lines if line.warehouse_id is None)]:
        taken += _take(line, line.quantity - _units(taken, line), dispatched, is_dispatched=True)
        taken += _take(line, line.quantity - _units(taken, line), undispatched, is_dispatched=False)
    short = [_short(line, _units(taken, line), "returned") for line in lines if _units(taken, line) < line.quantity]
    if short:
        raise NotSold("; ".join(short))
    return ReturnPlan(_after_return(reservation, taken), _returned(taken))


def plan_dispatch(reservation: Reservation, lines: Sequence[Line] | None) -> DispatchPlan:
    """Decide which allocated units leave their warehouses: those of the order's first sources first.

    Args:
        lines: at most one of a product in a warehouse, and one of it without a warehouse; None: all that is allocated.

    Raises:
        NotAllocated: the sale was not tracked, a line is more than is allocated, or there are no lines and nothing is.
    """
    reservation_id = reservation.reservation_id
    if reservation.status is not Status.COMMITTED:
        raise NotAllocated(f"reservation {reservation_id} is {reservation.status}: nothing of it is allocated")
    if not reservation.tracked:
        raise NotAllocated(f"the units of reservation {reservation_id} left their warehouses when it was sold")
    allocated = _allocated(reservation)
    if lines is None:
        lines = [Line(key.product_id, key.warehouse_id, units) for key, units in allocated.items()]
        if not lines:
            raise NotAllocated(f"all units of reservation {reservation_id} were dispatched or returned before")
    taken: list[_Taken] = []
    for line in sorted(lines, key=lambda line: line.warehouse_id is None):  # those with a choice come last
        taken += _take(line, line.quantity, allocated, is_dispatched=False)
    short = [_short(line, _units(taken, line), "dispatched") for line in lines if _units(taken, line) < line.quantity]
    if short:
        raise NotAllocated("; ".join(short))
    units = _sum((part.source, part.units) for part in taken)
    after_sale = (replace(after, dispatched=after.dispatched + units[after.key]) for after in _known(reservation))
    return DispatchPlan(_happened(after_sale), tuple(Holding(key, count) for key, count in units.items()))


# --- what is left


def _dispatched(reservation: Reservation) -> Units:
    """The units of each level that have left it and are not returned."""
    sent = _known(reservation)
    if reservation.tracked:
        return Units({after.key: after.dispatched - after.returned_dispatched for after in sent})
    sold = _sum((holding.key, holding.quantity) for holding in reservation.holdings)
    return Units({after.key: sold[after.key] - after.returned for after in sent})


def _allocated(reservation: Reservation) -> Units:
    """The units of each level that are sold and still there."""
    return _sum((holding.key, holding.quantity) for holding in reservation.allocated)


def _take(line: Line, quantity: int, left: Units, *, is_dispatched: bool) -> list[_Taken]:
    """Take up to so many units of what is left, which becomes less by them."""
    taken = []
    for source in _sources(line, left) if is_dispatched else _in_its_warehouse(line, left):
        count = min(quantity, left[source])
        if count > 0:
            taken.append(_Taken(line, source, count, is_dispatched))
            left[source] -= count
            quantity -= count
    return taken


def _sources(line: Line, left: Units) -> list[LevelKey]:
    """The levels of a line's product, in their order; the one that it names is first."""
    keys = [key for key in left if key.product_id == line.product_id]
    return sorted(keys, key=lambda key: key.warehouse_id != line.warehouse_id)


def _in_its_warehouse(line: Line, left: Units) -> list[LevelKey]:
    """The level that a line names; all of its product if it names none."""
    return [key for key in _sources(line, left) if line.warehouse_id in (None, key.warehouse_id)]


def _units(taken: Iterable[_Taken], line: Line) -> int:
    return sum(part.units for part in taken if part.line is line)


def _short(line: Line, possible: int, done: str) -> str:
    warehouse = "" if line.warehouse_id is None else f", with warehouse {line.warehouse_id},"
    return f"only {possible} of {line.product_id}{warehouse} can be {done}, not {line.quantity}"


# --- what follows


def _after_return(reservation: Reservation, taken: Sequence[_Taken]) -> tuple[AfterSale, ...]:
    returned = _sum((part.source, part.units) for part in taken)
    undispatched = _sum((part.source, part.units) for part in taken if not part.is_dispatched)
    return _happened(
        replace(
            after,
            returned=after.returned + returned[after.key],
            returned_undispatched=after.returned_undispatched + undispatched[after.key],
        )
        for after in _known(reservation)
    )


def _returned(taken: Sequence[_Taken]) -> tuple[Returned, ...]:
    dispatched = _sum((part.target, part.units if part.is_dispatched else 0) for part in taken)
    undispatched = _sum((part.target, 0 if part.is_dispatched else part.units) for part in taken)
    return tuple(Returned(key, dispatched[key], undispatched[key]) for key in dispatched)


def _known(reservation: Reservation) -> Iterator[AfterSale]:
    """What happened to the units of each level since the sale, also if that is nothing."""
    happened = {after.key: after for after in reservation.after_sale}
    for holding in reservation.holdings:
        yield happened.get(holding.key, AfterSale(holding.key))


def _happened(after_sale: Iterable[AfterSale]) -> tuple[AfterSale, ...]:
    return tuple(after for after in after_sale if after != AfterSale(after.key))


def _sum(units: Iterable[tuple[LevelKey, int]]) -> Units:
    total = Units()
    for key, count in units:
        total[key] += count
    return total
