"""Where the model expects lines to be taken from: all choices of warehouses are tried, the fewest first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from inventory.model import LevelKey
from inventory.stock.sourcing import Sourcing, SourcingPolicy

# What a line asks for: a product, and its warehouse if it names one.
Asked = tuple[str, str | None]
Shortages = dict[Asked, int]  # what there was of each line that is short
Placed = dict[Asked, dict[LevelKey, int]]  # what each line takes from each level, in the order of the lines


def units_of(lines: Placed) -> Counter[LevelKey]:
    """What lines take from each level together."""
    units: Counter[LevelKey] = Counter()
    for taken in lines.values():
        units.update(taken)
    return units


def placed(
    asked: Mapping[Asked, int], available: Mapping[LevelKey, int], policy: SourcingPolicy, held: Placed | None = None
) -> tuple[Placed, Shortages]:
    """What each line takes, or what is short; lines that name their warehouse come first.

    Args:
        held: what the reservation holds already, in addition to what is available. It stays where it is if it can.
    """
    held = held or {}
    staying = units_of(held)
    left = Counter(available)
    left.update(staying)
    taken: Placed = {}
    short: Shortages = {}
    for line, quantity in sorted(asked.items(), key=lambda asking: asking[0][1] is None):
        product_id, warehouse_id = line
        if warehouse_id is not None:
            key = LevelKey(product_id, warehouse_id)
            usable = left[key]
            taken[line] = {key: quantity} if usable >= quantity else {}
            for units in (left, staying):
                units[key] -= min(units[key], quantity)
        else:
            kept = {key: min(units, staying[key]) for key, units in held.get(line, {}).items() if staying[key]}
            order = [LevelKey(product_id, listed) for listed in policy.warehouses]
            taken[line], usable = _taken_anywhere(
                quantity, kept, sorted(order, key=lambda key: not staying[key]), left, policy
            )
        if not taken[line]:
            short[line] = usable
    return ({}, short) if short else ({line: taken[line] for line in asked}, short)


def placed_partly(
    asked: Mapping[Asked, int], available: Mapping[LevelKey, int], policy: SourcingPolicy
) -> tuple[Placed, Shortages]:
    """What each line takes of as many units as there are, and what there was of each line that is short."""
    taken, short = placed(asked, available, policy)
    if short:
        offered = {line: short.get(line, quantity) for line, quantity in asked.items()}
        taken, _ = placed({line: quantity for line, quantity in offered.items() if quantity}, available, policy)
    return taken, short


def placed_instead(
    asked: Mapping[Asked, int], available: Mapping[LevelKey, int], policy: SourcingPolicy, held: Placed
) -> tuple[Placed, Shortages]:
    """What each line of a changed hold takes, or what is short: nothing more of a product of which enough is held."""
    taken: Placed = {}
    short: Shortages = {}
    for product_id in {product_id for product_id, _ in asked}:
        of_product = {line: quantity for line, quantity in asked.items() if line[0] == product_id}
        lines, missing = placed(of_product, {}, policy, held)
        if missing:
            lines, missing = placed(of_product, available, policy, held)
        taken |= lines
        short |= missing
    return ({}, short) if short else ({line: taken[line] for line in asked}, short)


def _taken_anywhere(
    quantity: int,
    kept: Mapping[LevelKey, int],
    listed: Sequence[LevelKey],
    left: Mapping[LevelKey, int],
    policy: SourcingPolicy,
) -> tuple[dict[LevelKey, int], int]:
    """What a line without a warehouse takes, and how much it could have.

    A line that only shrinks keeps its warehouses, whatever the policy says.
    """
    if sum(kept.values()) >= quantity:
        return _first_choice(quantity, kept, _choices(list(kept), len(kept))), quantity
    usable = {**kept, **{key: left[key] for key in listed}}
    sizes_max = len(usable) if policy.sourcing is Sourcing.SPLIT else 1
    choices = list(_choices(list(usable), sizes_max))
    most = max(sum(usable[key] for key in choice) for choice in choices)
    return _first_choice(quantity, usable, choices), max(most, sum(kept.values()))


def _choices(keys: Sequence[LevelKey], size_max: int) -> Iterator[tuple[LevelKey, ...]]:
    return (choice for size in range(1, size_max + 1) for choice in combinations(keys, size))


def _first_choice(
    quantity: int, units: Mapping[LevelKey, int], choices: Iterable[tuple[LevelKey, ...]]
) -> dict[LevelKey, int]:
    """The units from each level of the first choice that has the quantity together."""
    for choice in choices:
        taken: dict[LevelKey, int] = {}
        for key in choice:
            taken[key] = min(units[key], quantity - sum(taken.values()))
        if sum(taken.values()) == quantity:
            return {key: count for key, count in taken.items() if count}
    return {}
