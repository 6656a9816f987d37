"""Placement: never more than there is, the fewest warehouses, their order, and all lines or none."""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.model import LevelKey, Line, Shortage, Source
from inventory.stock.sourcing import SOURCES_MAX, Plan, Sourcing, SourcingPolicy, place, place_partly

WAREHOUSES = ("a", "b", "c", "d", "e")
PRODUCTS = ("P-1", "P-2")
UNITS = st.integers(-2, 6)  # below 0 after a drift
PLACING = (Sourcing.ONE_WAREHOUSE, Sourcing.SPLIT)


@st.composite
def policies(draw: st.DrawFn, among: tuple[Sourcing, ...] = PLACING) -> SourcingPolicy:
    """A policy over some warehouses, in some order."""
    order = draw(st.permutations(WAREHOUSES))
    return SourcingPolicy(tuple(order[: draw(st.integers(1, len(WAREHOUSES)))]), draw(st.sampled_from(among)))


def stocks() -> st.SearchStrategy[dict[str, int]]:
    """What some warehouses have of a product."""
    return st.dictionaries(st.sampled_from(WAREHOUSES), UNITS)


def levels() -> st.SearchStrategy[dict[LevelKey, int]]:
    """What some warehouses have of some products."""
    return st.dictionaries(st.builds(LevelKey, st.sampled_from(PRODUCTS), st.sampled_from(WAREHOUSES)), UNITS)


@st.composite
def carts(draw: st.DrawFn) -> tuple[Line, ...]:
    """Different lines, some of which name their warehouse."""
    asked = st.tuples(st.sampled_from(PRODUCTS), st.none() | st.sampled_from(WAREHOUSES))
    return tuple(
        Line(*line, draw(st.integers(1, 8))) for line in draw(st.lists(asked, min_size=1, max_size=5, unique=True))
    )


def one(quantity: int) -> tuple[Line, ...]:
    """A cart of one line that names no warehouse."""
    return (Line("P-1", None, quantity),)


def of_one_product(available: Mapping[str, int]) -> dict[LevelKey, int]:
    return {LevelKey("P-1", warehouse_id): units for warehouse_id, units in available.items()}


def taken_from(plan: Plan) -> list[tuple[str, int]]:
    """The sources of a plan of one line."""
    [line] = plan.lines
    return [(source.warehouse_id, source.quantity) for source in line.sources]


# --- examples


ORDER = ("main", "outlet", "north")


@pytest.mark.parametrize(
    ("sourcing", "available", "quantity", "expected"),
    [
        (Sourcing.ONE_WAREHOUSE, {"main": 5, "outlet": 9}, 4, [("main", 4)]),
        (Sourcing.ONE_WAREHOUSE, {"main": 3, "outlet": 9, "north": 9}, 4, [("outlet", 4)]),
        (Sourcing.ONE_WAREHOUSE, {"north": 4, "elsewhere": 9}, 4, [("north", 4)]),
        (Sourcing.SPLIT, {"main": 3, "outlet": 2, "north": 9}, 4, [("north", 4)]),
        (Sourcing.SPLIT, {"main": 2, "outlet": 3}, 4, [("main", 2), ("outlet", 2)]),
        (Sourcing.SPLIT, {"main": 1, "outlet": 3, "north": 3}, 6, [("outlet", 3), ("north", 3)]),
        (Sourcing.SPLIT, {"main": 3, "outlet": 3, "north": 3}, 4, [("main", 3), ("outlet", 1)]),
        (Sourcing.SPLIT, {"main": 1, "outlet": 1, "north": 1, "elsewhere": 9}, 3, [(name, 1) for name in ORDER]),
        (Sourcing.SPLIT, {"main": 5, "outlet": 1, "north": 4}, 9, [("main", 5), ("north", 4)]),
        (Sourcing.SPLIT, {"main": 0, "outlet": -2, "north": 4}, 4, [("north", 4)]),
    ],
)
def test_a_line_is_taken_from_the_fewest_warehouses_that_are_first_in_the_order(
    sourcing: Sourcing, available: dict[str, int], quantity: int, expected: list[tuple[str, int]]
) -> None:
    plan = place(one(quantity), of_one_product(available), SourcingPolicy(ORDER, sourcing))

    assert taken_from(plan) == expected


