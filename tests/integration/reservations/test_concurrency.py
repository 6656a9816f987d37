"""Concurrency: nothing is oversold and each reservation has one outcome, even with conflicts and lost responses."""

import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from inventory.aws.sns import LowStockAlert
from inventory.errors import TransientError
from inventory.model import Reservation
from tests.support.aws_calls import recorded
from tests.support.fault_injection import BUSY_DAY, FaultRates, injected_faults, with_retries
from tests.support.handlers import LOW_STOCK_TOPIC, OPERATIONS_TOPIC, Functions
from tests.support.shop import Shop, at_once
from tests.support.shop.cases import CASES, SCHEDULED, Case
from tests.support.shop.shops import Shops

JITTER_SECONDS = 0.05
DEADLINE_SECONDS = 0.5
CALLS_MAX = 3 + 50  # at most three reads, and an attempt every 10 ms


def delayed(call: Callable[[], Any], chance: random.Random) -> Callable[[], Any]:
    """The same call after a random delay, with retries as callers make them."""
    delay = chance.uniform(0, JITTER_SECONDS)

    def delayed_call() -> Any:
        time.sleep(delay)
        return with_retries(call)()

    return delayed_call


# --- many buyers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_200_buyers_of_50_units_get_exactly_50(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=50)
    chance = random.Random(seed)
    buyers = [delayed(partial(shop.reserves, ("P-1", 1), reservation_id=f"B-{n}"), chance) for n in range(200)]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        answers = at_once(*buyers, workers=len(buyers))

    assert Counter(answer.status for answer in answers) == {"HELD": 50, "REJECTED": 150}
    assert shop.level("P-1").available == 0
    shop.adds_up()


@pytest.mark.parametrize("seed", [4, 5])
def test_buyers_of_different_quantities_are_refused_only_if_stock_is_short(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=50)
    chance = random.Random(seed)
    quantities = [chance.randint(1, 4) for _ in range(60)]
    buyers = [
        delayed(partial(shop.reserves, ("P-1", quantity), reservation_id=f"B-{n}"), chance)
        for n, quantity in enumerate(quantities)
    ]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        answers: list[Reservation] = at_once(*buyers)

    left = shop.level("P-1").available
    assert sum(answer.lines[0].quantity for answer in answers if answer.status == "HELD") == 50 - left
    assert all(answer.lines[0].quantity > left for answer in answers if answer.status == "REJECTED")
    shop.adds_up()


@pytest.mark.parametrize("seed", [6, 7])
def test_carts_with_the_same_products_in_opposite_order_are_held_whole(shop: Shop, seed: int) -> None:
    products = ["P-1", "P-2", "P-3"]
    for product in products:
        shop.stocks(product, on_hand=10)
    chance = random.Random(seed)
    carts = [[(product, 1) for product in products], [(product, 1) for product in reversed(products)]] * 15
    buyers = [delayed(partial(shop.reserves, *cart, reservation_id=f"B-{n}"), chance) for n, cart in enumerate(carts)]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        answers = at_once(*buyers)

    assert Counter(answer.status for answer in answers) == {"HELD": 10, "REJECTED": 20}
    assert {shop.level(product).reserved for product in products} == {10}
    shop.adds_up()


def test_many_concurrent_copies_of_one_request_make_one_reservation(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with injected_faults(shop.client, BUSY_DAY, seed=8):
        answers = at_once(*[with_retries(lambda: shop.reserves(("P-1", 3), reservation_id="R-1"))] * 20)

    assert {answer.status for answer in answers} == {"HELD"}
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


@pytest.mark.parametrize("seed", [11, 12])
def test_concurrent_sales_alert_each_low_level_once(shop: Shop, seed: int) -> None:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=12, low_stock_threshold=8)

    def sells(reservation_id: str) -> list[LowStockAlert]:
        cart = partial(shop.reserves, ("P-1", 1), ("P-2", 1), reservation_id=reservation_id)
        reservation = with_retries(cart)()
        with_retries(partial(shop.pays, reservation))()
        return with_retries(partial(shop.commits, reservation))()[1]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        alerts: list[list[LowStockAlert]] = at_once(*[partial(sells, f"R-{number}") for number in range(12)])

    assert sorted(alert.key.product_id for of_a_sale in alerts for alert in of_a_sale) == ["P-1", "P-2"]
    shop.adds_up()


# --- races over one reservation


@pytest.mark.parametrize("seed", [9, 10])
def test_racing_payments_timeouts_and_cancellations_leave_one_outcome_each(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=40)
    shop.stocks("P-2", on_hand=40)
    held = [shop.holds(("P-1", 2), ("P-2", 2)) for _ in range(20)]
    chance = random.Random(seed)
    racers = [
        delayed(partial(change, reservation), chance)
        for reservation in held
        for change in (shop.pays, shop.times_out, shop.cancels)
    ]
    chance.shuffle(racers)

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        at_once(*racers)
        at_once(*[with_retries(partial(finished, shop, reservation)) for reservation in held])

    stored = [shop.reservation(reservation) for reservation in held]
    assert {reservation.status for reservation in stored} <= {"COMMITTED", "UNFULFILLED"}
    refunded = {reservation.reservation_id for reservation in stored if reservation.status == "UNFULFILLED"}
    assert {announcement.subject.split(": ")[1] for announcement in shop.topics.operations} == refunded
    sold = 2 * (len(held) - len(refunded))
    assert shop.level("P-1").on_hand == shop.level("P-2").on_hand == 40 - sold
    shop.adds_up()


