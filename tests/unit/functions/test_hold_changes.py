"""Changed holds: the differences of two lists, where the new one is placed, and what is kept of the change."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inventory.model import (
    CHANGES_BYTES_MAX,
    CHANGES_MAX,
    Holding,
    LevelKey,
    Line,
    LineChange,
    LinesChange,
    Source,
    holdings_of,
    latest,
)
from inventory.stock.sourcing import Sourcing, SourcingPolicy, place
from inventory.stock.units import Differences

WAREHOUSES = ("a", "b", "c")
PRODUCTS = ("P-1", "P-2")
KEYS = st.builds(LevelKey, st.sampled_from(PRODUCTS), st.sampled_from(WAREHOUSES))
HOLDINGS = st.dictionaries(KEYS, st.integers(1, 5)).map(
    lambda units: [Holding(key, quantity) for key, quantity in units.items()]
)
LEVELS = st.dictionaries(KEYS, st.integers(-1, 5))


def units(holdings: Iterable[Holding]) -> Counter[LevelKey]:
    return Counter({holding.key: holding.quantity for holding in holdings})


# --- differences


@settings(deadline=None)
@given(HOLDINGS, HOLDINGS)
def test_the_old_list_and_the_differences_are_the_new_list(before: list[Holding], after: list[Holding]) -> None:
    found = Differences.between(before, after)

    assert units(before) + units(found.more) - units(found.fewer) == units(after)
    keys = [holding.key for holding in (*found.more, *found.fewer)]
    assert len(keys) == len(set(keys)), "a transaction writes each level once"
    assert all(holding.quantity > 0 for holding in (*found.more, *found.fewer))
    assert units(before).total() + units(found.more).total() - units(found.fewer).total() == units(after).total()


@settings(deadline=None)
@given(HOLDINGS)
def test_equal_lists_have_no_differences(holdings: list[Holding]) -> None:
    assert Differences.between(holdings, list(reversed(holdings))) == Differences((), ())


# --- placement


@st.composite
def policies(draw: st.DrawFn) -> SourcingPolicy:
    order = draw(st.permutations(WAREHOUSES))
    sourcing = draw(st.sampled_from((Sourcing.ONE_WAREHOUSE, Sourcing.SPLIT)))
    return SourcingPolicy(tuple(order[: draw(st.integers(1, len(WAREHOUSES)))]), sourcing)


@st.composite
def carts(draw: st.DrawFn) -> list[Line]:
    """Lines that are not placed, at most one of what is asked."""
    asked = st.tuples(st.sampled_from(PRODUCTS), st.none() | st.sampled_from(WAREHOUSES))
    return [Line(*line, draw(st.integers(1, 8))) for line in draw(st.lists(asked, min_size=1, max_size=4, unique=True))]


@st.composite
def held_lines(draw: st.DrawFn) -> list[Line]:
    """Lines that were placed at some time, by whatever policy was set then."""

    def placed(line: Line) -> Line:
        if line.warehouse_id is not None:
            return line
        sources = draw(st.lists(st.sampled_from(WAREHOUSES), min_size=1, max_size=2, unique=True))
        quantities = [(name, draw(st.integers(1, 4))) for name in sources]
        placed_at = tuple(Source(*source) for source in quantities)
        return Line(line.product_id, None, sum(source.quantity for source in placed_at), placed_at)

    return [placed(line) for line in draw(carts())]


def limits(held: Sequence[Line], available: Mapping[LevelKey, int]) -> Counter[LevelKey]:
    """What a reservation could hold of each level: what it holds, and what is available."""
    return units(holdings_of(held)) + Counter({key: max(0, quantity) for key, quantity in available.items()})


@settings(deadline=None)
@given(held_lines(), carts(), LEVELS, policies())
def test_a_plan_never_takes_more_than_there_is_and_what_is_held(
    held: list[Line], cart: list[Line], available: dict[LevelKey, int], policy: SourcingPolicy
) -> None:
    plan = place(cart, available, policy, held)
    assume(not plan.shortages)

    assert [(line.asked, line.quantity) for line in plan.lines] == [(line.asked, line.quantity) for line in cart]
    assert all(sum(source.quantity for source in line.sources) == line.quantity for line in plan.lines)
    assert units(plan.holdings) <= limits(held, available)


@settings(deadline=None)
@given(held_lines(), carts(), LEVELS, policies())
def test_an_unplaced_line_takes_new_units_from_listed_warehouses_only(
    held: list[Line], cart: list[Line], available: dict[LevelKey, int], policy: SourcingPolicy
) -> None:
    plan = place(cart, available, policy, held)
    before = {(line.product_id, source.warehouse_id): source.quantity for line in held for source in line.placed_at}

    for line in plan.lines:
        for source in line.placed_at:
            stays = source.quantity <= before.get((line.product_id, source.warehouse_id), 0)
            assert stays or source.warehouse_id in policy.warehouses


@settings(deadline=None)
@given(held_lines(), LEVELS, policies(), st.data())
def test_lines_that_stay_or_shrink_keep_their_warehouses(
    held: list[Line], available: dict[LevelKey, int], policy: SourcingPolicy, data: st.DataObject
) -> None:
    cart = [Line(*line.asked, data.draw(st.integers(1, line.quantity))) for line in held]

    plan = place(cart, available, policy, held)

    assert plan == place(cart, {}, policy, held), "nothing needs to be read"
    assert units(plan.holdings) <= units(holdings_of(held))
    if [line.quantity for line in cart] == [line.quantity for line in held]:
        assert plan.lines == tuple(held)


@settings(deadline=None)
@given(held_lines(), carts(), LEVELS, policies())
def test_what_can_be_held_by_a_new_checkout_can_be_held_by_a_change(
    held: list[Line], cart: list[Line], available: dict[LevelKey, int], policy: SourcingPolicy
) -> None:
    released = limits(held, available)

    if place(cart, released, policy).lines:
        assert place(cart, available, policy, held).lines


@settings(deadline=None)
@given(held_lines(), LEVELS, policies(), st.integers(1, 12))
def test_a_shortage_names_what_one_line_could_have_been_held_of(
    held: list[Line], available: dict[LevelKey, int], policy: SourcingPolicy, quantity: int
) -> None:
    plan = place([Line("P-1", None, quantity)], available, policy, held)
    assume(plan.shortages)
    [shortage] = plan.shortages

    assert shortage.available < quantity
    if shortage.available:
        assert place([Line("P-1", None, shortage.available)], available, policy, held).lines
    assert place([Line("P-1", None, shortage.available + 1)], available, policy, held).shortages


def test_a_line_that_grows_stays_in_its_warehouse_although_another_is_first() -> None:
    policy = SourcingPolicy(("a", "b"), Sourcing.ONE_WAREHOUSE)
    available = {LevelKey("P-1", "a"): 9, LevelKey("P-1", "b"): 1}

    [line] = place([Line("P-1", None, 3)], available, policy, [Line("P-1", None, 2, (Source("b", 2),))]).lines

    assert line.sources == (Source("b", 3),)


@pytest.mark.parametrize("quantity", [1, 2])
def test_a_line_that_names_its_warehouse_takes_what_another_line_held_there(quantity: int) -> None:
    policy = SourcingPolicy(("a", "b"), Sourcing.ONE_WAREHOUSE)
    held = [Line("P-1", None, 2, (Source("a", 2),))]

    plan = place([Line("P-1", "a", 2), Line("P-1", None, quantity)], {LevelKey("P-1", "b"): 2}, policy, held)

    assert [line.sources for line in plan.lines] == [(Source("a", 2),), (Source("b", quantity),)]


def test_a_warehouse_of_which_another_line_took_all_that_was_held_is_not_preferred() -> None:
    policy = SourcingPolicy(("a", "b"), Sourcing.ONE_WAREHOUSE)
    available = {LevelKey("P-1", "a"): 2, LevelKey("P-1", "b"): 2}
    held = [Line("P-1", None, 2, (Source("b", 2),))]

    plan = place([Line("P-1", "b", 2), Line("P-1", None, 2)], available, policy, held)

    assert [line.sources for line in plan.lines] == [(Source("b", 2),), (Source("a", 2),)]


def test_a_line_goes_first_where_a_line_that_is_gone_held_units() -> None:
    policy = SourcingPolicy(("a", "b"), Sourcing.ONE_WAREHOUSE)
    available = {LevelKey("P-1", "a"): 3, LevelKey("P-1", "b"): 1}

    [line] = place([Line("P-1", None, 3)], available, policy, [Line("P-1", "b", 2)]).lines

    assert line.sources == (Source("b", 3),)


def test_a_line_keeps_its_units_in_a_warehouse_that_is_listed_no_longer_and_finds_more_elsewhere() -> None:
    policy = SourcingPolicy(("b",), Sourcing.SPLIT)
    available = {LevelKey("P-1", "a"): 9, LevelKey("P-1", "b"): 1}
    held = [Line("P-1", None, 2, (Source("a", 2),))]

    [line] = place([Line("P-1", None, 3)], available, policy, held).lines
    [shortage] = place([Line("P-1", None, 4)], available, policy, held).shortages

    assert line.sources == (Source("a", 2), Source("b", 1))
    assert shortage.available == 3


# --- what is kept


@settings(deadline=None)
@given(carts(), carts())
def test_a_change_lists_the_lines_that_differ(before: list[Line], after: list[Line]) -> None:
    change = LinesChange.of(before, after, "now")

    asked = {line.asked: line.quantity for line in before}
    for line in change.lines:
        assert line.before != line.after
        assert asked.pop((line.product_id, line.warehouse_id), 0) == line.before
        if line.after:
            asked[line.product_id, line.warehouse_id] = line.after
    assert asked == {line.asked: line.quantity for line in after}


def test_the_size_of_a_change_is_that_of_its_names_and_60_bytes_for_itself_and_for_each_line() -> None:
    change = LinesChange("now", (LineChange("P-1", "main", 1, 2), LineChange("Tür", None, 0, 1)))

    assert change.size == len("P-1") + len("main") + len("Tür".encode()) + 3 * 60


def test_the_latest_changes_are_kept_as_far_as_they_fit_on_a_row() -> None:
    ordinary = [LinesChange(f"{number:02}", (LineChange("P-1", None, 1, 2),)) for number in range(30)]
    assert [change.at for change in latest(ordinary)] == [f"{number:02}" for number in range(10, 30)]

    # 45 old and 45 new lines with the longest identifiers that there can be.
    longest = LinesChange("x", tuple(LineChange("\U0001f600" * 128, "\U0001f600" * 128, 1, 2) for _ in range(90)))
    assert longest.size <= CHANGES_BYTES_MAX
    assert latest([longest] * CHANGES_MAX) == (longest,)
    assert latest([longest, *ordinary[:3]]) == (longest, *ordinary[:3])
    assert latest([]) == ()

    half = LinesChange("x", (LineChange("p" * (CHANGES_BYTES_MAX // 2 - 120), None, 1, 2),))
    assert latest([half, half]) == (half, half)
    assert latest([ordinary[0], half, half]) == (half, half)