def test_nothing_is_placed_where_each_line_must_name_its_warehouse() -> None:
    assert SourcingPolicy(ORDER, Sourcing.NAMED).sources(1, {"main": 9}) == ()


def test_only_a_line_without_a_warehouse_is_tried_in_the_first_one() -> None:
    named, unnamed = Line("P-1", "north", 2), Line("P-1", None, 3)

    tried = SourcingPolicy(ORDER, Sourcing.SPLIT).at_first([named, unnamed])

    assert tried == (named, Line("P-1", None, 3, (Source("main", 3),)))


def test_a_named_line_of_a_level_that_does_not_exist_is_short_of_all_its_units() -> None:
    plan = place([Line("P-1", "north", 1)], {}, SourcingPolicy(ORDER, Sourcing.SPLIT))

    assert plan == Plan(shortages=(Shortage("P-1", "north", requested=1, available=0),))


@pytest.mark.parametrize(
    ("sourcing", "most"), [(Sourcing.ONE_WAREHOUSE, 3), (Sourcing.SPLIT, 5)], ids=["one warehouse", "split"]
)
def test_a_shortage_says_what_the_policy_could_have_used(sourcing: Sourcing, most: int) -> None:
    available = of_one_product({"main": 2, "outlet": 3, "elsewhere": 9})

    plan = place(one(6), available, SourcingPolicy(ORDER, sourcing))

    assert plan == Plan(shortages=(Shortage("P-1", None, 6, most),))


def test_a_line_that_names_its_warehouse_comes_first_and_the_other_gets_what_is_left() -> None:
    cart = (Line("P-1", None, 3), Line("P-1", "main", 4))

    plan = place(cart, of_one_product({"main": 5, "outlet": 3}), SourcingPolicy(ORDER, Sourcing.SPLIT))

    assert [line.sources for line in plan.lines] == [(Source("outlet", 3),), (Source("main", 4),)]


def test_several_lines_take_one_sum_from_a_level() -> None:
    cart = (Line("P-1", None, 2), Line("P-1", "main", 4))

    plan = place(cart, of_one_product({"main": 6}), SourcingPolicy(ORDER, Sourcing.SPLIT))

    assert [(holding.key.warehouse_id, holding.quantity) for holding in plan.holdings] == [("main", 6)]


def test_a_line_is_never_taken_from_more_warehouses_than_a_transaction_can_write() -> None:
    many = SourcingPolicy(tuple(f"w-{number}" for number in range(SOURCES_MAX + 5)), Sourcing.SPLIT)
    available = dict.fromkeys(many.warehouses, 2)

    assert many.holdable(available) == 2 * SOURCES_MAX
    assert len(place(one(2 * SOURCES_MAX), of_one_product(available), many).lines[0].sources) == SOURCES_MAX
    assert place(one(2 * SOURCES_MAX + 1), of_one_product(available), many).shortages


# --- for every policy, cart and stock


@given(policies(tuple(Sourcing)), stocks())
def test_what_is_shown_as_available_is_exactly_what_one_line_can_be_held_of(
    policy: SourcingPolicy, available: dict[str, int]
) -> None:
    def can_be_held(quantity: int) -> bool:
        by_name = [Line("P-1", warehouse_id, quantity) for warehouse_id in available]
        lines = by_name if policy.sourcing is Sourcing.NAMED else one(quantity)
        return any(place([line], of_one_product(available), policy).lines for line in lines)

    shown = policy.holdable(available)

    assert [quantity for quantity in range(1, 40) if can_be_held(quantity)] == list(range(1, shown + 1))


