"""Many at once: nothing is oversold and everything has one outcome, also when DynamoDB is busy and answers get lost."""

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
from tests.support.cases import SCENES, SCHEDULED, Scene
from tests.support.fault_injection import BUSY_DAY, Odds, interference, persistently
from tests.support.handlers import LOW_STOCK_TOPIC, OPERATIONS_TOPIC, Functions
from tests.support.shop import Shop, at_once
from tests.support.shops import Shops

JITTER_SECONDS = 0.05
CALLS_MAX = 10  # two looks, and eight attempts


def arriving(call: Callable[[], Any], chance: random.Random) -> Callable[[], Any]:
    """The same call, a moment later, made as callers make it."""
    delay = chance.uniform(0, JITTER_SECONDS)

    def calling() -> Any:
        time.sleep(delay)
        return persistently(call)()

    return calling


# --- many buyers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_200_buyers_of_50_units_get_exactly_50(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=50)
    chance = random.Random(seed)
    buyers = [arriving(partial(shop.reserves, ("P-1", 1), reservation_id=f"B-{n}"), chance) for n in range(200)]

    with interference(shop.client, BUSY_DAY, seed=seed):
        answers = at_once(*buyers, workers=len(buyers))

    assert Counter(answer.status for answer in answers) == {"HELD": 50, "REJECTED": 150}
    assert shop.level("P-1").available == 0
    shop.adds_up()


@pytest.mark.parametrize("seed", [4, 5])
def test_buyers_of_different_quantities_are_refused_only_what_is_not_there(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=50)
    chance = random.Random(seed)
    quantities = [chance.randint(1, 4) for _ in range(60)]
    buyers = [
        arriving(partial(shop.reserves, ("P-1", quantity), reservation_id=f"B-{n}"), chance)
        for n, quantity in enumerate(quantities)
    ]

    with interference(shop.client, BUSY_DAY, seed=seed):
        answers: list[Reservation] = at_once(*buyers)

    left = shop.level("P-1").available
    assert sum(answer.lines[0].quantity for answer in answers if answer.status == "HELD") == 50 - left
    assert all(answer.lines[0].quantity > left for answer in answers if answer.status == "REJECTED")
    shop.adds_up()


@pytest.mark.parametrize("seed", [6, 7])
def test_carts_that_cross_each_other_in_opposite_order_are_held_whole(shop: Shop, seed: int) -> None:
    products = ["P-1", "P-2", "P-3"]
    for product in products:
        shop.stocks(product, on_hand=10)
    chance = random.Random(seed)
    carts = [[(product, 1) for product in products], [(product, 1) for product in reversed(products)]] * 15
    buyers = [arriving(partial(shop.reserves, *cart, reservation_id=f"B-{n}"), chance) for n, cart in enumerate(carts)]

    with interference(shop.client, BUSY_DAY, seed=seed):
        answers = at_once(*buyers)

    assert Counter(answer.status for answer in answers) == {"HELD": 10, "REJECTED": 20}
    assert {shop.level(product).reserved for product in products} == {10}
    shop.adds_up()


def test_one_request_sent_many_times_at_once_is_one_reservation(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with interference(shop.client, BUSY_DAY, seed=8):
        answers = at_once(*[persistently(lambda: shop.reserves(("P-1", 3), reservation_id="R-1"))] * 20)

    assert {answer.status for answer in answers} == {"HELD"}
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


@pytest.mark.parametrize("seed", [11, 12])
def test_sales_at_once_alert_each_level_that_became_low_once(shop: Shop, seed: int) -> None:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=12, low_stock_threshold=8)

    def sells(reservation_id: str) -> list[LowStockAlert]:
        cart = partial(shop.reserves, ("P-1", 1), ("P-2", 1), reservation_id=reservation_id)
        reservation = persistently(cart)()
        persistently(partial(shop.pays, reservation))()
        return persistently(partial(shop.commits, reservation))()[1]

    with interference(shop.client, BUSY_DAY, seed=seed):
        alerts: list[list[LowStockAlert]] = at_once(*[partial(sells, f"R-{number}") for number in range(12)])

    assert sorted(alert.key.product_id for of_a_sale in alerts for alert in of_a_sale) == ["P-1", "P-2"]
    shop.adds_up()


# --- races for one reservation


