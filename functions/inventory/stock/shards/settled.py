"""A plan that is short is believed only of a state that existed: the parts of a spread level are not read at one moment."""

from collections import Counter
from collections.abc import Callable, Sequence

from inventory.aws.retries import pause
from inventory.errors import TransientError
from inventory.model import Line
from inventory.stock.shards.choice import from_fullest
from inventory.stock.shards.parts import Holdable
from inventory.stock.sourcing import Plan, Sourcing, SourcingPolicy, place

# Two are mostly enough: the units that others take meanwhile are counted. More while the last units are taken.
READINGS_MAX = 8


def settled_plan(read: Callable[[], Holdable], make: Callable[[Holdable], Plan]) -> tuple[Plan, Holdable]:
    """A plan and what it was made of: one without shortages of any reading, another one if it was right at one moment.

    Levels that are not spread need one reading: each of them was so at the moment at which it was read.

    Raises:
        TransientError: the levels changed between all readings.
    """
    previous: Holdable | None = None
    for reading in range(READINGS_MAX):
        if reading > 1:
            pause(reading - 2)
        found = read()
        plan = make(found)
        short = {shortage.product_id for shortage in plan.shortages}
        if not any(key.product_id in short for key in found.spread):
            return plan, found
        if previous and _is_right(plan, make(found.at_most(previous))):
            return plan, found
        previous = found
    raise TransientError("other checkouts took units while they were counted: try again")


def _is_right(plan: Plan, best: Plan) -> bool:
    """Whether lines are short with the most units that there may have been, too; of a part, whether it is all there is."""
    if plan.lines:
        return plan.shortages == best.shortages
    return not best.lines and {of.asked for of in plan.shortages} <= {of.asked for of in best.shortages}


def in_shards_with_enough(lines: Sequence[Line], read: Callable[[], Holdable]) -> tuple[Line, ...] | None:
    """Lines in the fullest shards of the levels that they were placed in; None if a level has too little.

    Raises:
        TransientError: the levels changed between all readings.
    """
    needed: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for source in line.by_warehouse:
            needed[line.product_id, source.warehouse_id] += source.quantity
    of_each_level = [Line(product_id, warehouse_id, units) for (product_id, warehouse_id), units in needed.items()]
    named = SourcingPolicy((), Sourcing.NAMED)
    plan, found = settled_plan(read, lambda found: place(of_each_level, found.units, named))
    return None if plan.shortages else from_fullest(lines, found.spread)