@given(policies(), levels(), carts())
def test_a_plan_takes_what_was_asked_and_never_more_than_there_is(
    policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]
) -> None:
    plan = place(cart, available, policy)

    assert bool(plan.lines) != bool(plan.shortages)  # all or nothing
    if plan.lines:
        assert [(*line.asked, line.quantity) for line in plan.lines] == [(*line.asked, line.quantity) for line in cart]
    for line in plan.lines:
        assert sum(source.quantity for source in line.sources) == line.quantity
        assert all(source.quantity > 0 for source in line.sources)
        allowed = policy.warehouses if line.warehouse_id is None else (line.warehouse_id,)
        assert {source.warehouse_id for source in line.sources} <= set(allowed)
    taken = Counter[LevelKey]()
    for line in plan.lines:
        for source in line.sources:
            taken[LevelKey(line.product_id, source.warehouse_id)] += source.quantity
    assert all(units <= available.get(key, 0) for key, units in taken.items())
    assert dict(taken) == {holding.key: holding.quantity for holding in plan.holdings}


@given(policies(), stocks(), st.integers(1, 20))
def test_a_plan_is_the_first_of_the_smallest_choices(
    policy: SourcingPolicy, available: dict[str, int], quantity: int
) -> None:
    stocked = [warehouse_id for warehouse_id in policy.warehouses if available.get(warehouse_id, 0) > 0]
    most = 1 if policy.sourcing is Sourcing.ONE_WAREHOUSE else len(stocked)
    # Every choice of warehouses that has enough: the smallest first, and of one size in the order of the policy.
    enough = [
        choice
        for size in range(1, most + 1)
        for choice in combinations(stocked, size)
        if sum(available[warehouse_id] for warehouse_id in choice) >= quantity
    ]

    plan = place(one(quantity), of_one_product(available), policy)

    assert [name for name, _ in taken_from(plan)] == list(enough[0]) if enough else plan.shortages
    for name, units in taken_from(plan)[:-1] if enough else ():
        assert units == available[name]  # the last warehouse keeps what is not needed


@given(policies(), levels(), carts())
def test_a_cart_that_asks_for_what_its_shortages_offer_can_be_held(
    policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]
) -> None:
    offered = {(short.product_id, short.warehouse_id): short for short in place(cart, available, policy).shortages}
    smaller = [
        Line(*line.asked, offered[line.asked].available if line.asked in offered else line.quantity) for line in cart
    ]

    assert all(short.available < short.requested for short in offered.values())
    assert place([line for line in smaller if line.quantity > 0], available, policy).shortages == ()


# --- what there is of a cart


@pytest.mark.parametrize(
    ("cart", "held", "short"),
    [
        ([Line("P-1", None, 9)], [(None, [("main", 2), ("outlet", 3)])], [(None, 9, 5)]),
        ([Line("P-1", None, 4)], [(None, [("main", 2), ("outlet", 2)])], []),
        (
            [Line("P-1", "north", 1), Line("P-1", None, 9), Line("P-1", "main", 1)],
            [(None, [("main", 1), ("outlet", 3)]), ("main", [("main", 1)])],
            [("north", 1, 0), (None, 9, 4)],
        ),
        ([Line("P-1", "elsewhere", 9)], [("elsewhere", [("elsewhere", 7)])], [("elsewhere", 9, 7)]),
        ([Line("P-2", None, 1), Line("P-1", "north", 2)], [], [(None, 1, 0), ("north", 2, 0)]),
    ],
    ids=["short", "whole", "what named lines leave", "only from the warehouse that it names", "nothing"],
)
def test_what_there_is_of_a_cart_is_placed(
    cart: list[Line],
    held: list[tuple[str | None, list[tuple[str, int]]]],
    short: list[tuple[str | None, int, int]],
) -> None:
    available = of_one_product({"main": 2, "outlet": 3, "elsewhere": 7})

    plan = place_partly(cart, available, SourcingPolicy(ORDER, Sourcing.SPLIT))

    sources = [
        (line.warehouse_id, [(each.warehouse_id, each.quantity) for each in line.sources]) for line in plan.lines
    ]
    assert sources == held
    assert [(each.warehouse_id, each.requested, each.available) for each in plan.shortages] == short


