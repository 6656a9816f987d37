"""Where the model expects lines to be taken from: all choices of warehouses are tried, the fewest first."""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations

from inventory.model import LevelKey
from inventory.stock.sourcing import Sourcing, SourcingPolicy

# What a line asks for: a product, and its warehouse if it names one.
Asked = tuple[str, str | None]
Shortages = dict[Asked, int]  # what there was of each line that is short


def placed(
    asked: Mapping[Asked, int], available: Mapping[LevelKey, int], policy: SourcingPolicy
) -> tuple[Counter[LevelKey], Shortages]:
    """What is taken from each level, or what is short; lines that name their warehouse come first."""
    left = Counter(available)
    taken: Counter[LevelKey] = Counter()
    short: Shortages = {}
    for (product_id, warehouse_id), quantity in sorted(asked.items(), key=lambda line: line[0][1] is None):
        if warehouse_id is not None:
            choice = _first_choice(product_id, quantity, left, [(warehouse_id,)])
            usable = left[LevelKey(product_id, warehouse_id)]
            left[LevelKey(product_id, warehouse_id)] -= min(usable, quantity)
        else:
            sizes = range(1, len(policy.warehouses) + 1) if policy.sourcing is Sourcing.SPLIT else (1,)
            choices = [choice for size in sizes for choice in combinations(policy.warehouses, size)]
            choice = _first_choice(product_id, quantity, left, choices)
            usable = max(sum(left[LevelKey(product_id, one)] for one in choice) for choice in choices)
        taken.update(choice)
        if not choice:
            short[product_id, warehouse_id] = usable
    return (Counter(), short) if short else (taken, short)


def placed_partly(
    asked: Mapping[Asked, int], available: Mapping[LevelKey, int], policy: SourcingPolicy
) -> tuple[Counter[LevelKey], Shortages]:
    """What is taken from each level of as many units as there are, and what there was of each line that is short."""
    taken, short = placed(asked, available, policy)
    if short:
        offered = {line: short.get(line, quantity) for line, quantity in asked.items()}
        taken, _ = placed({line: quantity for line, quantity in offered.items() if quantity}, available, policy)
    return taken, short


def _first_choice(
    product_id: str, quantity: int, left: Mapping[LevelKey, int], choices: list[tuple[str, ...]]
) -> dict[LevelKey, int]:
    """The units from each level of the first choice of warehouses that have the quantity together."""
    for choice in choices:
        taken: dict[LevelKey, int] = {}
        for key in (LevelKey(product_id, warehouse_id) for warehouse_id in choice):
            taken[key] = min(left[key], quantity - sum(taken.values()))
        if sum(taken.values()) == quantity:
            return {key: units for key, units in taken.items() if units}
    return {}