def test_the_answer_to_each_racing_call_stays_true(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=40)
    held = [shop.holds(("P-1", 2)) for _ in range(15)]

    answers = [
        at_once(partial(shop.pays, hold), partial(shop.times_out, hold), partial(shop.cancels, hold), workers=3)
        for hold in held
    ]

    for reservation, (payment, _, cancelled) in zip(held, answers, strict=True):
        stored = finished(shop, reservation)
        assert payment.fulfilled == (stored.status == "COMMITTED"), stored
        assert cancelled.reason != "CANCELLED" or not payment.fulfilled, stored
    shop.adds_up()


def test_of_two_concurrent_payments_one_buys_and_the_other_is_announced(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=40)
    held = [shop.holds(("P-1", 2)) for _ in range(10)]

    answers = [
        at_once(partial(shop.pays, hold, "PAY-1"), partial(shop.pays, hold, "PAY-2"), workers=2) for hold in held
    ]

    for reservation, payments in zip(held, answers, strict=True):
        [bought] = [payment for payment in payments if payment.fulfilled]
        assert bought.reservation.payment_reference == shop.reservation(reservation).payment_reference
    assert len(shop.topics.operations) == 10
    shop.adds_up()


def finished(shop: Shop, reservation: Reservation) -> Reservation:
    """Commit a paid reservation, as the workflow does after the race."""
    stored = shop.reservation(reservation)
    return shop.commits(reservation)[0] if stored.status == "PAID" else stored


# --- the same call twice, concurrently


# Of two concurrent edits of the same version, one is a conflict by design.
RUN_TWICE = [case for case in CASES if "edit" not in str(case)]


@pytest.mark.parametrize("case", RUN_TWICE, ids=str)
def test_two_concurrent_runs_leave_what_one_run_leaves(case: Case, functions: Functions, shops: Shops) -> None:
    once = left_by(case, functions, shops, runs=1)

    for _ in range(3):
        assert left_by(case, functions, shops, runs=2) == once


def left_by(case: Case, functions: Functions, shops: Shops, *, runs: int) -> Any:
    """The tables, the messages and the answers after this many concurrent runs in an empty shop."""
    with shops.open() as shop:
        return left_in(shop, case, functions, runs=runs)


def left_in(shop: Shop, case: Case, functions: Functions, *, runs: int) -> Any:
    """The tables, the messages and the answers after this many concurrent runs in this shop."""
    event = case.prepare(shop)
    functions.serve(shop)
    answers = at_once(*[with_retries(lambda: functions.invoke(case.function, event))] * runs, workers=runs)
    shop.adds_up()
    levels = [
        (level["product_id"], level["on_hand"], level["reserved"], level.get("low_stock_alerted"))
        for level in shop.rows(shop.tables.inventory)
    ]
    reservations = [
        (row["reservation_id"], row["status"], row.get("payment_reference"), row.get("held_until"))
        for row in shop.rows(shop.tables.reservations)
    ]
    return (
        sorted(levels),
        sorted(reservations, key=str),
        sorted(shop.rows(shop.tables.customers), key=str),
        sorted(message["product_id"] for topic, message in functions.published if topic == LOW_STOCK_TOPIC),
        # A surplus payment is announced at least once: concurrent runs may announce it twice.
        {message["payment_reference"] for topic, message in functions.published if topic == OPERATIONS_TOPIC},
        functions.files,
        [] if case.function in SCHEDULED else [answer for answer in answers if answer != answers[0]],
    )


# --- faults that do not end


ALWAYS_BUSY = [FaultRates(conflict=1), FaultRates(throttling=1)]


def reserves(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.reserves(("P-1", 1), customer_id="C-1")


def pays(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.pays(held)


def commits(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.commits(paid)


def times_out(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.times_out(held)


def cancels(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.cancels(held)


def counts(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.stocks("P-1", on_hand=50)


def adjusts(shop: Shop, held: Reservation, paid: Reservation) -> object:
    return shop.adjusts(+1)


@pytest.mark.parametrize("rates", ALWAYS_BUSY, ids=["conflicts", "throttling"])
@pytest.mark.parametrize(
    "call", [reserves, pays, commits, times_out, cancels, counts, adjusts], ids=lambda call: call.__name__
)
def test_a_call_that_never_succeeds_stops_retrying_and_changes_nothing(
    shop: Shop,
    call: Callable[[Shop, Reservation, Reservation], object],
    rates: FaultRates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inventory.aws.retries.RETRY_DEADLINE_SECONDS", DEADLINE_SECONDS)
    shop.stocks("P-1", on_hand=10)
    held, paid = (shop.holds(("P-1", units), customer_id="C-1") for units in (2, 3))
    shop.pays(paid)
    before = all_rows(shop)

    with recorded(shop.client) as calls, injected_faults(shop.client, rates), pytest.raises(TransientError):
        call(shop, held, paid)

    assert 1 < len(calls) <= CALLS_MAX
    assert all_rows(shop) == before


def all_rows(shop: Shop) -> list[list[dict[str, Any]]]:
    """Every row of every table."""
    tables = shop.tables
    return [shop.rows(table) for table in (tables.inventory, tables.reservations, tables.movements, tables.customers)]