def test_one_warehouse_gives_the_most_that_one_has() -> None:
    available = of_one_product({"main": 2, "outlet": 3, "north": 3})

    plan = place_partly(one(9), available, SourcingPolicy(ORDER, Sourcing.ONE_WAREHOUSE))

    assert taken_from(plan) == [("outlet", 3)]


@given(policies(), levels(), carts())
def test_a_part_is_never_more_than_there_is_nor_than_was_asked_and_its_shortages_say_what_is_held(
    policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]
) -> None:
    plan = place_partly(cart, available, policy)

    held = {line.asked: line.quantity for line in plan.lines}
    assert [line.asked for line in plan.lines] == [
        line.asked for line in cart if line.asked in held
    ]  # the order is kept
    short = {each.asked: (each.requested, each.available) for each in plan.shortages}
    assert [each.asked for each in plan.shortages] == [line.asked for line in cart if line.asked in short]
    for line in cart:
        units = held.get(line.asked, 0)
        assert short.get(line.asked, (line.quantity, line.quantity)) == (line.quantity, units)
        assert (units < line.quantity) == (line.asked in short)
    for line in plan.lines:
        assert sum(source.quantity for source in line.sources) == line.quantity > 0
        assert all(source.quantity > 0 for source in line.sources)
        allowed = policy.warehouses if line.warehouse_id is None else (line.warehouse_id,)
        assert {source.warehouse_id for source in line.sources} <= set(allowed)
    assert all(holding.quantity <= available.get(holding.key, 0) for holding in plan.holdings)


@given(policies(), levels(), carts())
def test_a_cart_that_can_be_held_whole_is_placed_as_if_no_part_were_accepted(
    policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]
) -> None:
    whole, part = place(cart, available, policy), place_partly(cart, available, policy)

    assert part == whole if whole.lines else part.shortages == whole.shortages


FEW_LEVELS = st.dictionaries(
    st.builds(LevelKey, st.sampled_from(PRODUCTS), st.sampled_from(WAREHOUSES[:3])), st.integers(0, 4)
)


@given(policies(), FEW_LEVELS, carts())
def test_no_other_choice_holds_more_units_of_a_cart(
    policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]
) -> None:
    plan = place_partly(cart, available, policy)

    most = sum(most_units(product_id, policy, available, cart) for product_id in PRODUCTS)
    assert sum(holding.quantity for holding in plan.holdings) == most


def most_units(product_id: str, policy: SourcingPolicy, available: dict[LevelKey, int], cart: tuple[Line, ...]) -> int:
    """How many units of a product a cart can be held of: the best of every choice for its line without a warehouse."""
    of_product = [line for line in cart if line.product_id == product_id]
    named = {line.warehouse_id: line.quantity for line in of_product if line.warehouse_id is not None}
    unnamed = sum(line.quantity for line in of_product if line.warehouse_id is None)
    units = {key.warehouse_id: count for key, count in available.items() if key.product_id == product_id}
    listed = [name for name in policy.warehouses if name in units]
    best = 0
    for taken in product(*(range(units[name] + 1) for name in listed)):
        is_one = sum(count > 0 for count in taken) <= 1
        if sum(taken) <= unnamed and (is_one or policy.sourcing is Sourcing.SPLIT):
            left = {**units, **{name: units[name] - count for name, count in zip(listed, taken, strict=True)}}
            by_name = sum(min(quantity, left.get(str(name), 0)) for name, quantity in named.items())
            best = max(best, sum(taken) + by_name)
    return best
