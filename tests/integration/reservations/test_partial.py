"""A checkout that accepts a part holds what there is, and is paid, released and repeated like any other."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from inventory.errors import InvalidReservation, ReservationConflict, TransientError
from inventory.items import reservation_item
from inventory.model import LevelKey, Reservation, Shortage, Status
from inventory.stock.shards.parts import Holdable
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before, lost_responses
from tests.support.shop import Shop, at_once

ACCEPTED: dict[str, Any] = {"accept": "PARTIAL"}


def named(warehouse_id: str, quantity: int, product_id: str = "P-1") -> dict[str, Any]:
    """A line that names its warehouse."""
    return {"product_id": product_id, "warehouse_id": warehouse_id, "quantity": quantity}


def held(reservation: Reservation) -> list[tuple[str, int]]:
    """The lines of a reservation."""
    return [(line.product_id, line.quantity) for line in reservation.lines]


def short(reservation: Reservation) -> list[tuple[str, int, int]]:
    """Of which lines it has less than was asked: what was asked, and what it has."""
    return [(each.product_id, each.requested, each.available) for each in reservation.shortages]


@pytest.fixture
def sparse(shop: Shop) -> Shop:
    """A shop with 5 units of P-1, 2 of P-2 and none of P-3."""
    for product_id, on_hand in (("P-1", 5), ("P-2", 2), ("P-3", 0)):
        shop.stocks(product_id, on_hand=on_hand)
    return shop


@pytest.fixture
def split(shop: Shop) -> Shop:
    """A shop that splits lines, with 2 units in main, 3 in the outlet, and 9 where nothing is taken from unasked."""
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    for warehouse_id, on_hand in (("main", 2), ("outlet", 3), ("elsewhere", 9)):
        shop.stocks(on_hand=on_hand, warehouse_id=warehouse_id)
    return shop


# --- what is held


def test_what_there_is_is_held_and_the_shortages_say_what_is_missing(sparse: Shop) -> None:
    reservation = sparse.reserves(("P-3", 1), ("P-2", 4), ("P-1", 5), **ACCEPTED)

    assert reservation.status is Status.HELD
    assert held(reservation) == [("P-2", 2), ("P-1", 5)]
    assert short(reservation) == [("P-3", 1, 0), ("P-2", 4, 2)]
    assert sparse.reservation(reservation) == reservation
    assert [sparse.level(name).available for name in ("P-1", "P-2", "P-3")] == [0, 0, 0]
    sparse.adds_up()


def test_enough_of_everything_is_held_at_the_first_try(sparse: Shop) -> None:
    with recorded(sparse.client) as calls:
        reservation = sparse.reserves(("P-1", 5), ("P-2", 2), **ACCEPTED)

    assert [call.operation for call in calls] == ["TransactWriteItems"]
    assert (held(reservation), reservation.shortages) == ([("P-1", 5), ("P-2", 2)], ())
    sparse.adds_up()


def test_nothing_of_anything_is_rejected_with_every_shortage(sparse: Shop) -> None:
    sparse.holds(("P-2", 2))

    refused = sparse.reserves(("P-3", 1), ("P-2", 2), **ACCEPTED)

    assert refused.status is Status.REJECTED
    assert (held(refused), short(refused)) == ([("P-3", 1), ("P-2", 2)], [("P-3", 1, 0), ("P-2", 2, 0)])
    assert sparse.reservation(refused) == refused
    assert not refused.is_in_part
    sparse.adds_up()


def test_a_checkout_that_does_not_accept_a_part_holds_all_or_nothing(sparse: Shop) -> None:
    refused = sparse.reserves(("P-2", 4), ("P-1", 5))

    assert (refused.status, short(refused)) == (Status.REJECTED, [("P-2", 4, 2)])
    assert sparse.level("P-1").reserved == 0


def test_a_line_is_split_over_all_that_its_warehouses_have(split: Shop) -> None:
    with recorded(split.client) as calls:
        reservation = split.reserves(("P-1", 9), named("main", 1), **ACCEPTED)

    assert [call.operation for call in calls] == ["TransactWriteItems", "Query", "TransactWriteItems"]
    sources = [[(each.warehouse_id, each.quantity) for each in line.sources] for line in reservation.lines]
    assert sources == [[("main", 1), ("outlet", 3)], [("main", 1)]]
    assert reservation.shortages == (Shortage("P-1", None, requested=9, available=4),)
    split.adds_up()


def test_a_line_that_names_its_warehouse_gets_what_that_one_has(split: Shop) -> None:
    reservation = split.reserves(named("outlet", 9), **ACCEPTED)

    assert reservation.keys() == (LevelKey("P-1", "outlet"),)
    assert reservation.shortages == (Shortage("P-1", "outlet", requested=9, available=3),)
    split.adds_up()


def test_nothing_is_taken_from_a_retired_level(split: Shop) -> None:
    split.retires("P-1", "outlet")

    reservation = split.reserves(("P-1", 9), **ACCEPTED)

    assert reservation.keys() == (LevelKey("P-1", "main"),)
    split.adds_up()


def test_an_unknown_product_is_invalid_and_nothing_of_the_others_is_held(sparse: Shop) -> None:
    with pytest.raises(InvalidReservation) as refused:
        sparse.reserves(("P-2", 4), ("NO", 1), named("nowhere", 1), **ACCEPTED)

    assert [error.field for error in refused.value.errors] == ["lines[1].product_id", "lines[2].product_id"]
    assert sparse.rows(sparse.tables.reservations) == []
    sparse.adds_up()


def test_a_part_from_too_many_levels_is_invalid(shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    products = [f"P-{number}" for number in range(23)]
    for product in products:
        for warehouse_id in shop.sourcing.warehouses:
            shop.stocks(product, on_hand=1, warehouse_id=warehouse_id)

    with pytest.raises(InvalidReservation) as refused:
        shop.reserves(*((product, 3) for product in products), **ACCEPTED)

    assert [error.field for error in refused.value.errors] == ["lines"]
    assert shop.rows(shop.tables.reservations) == []
    fitting = shop.reserves(*((product, 3) for product in products[1:]), **ACCEPTED)
    assert len(fitting.holdings) == 44
    shop.adds_up()


# --- limits of a customer


def test_a_customer_who_asks_for_more_than_the_limit_holds_nothing(sparse: Shop) -> None:
    refused = sparse.reserves(("P-1", 5), ("P-2", 1_000), customer_id="C-1", **ACCEPTED)

    assert (refused.status, refused.reason) == (Status.REJECTED, "HOLD_LIMIT_REACHED")
    assert (held(refused), refused.shortages) == ([("P-1", 5), ("P-2", 1_000)], ())
    assert sparse.held_by("C-1") == (0, 0)


@pytest.mark.parametrize("end", [Shop.times_out, Shop.cancels], ids=lambda end: end.__name__)
def test_a_customer_is_counted_with_what_is_held(sparse: Shop, end: Callable[[Shop, Reservation], object]) -> None:
    part = sparse.holds(("P-1", 9), customer_id="C-1", **ACCEPTED)
    assert sparse.held_by("C-1") == (1, 5)

    end(sparse, part)

    assert sparse.held_by("C-1") == (0, 0)
    sparse.adds_up()


# --- what becomes of it


def test_a_payment_sells_what_is_held_and_the_shortages_stay(sparse: Shop) -> None:
    part = sparse.holds(("P-2", 4), ("P-1", 3), **ACCEPTED)

    sparse.pays(part)
    sold, _ = sparse.commits(part)

    assert (sold.status, held(sold), short(sold)) == (Status.COMMITTED, [("P-2", 2), ("P-1", 3)], [("P-2", 4, 2)])
    assert sold.outcome()["shortages"] == [{"product_id": "P-2", "warehouse_id": None, "requested": 4, "available": 2}]
    assert [sparse.level(name).on_hand for name in ("P-1", "P-2")] == [2, 0]
    sparse.adds_up()


def test_a_late_payment_buys_what_was_held_and_no_more(sparse: Shop) -> None:
    part = sparse.holds(("P-2", 4), **ACCEPTED)
    sparse.times_out(part)
    sparse.stocks("P-2", on_hand=50)

    rescued = sparse.pays(part).reservation

    assert (rescued.rescued, held(rescued), short(rescued)) == (True, [("P-2", 2)], [("P-2", 4, 2)])
    assert sparse.level("P-2").on_hand == 48
    sparse.adds_up()


def test_an_expired_part_gives_its_units_back(split: Shop) -> None:
    split.holds(("P-1", 9), hold_seconds=1, **ACCEPTED)

    assert split.reconciles(later=timedelta(seconds=1)) == {"stranded": 1, "released": 1}

    assert [split.level("P-1", name).available for name in ("main", "outlet")] == [2, 3]
    split.adds_up()


def test_a_part_is_no_drift(split: Shop) -> None:
    split.holds(("P-1", 9), customer_id="C-1", **ACCEPTED)

    assert split.finds_drift().agree


# --- repeated requests


@pytest.mark.parametrize(
    "asked",
    [[("P-2", 4), ("P-1", 1)], [("P-2", 2), ("P-1", 1)], [("P-3", 2)]],
    ids=["held in part", "held whole", "rejected"],
)
def test_a_repeated_request_gets_the_first_answer_and_one_that_accepts_otherwise_a_conflict(
    sparse: Shop, asked: list[tuple[str, int]]
) -> None:
    first = sparse.reserves(*asked, reservation_id="R-1", **ACCEPTED)
    for product_id in ("P-1", "P-2", "P-3"):
        sparse.stocks(product_id, on_hand=50)

    assert sparse.reserves(*reversed(asked), reservation_id="R-1", **ACCEPTED) == first
    for other in ([*asked], held(first)):
        with pytest.raises(ReservationConflict):
            sparse.reserves(*other, reservation_id="R-1")
    with pytest.raises(ReservationConflict):
        sparse.reserves(*asked, ("P-1", 1), reservation_id="R-1", **ACCEPTED)
    sparse.adds_up()


def test_a_request_for_what_was_held_is_not_the_request_that_held_it(sparse: Shop) -> None:
    first = sparse.reserves(("P-2", 4), reservation_id="R-1", **ACCEPTED)

    with pytest.raises(ReservationConflict):
        sparse.reserves(*held(first), reservation_id="R-1", **ACCEPTED)


@pytest.mark.parametrize("lines", [[("P-1", 1)], [("P-2", 4)]], ids=["held", "rejected"])
def test_a_whole_hold_is_not_of_a_request_that_accepts_a_part(sparse: Shop, lines: list[tuple[str, int]]) -> None:
    sparse.reserves(*lines, reservation_id="R-1")

    with pytest.raises(ReservationConflict):
        sparse.reserves(*lines, reservation_id="R-1", **ACCEPTED)


def test_a_part_is_repeated_after_it_was_sold_and_after_the_settings_changed(sparse: Shop) -> None:
    part = sparse.holds(("P-2", 4), reservation_id="R-1", **ACCEPTED)
    sparse.pays(part)
    sold, _ = sparse.commits(part)
    sparse.longest_hold_seconds = 60

    assert sparse.reserves(("P-2", 4), reservation_id="R-1", **ACCEPTED) == sold


def test_a_row_without_a_part_has_nothing_of_it(sparse: Shop) -> None:
    whole, part = sparse.reserves(("P-1", 1)), sparse.reserves(("P-1", 1), **ACCEPTED)

    assert reservation_item(part).keys() - reservation_item(whole).keys() == {"request_hash"}


# --- races and lost answers


def test_a_part_that_was_taken_meanwhile_is_planned_again(sparse: Shop) -> None:
    with just_before(sparse.client, "TransactWriteItems", lambda: sparse.reserves(("P-1", 2)), call=2):
        reservation = sparse.reserves(("P-1", 9), ("P-2", 9), **ACCEPTED)

    assert (held(reservation), short(reservation)) == ([("P-1", 3), ("P-2", 2)], [("P-1", 9, 3), ("P-2", 9, 2)])
    sparse.adds_up()


def test_a_line_of_which_everything_was_taken_meanwhile_is_left_out(split: Shop) -> None:
    split.stocks("P-2", on_hand=1)

    def takes_all() -> None:
        split.reserves(named("outlet", 3), named("main", 2))

    with just_before(split.client, "TransactWriteItems", takes_all, call=2):
        reservation = split.reserves(("P-1", 9), ("P-2", 4), **ACCEPTED)

    assert (held(reservation), short(reservation)) == ([("P-2", 1)], [("P-1", 9, 0), ("P-2", 4, 1)])
    split.adds_up()


def test_a_part_of_which_everything_was_taken_meanwhile_is_rejected_as_it_was_asked(sparse: Shop) -> None:
    with just_before(sparse.client, "TransactWriteItems", lambda: sparse.reserves(("P-1", 5)), call=2):
        refused = sparse.reserves(("P-1", 9), ("P-3", 1), **ACCEPTED)

    assert (refused.status, short(refused)) == (Status.REJECTED, [("P-1", 9, 0), ("P-3", 1, 0)])
    assert held(refused) == [("P-1", 9), ("P-3", 1)]
    sparse.adds_up()


def test_a_customer_who_reaches_the_limit_meanwhile_holds_nothing(sparse: Shop) -> None:
    def reaches_the_limit() -> None:
        for _ in range(10):
            sparse.reserves(("P-2", 1), customer_id="C-1", **ACCEPTED)
            sparse.stocks("P-2", on_hand=sparse.level("P-2").on_hand + 1)

    with just_before(sparse.client, "TransactWriteItems", reaches_the_limit, call=2):
        refused = sparse.reserves(("P-1", 9), customer_id="C-1", **ACCEPTED)

    assert (refused.reason, held(refused), refused.shortages) == ("HOLD_LIMIT_REACHED", [("P-1", 9)], ())
    sparse.adds_up()


def test_another_attempt_at_the_same_request_decides_once(sparse: Shop) -> None:
    def decides_first() -> None:
        sparse.reserves(("P-1", 9), reservation_id="R-1", **ACCEPTED)

    with just_before(sparse.client, "TransactWriteItems", decides_first, call=2):
        second = sparse.reserves(("P-1", 9), reservation_id="R-1", **ACCEPTED)

    assert (held(second), sparse.level("P-1").reserved) == ([("P-1", 5)], 5)
    sparse.adds_up()


def test_a_part_whose_answer_was_lost_is_held_once(sparse: Shop) -> None:
    def ask() -> Reservation:
        return sparse.reserves(("P-1", 9), reservation_id="R-1", **ACCEPTED)

    with ExitStack() as stack:

        def loses_the_answer() -> None:
            stack.enter_context(lost_responses(sparse.client, "TransactWriteItems"))

        with just_before(sparse.client, "TransactWriteItems", loses_the_answer, call=2):
            first = ask()

    assert ask() == first
    assert (held(first), sparse.level("P-1").reserved) == ([("P-1", 5)], 5)
    sparse.adds_up()


def test_a_plan_that_is_always_overtaken_ends_with_an_error_that_can_be_retried(
    split: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split.stock_store, "holdable", lambda product_id: Holdable({LevelKey(product_id, "outlet"): 9}))

    with pytest.raises(TransientError):
        split.reserves(("P-1", 10), **ACCEPTED)

    assert split.rows(split.tables.reservations) == []
    split.adds_up()


def test_checkouts_at_once_hold_every_unit_and_none_twice(sparse: Shop) -> None:
    answers = at_once(*[lambda: sparse.reserves(("P-1", 2), ("P-2", 1), **ACCEPTED) for _ in range(8)])

    statuses = Counter(getattr(answer, "status", type(answer)) for answer in answers)
    assert set(statuses) <= {"HELD", "REJECTED", TransientError}
    parts = [answer for answer in answers if getattr(answer, "status", None) == "HELD"]
    taken = sum(line.quantity for part in parts for line in part.lines)
    assert taken == sum(sparse.level(name).reserved for name in ("P-1", "P-2"))
    assert taken == 7 or statuses[TransientError]  # nothing is left while somebody wants it
    sparse.adds_up()
