"""Which sold units a return or a dispatch means: rules of the distribution, and properties over any sequence of them."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.after_sale.distribution import plan_dispatch, plan_return
from inventory.errors import NotAllocated, NotSold
from inventory.model import AfterSale, Holding, LevelKey, Line, Reservation, Returned, Source, Status

MAIN, OUTLET = LevelKey("P-1", "main"), LevelKey("P-1", "outlet")
ELSEWHERE = LevelKey("P-1", "returns")
SPLIT = Line("P-1", None, 5, (Source("main", 3), Source("outlet", 2)))


def sale(*lines: Line, tracked: bool = False, **more: Any) -> Reservation:
    return Reservation(
        "R-1", Status.COMMITTED, lines or (SPLIT,), 900, "2026-03-01T12:00:00.000Z", tracked=tracked, **more
    )


def of(quantity: int, warehouse_id: str | None = None, product_id: str = "P-1") -> Line:
    return Line(product_id, warehouse_id, quantity)


def after(reservation: Reservation, *lines: Line) -> Reservation:
    """The reservation after a return."""
    return replace(reservation, after_sale=plan_return(reservation, lines).after_sale)


def sent(reservation: Reservation, *lines: Line) -> Reservation:
    """The reservation after a dispatch."""
    return replace(reservation, after_sale=plan_dispatch(reservation, lines or None).after_sale)


# --- returns


def test_units_go_back_to_their_sources_in_their_order() -> None:
    plan = plan_return(sale(), [of(4)])

    assert plan.returned == (Returned(MAIN, 3), Returned(OUTLET, 1))
    assert plan.after_sale == (AfterSale(MAIN, returned=3), AfterSale(OUTLET, returned=1))


def test_nothing_is_kept_of_a_source_whose_units_stay_sold() -> None:
    assert plan_return(sale(), [of(1)]).after_sale == (AfterSale(MAIN, returned=1),)


def test_units_of_a_later_return_are_those_that_are_left() -> None:
    plan = plan_return(after(sale(), of(2)), [of(2)])

    assert plan.returned == (Returned(MAIN, 1), Returned(OUTLET, 1))


def test_units_go_to_the_warehouse_that_is_named_even_if_none_was_taken_from_it() -> None:
    plan = plan_return(sale(), [of(4, "returns")])

    assert plan.returned == (Returned(ELSEWHERE, 4),)
    assert plan.after_sale == (AfterSale(MAIN, returned=3), AfterSale(OUTLET, returned=1))


def test_a_named_warehouse_means_the_units_that_were_taken_from_it_first() -> None:
    plan = plan_return(sale(), [of(3, "outlet")])

    assert plan.returned == (Returned(OUTLET, 3),)
    assert plan.after_sale == (AfterSale(MAIN, returned=1), AfterSale(OUTLET, returned=2))


def test_several_lines_of_one_level_are_one_write() -> None:
    plan = plan_return(sale(of(2, "main"), SPLIT), [of(1, "outlet"), of(6)])

    assert plan.returned == (Returned(OUTLET, 2), Returned(MAIN, 5))


@pytest.mark.parametrize("lines", [[of(6)], [of(3), of(3, "main")], [of(1, product_id="P-2")]], ids=str)
def test_more_than_was_sold_cannot_be_returned(lines: list[Line]) -> None:
    with pytest.raises(NotSold):
        plan_return(sale(), lines)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.COMMITTED])
def test_nothing_is_returned_or_dispatched_before_it_is_sold(status: Status) -> None:
    unsold = replace(sale(tracked=True), status=status)

    with pytest.raises(NotSold, match=f"reservation R-1 is {status}: nothing of it is sold"):
        plan_return(unsold, [of(1)])
    with pytest.raises(NotAllocated, match=f"reservation R-1 is {status}: nothing of it is allocated"):
        plan_dispatch(unsold, None)


def test_what_cannot_be_returned_or_dispatched_is_named_with_what_can_be() -> None:
    tracked = sale(tracked=True)

    with pytest.raises(
        NotSold, match="^only 0 of P-1, with warehouse returns, can be returned, not 2; only 5 of P-1 can"
    ):
        plan_return(tracked, [of(2, "returns"), of(6)])
    with pytest.raises(NotAllocated, match="^only 5 of P-1 can be dispatched, not 6$"):
        plan_dispatch(tracked, [of(6)])
    with pytest.raises(NotAllocated, match="^only 2 of P-1, with warehouse outlet, can be dispatched, not 3$"):
        plan_dispatch(tracked, [of(3, "outlet")])


def test_a_line_that_names_its_warehouse_gets_dispatched_units_before_one_that_names_none() -> None:
    shipped = sent(sale(tracked=True), of(1, "outlet"))

    assert plan_return(shipped, [of(1), of(1, "main")]).returned == (Returned(MAIN, 1, 1),)


def test_dispatched_units_are_returned_first_whatever_source_they_are_of() -> None:
    shipped = sent(sale(tracked=True), of(1, "outlet"))

    plan = plan_return(shipped, [of(2)])

    assert plan.returned == (Returned(OUTLET, 1), Returned(MAIN, 0, 1))
    assert plan.after_sale == (
        AfterSale(MAIN, returned=1, returned_undispatched=1),
        AfterSale(OUTLET, dispatched=1, returned=1),
    )


def test_a_level_can_get_dispatched_and_undispatched_units_at_once() -> None:
    shipped = sent(sale(tracked=True), of(1, "main"))

    assert plan_return(shipped, [of(3)]).returned == (Returned(MAIN, 1, 2),)


def test_undispatched_units_are_returned_only_where_they_are() -> None:
    shipped = sent(sale(tracked=True), of(1, "main"))

    assert plan_return(shipped, [of(3, "outlet")]).returned == (Returned(OUTLET, 1, 2),)
    assert plan_return(shipped, [of(1, "returns")]).returned == (Returned(ELSEWHERE, 1),)
    with pytest.raises(NotSold, match="only 1 of P-1"):
        plan_return(shipped, [of(2, "returns")])


def test_a_line_without_a_choice_gets_its_units_before_the_others() -> None:
    lines = of(1, "main"), of(2, "outlet"), of(1, "north")
    shipped = sent(sale(*lines, tracked=True), of(1, "north"))

    plan = plan_return(shipped, [of(1, "main"), of(3, "outlet")])  # the outlet has two, so it needs the dispatched one

    assert set(plan.returned) == {Returned(OUTLET, 1, 2), Returned(MAIN, 0, 1)}


# --- dispatches


def test_units_leave_the_first_sources_first() -> None:
    plan = plan_dispatch(sale(tracked=True), [of(4)])

    assert plan.dispatched == (Holding(MAIN, 3), Holding(OUTLET, 1))
    assert plan.after_sale == (AfterSale(MAIN, dispatched=3), AfterSale(OUTLET, dispatched=1))


def test_without_lines_all_that_is_left_is_dispatched() -> None:
    begun = after(sent(sale(tracked=True), of(1)), of(2))  # one of them was not dispatched

    plan = plan_dispatch(begun, None)

    assert plan.dispatched == (Holding(MAIN, 1), Holding(OUTLET, 2))
    with pytest.raises(NotAllocated):
        plan_dispatch(replace(begun, after_sale=plan.after_sale), None)


def test_a_line_that_names_its_warehouse_is_dispatched_from_there_alone() -> None:
    assert plan_dispatch(sale(tracked=True), [of(3), of(2, "main")]).dispatched == (
        Holding(MAIN, 3),
        Holding(OUTLET, 2),
    )
    with pytest.raises(NotAllocated):
        plan_dispatch(sale(tracked=True), [of(3, "outlet")])


def test_nothing_of_an_untracked_sale_can_be_dispatched() -> None:
    with pytest.raises(NotAllocated, match="left their warehouses"):
        plan_dispatch(sale(), [of(1)])


# --- properties

WAREHOUSES = ("main", "outlet", "north")
quantities = st.integers(1, 4)
asked = st.builds(
    Line, st.sampled_from(("P-1", "P-2")), st.sampled_from((None, *WAREHOUSES, "returns")), st.integers(1, 5)
)


@st.composite
def sold_lines(draw: st.DrawFn) -> tuple[Line, ...]:
    lines = []
    for product_id in draw(st.sets(st.sampled_from(("P-1", "P-2")), min_size=1)):
        taken = draw(st.dictionaries(st.sampled_from(WAREHOUSES), quantities, min_size=1))
        sources = tuple(Source(warehouse_id, units) for warehouse_id, units in taken.items())
        lines.append(Line(product_id, None, sum(taken.values()), sources))
        if draw(st.booleans()):
            lines.append(Line(product_id, draw(st.sampled_from(WAREHOUSES)), draw(quantities)))
    return tuple(lines)


calls = st.lists(
    st.tuples(
        st.sampled_from(("return", "dispatch")),
        st.lists(asked, min_size=1, max_size=3, unique_by=lambda line: line.asked),
    ),
    max_size=8,
)


@given(lines=sold_lines(), tracked=st.booleans(), calls=calls)
@settings(max_examples=120, deadline=None)
def test_over_any_sequence_nothing_is_returned_or_dispatched_twice(
    lines: tuple[Line, ...], tracked: bool, calls: list[tuple[str, list[Line]]]
) -> None:
    reservation = sale(*lines, tracked=tracked)
    sold = Counter({holding.key: holding.quantity for holding in reservation.holdings})
    left_warehouse, came_back = Counter[str](), Counter[str]()
    for kind, wanted in calls:
        with suppress(NotSold, NotAllocated):
            if kind == "return":
                plan = plan_return(reservation, wanted)
                moved = Counter({part.key: part.units for part in plan.returned})
                came_back.update({line.product_id: line.quantity for line in wanted[:1]})
                for line in wanted[1:]:
                    came_back[line.product_id] += line.quantity
                after_sale = plan.after_sale
                before = {now.key: now.returned for now in reservation.after_sale}
                assert sum(now.returned - before.get(now.key, 0) for now in after_sale) == moved.total()
            else:
                dispatch = plan_dispatch(reservation, wanted)
                moved = Counter({part.key: part.quantity for part in dispatch.dispatched})
                for line in wanted:
                    left_warehouse[line.product_id] += line.quantity
                after_sale = dispatch.after_sale
            assert moved.total() == sum(line.quantity for line in wanted)
            reservation = replace(reservation, after_sale=after_sale)
    for now in reservation.after_sale:
        assert 0 <= now.returned <= sold[now.key]
        assert 0 <= now.returned_undispatched <= now.returned
        assert now.dispatched + now.returned_undispatched <= sold[now.key]
        assert not tracked or now.returned_dispatched <= now.dispatched
        assert tracked or now.dispatched == now.returned_undispatched == 0
    shown = reservation.to_json()["lines"]
    assert sum(line["returned"] for line in shown) == came_back.total()
    assert sum(line.get("dispatched", 0) for line in shown) == left_warehouse.total()
    assert all(line["returned"] <= line["quantity"] for line in shown)


@given(
    lines=sold_lines(),
    tracked=st.booleans(),
    wanted=st.lists(asked, min_size=1, max_size=3, unique_by=lambda line: line.asked),
)
@settings(max_examples=120, deadline=None)
def test_a_return_is_refused_only_if_its_units_cannot_be_found(
    lines: tuple[Line, ...], tracked: bool, wanted: list[Line]
) -> None:
    reservation = sale(*lines, tracked=tracked)
    with suppress(NotAllocated):
        reservation = sent(reservation, of(1))

    possible = all(_is_possible(reservation, product_id, wanted) for product_id in ("P-1", "P-2"))

    if possible:
        plan_return(reservation, wanted)
    else:
        with pytest.raises(NotSold):
            plan_return(reservation, wanted)


def _is_possible(reservation: Reservation, product_id: str, wanted: list[Line]) -> bool:
    """Whether the lines of a product can be returned in some way: counted, not distributed."""
    there = Counter(
        {held.key.warehouse_id: held.quantity for held in reservation.allocated if held.key.product_id == product_id}
    )
    sold = sum(held.quantity for held in reservation.holdings if held.key.product_id == product_id)
    away = sold - there.total()
    mine = [line for line in wanted if line.product_id == product_id]
    needed = sum(max(0, line.quantity - there[line.warehouse_id]) for line in mine if line.warehouse_id is not None)
    return needed <= away and sum(line.quantity for line in mine) <= sold