@pytest.mark.parametrize("seed", [9, 10])
def test_payments_timeouts_and_cancellations_leave_one_outcome_each(shop: Shop, seed: int) -> None:
    shop.stocks("P-1", on_hand=40)
    shop.stocks("P-2", on_hand=40)
    held = [shop.holds(("P-1", 2), ("P-2", 2)) for _ in range(20)]
    chance = random.Random(seed)
    racers = [
        arriving(partial(change, reservation), chance)
        for reservation in held
        for change in (shop.pays, shop.times_out, shop.cancels)
    ]
    chance.shuffle(racers)

    with interference(shop.client, BUSY_DAY, seed=seed):
        at_once(*racers)
        at_once(*[persistently(partial(finished, shop, reservation)) for reservation in held])

    stand = [shop.reservation(reservation) for reservation in held]
    assert {reservation.status for reservation in stand} <= {"COMMITTED", "UNFULFILLED"}
    returned = {reservation.reservation_id for reservation in stand if reservation.status == "UNFULFILLED"}
    assert {announcement.subject.split(": ")[1] for announcement in shop.inbox.operations} == returned
    sold = 2 * (len(held) - len(returned))
    assert shop.level("P-1").on_hand == shop.level("P-2").on_hand == 40 - sold
    shop.adds_up()


def test_what_a_racer_was_told_stays_true(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=40)
    held = [shop.holds(("P-1", 2)) for _ in range(15)]

    told = [
        at_once(partial(shop.pays, hold), partial(shop.times_out, hold), partial(shop.cancels, hold), workers=3)
        for hold in held
    ]

    for reservation, (payment, _, cancelled) in zip(held, told, strict=True):
        stands = finished(shop, reservation)
        assert payment.fulfilled == (stands.status == "COMMITTED"), stands
        assert cancelled.reason != "CANCELLED" or not payment.fulfilled, stands
    shop.adds_up()


def test_two_payments_at_once_buy_once_and_return_the_other(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=40)
    held = [shop.holds(("P-1", 2)) for _ in range(10)]

    told = [at_once(partial(shop.pays, hold, "PAY-1"), partial(shop.pays, hold, "PAY-2"), workers=2) for hold in held]

    for reservation, payments in zip(held, told, strict=True):
        [bought] = [payment for payment in payments if payment.fulfilled]
        assert bought.reservation.payment_reference == shop.reservation(reservation).payment_reference
    assert len(shop.inbox.operations) == 10
    shop.adds_up()


def finished(shop: Shop, reservation: Reservation) -> Reservation:
    """What the workflow does after the race: it sells what is paid."""
    stands = shop.reservation(reservation)
    return shop.commits(reservation)[0] if stands.status == "PAID" else stands


# --- the same call twice at once


# Of two edits of the same version at once one is told of the other: that is what versions are for.
RUN_TWICE = [scene for scene in SCENES if "edit" not in str(scene)]


@pytest.mark.parametrize("scene", RUN_TWICE, ids=str)
def test_two_runs_at_once_leave_what_one_leaves(scene: Scene, functions: Functions, shops: Shops) -> None:
    once = left_by(scene, functions, shops, runs=1)

    for _ in range(3):
        assert left_by(scene, functions, shops, runs=2) == once


def left_by(scene: Scene, functions: Functions, shops: Shops, *, runs: int) -> Any:
    """The books, the messages and the answers after so many runs at once, in a shop of their own."""
    with shops.open() as shop:
        return left_in(shop, scene, functions, runs=runs)


def left_in(shop: Shop, scene: Scene, functions: Functions, *, runs: int) -> Any:
    """The books, the messages and the answers after so many runs at once in this shop."""
    event = scene.prepare(shop)
    functions.serve(shop)
    answers = at_once(*[persistently(lambda: functions.invoke(scene.function, event))] * runs, workers=runs)
    shop.adds_up()
    levels = [
        (level["product_id"], level["on_hand"], level["reserved"], level["low_stock_alerted"])
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
        # Ops may be told twice at once of a payment to return, and are told at least once.
        {message["payment_reference"] for topic, message in functions.published if topic == OPERATIONS_TOPIC},
        functions.files,
        [] if scene.function in SCHEDULED else [answer for answer in answers if answer != answers[0]],
    )


# --- when nothing gets through


ALWAYS_BUSY = [Odds(conflict=1), Odds(throttling=1)]


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


@pytest.mark.parametrize("odds", ALWAYS_BUSY, ids=["conflicts", "throttling"])
@pytest.mark.parametrize(
    "call", [reserves, pays, commits, times_out, cancels, counts, adjusts], ids=lambda call: call.__name__
)
def test_a_call_that_never_gets_through_gives_up_and_leaves_nothing(
    shop: Shop, call: Callable[[Shop, Reservation, Reservation], object], odds: Odds
) -> None:
    shop.stocks("P-1", on_hand=10)
    held, paid = (shop.holds(("P-1", units), customer_id="C-1") for units in (2, 3))
    shop.pays(paid)
    before = books(shop)

    with recorded(shop.client) as calls, interference(shop.client, odds), pytest.raises(TransientError):
        call(shop, held, paid)

    assert 1 < len(calls) <= CALLS_MAX
    assert books(shop) == before


def books(shop: Shop) -> list[list[dict[str, Any]]]:
    """Every row there is."""
    tables = shop.tables
    return [shop.rows(table) for table in (tables.inventory, tables.reservations, tables.movements, tables.customers)]
