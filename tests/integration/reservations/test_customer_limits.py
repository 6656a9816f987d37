"""The hold limits of a customer: exact under concurrency, freed by every end of a hold, and separate for each customer."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import InvalidReservation, ReservationConflict, StockDrifted
from inventory.model import CustomerLimits, Intervention, Reservation
from inventory.reservations.reservation_request import DISTINCT_LINES_MAX
from tests.support.aws_calls import recorded
from tests.support.fault_injection import BUSY_DAY, injected_faults, just_before, lost_responses, with_retries
from tests.support.shop import Shop, at_once
from tests.support.shop.drift import tampers


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop with 100 units of P-1, where a customer may hold two reservations with five units in all."""
    shop.stocks("P-1", on_hand=100)
    shop.limits = CustomerLimits(holds_max=2, units_max=5)
    return shop


def is_refused(reservation: Reservation) -> bool:
    """Whether the reservation was rejected for the hold limit, as documented."""
    return (reservation.status, reservation.reason, reservation.shortages) == ("REJECTED", "HOLD_LIMIT_REACHED", ())


def counts(**figures: int | str) -> dict[str, int | str]:
    """The row of C-1 with these counts."""
    return {"customer_id": "C-1"} | figures


# --- at the limit, and one beyond it


def test_reservations_are_held_up_to_the_limit_and_one_more_is_refused(shop: Shop) -> None:
    held = [shop.reserves(("P-1", 1), customer_id="C-1") for _ in range(2)]

    beyond = shop.reserves(("P-1", 1), customer_id="C-1")

    assert [reservation.status for reservation in held] == ["HELD", "HELD"]
    assert is_refused(beyond)
    assert shop.held_by("C-1") == (2, 2)
    assert shop.level("P-1").available == 98
    shop.adds_up()


@pytest.mark.parametrize(("more", "status"), [(2, "HELD"), (3, "REJECTED")])
def test_units_are_held_up_to_the_limit_and_one_more_is_refused(shop: Shop, more: int, status: str) -> None:
    shop.reserves(("P-1", 3), customer_id="C-1")

    assert shop.reserves(("P-1", more), customer_id="C-1").status == status
    shop.adds_up()


@pytest.mark.parametrize(("units", "status"), [(5, "HELD"), (6, "REJECTED")])
@pytest.mark.parametrize("is_known", [False, True], ids=["new", "known"])
def test_the_unit_limit_applies_to_a_single_reservation_too(
    shop: Shop, is_known: bool, units: int, status: str
) -> None:
    if is_known:
        shop.cancels(shop.holds(("P-1", 1), customer_id="C-1"))

    reservation = shop.reserves(("P-1", units), customer_id="C-1")

    assert reservation.status == status
    assert shop.held_by("C-1") == ((1, 5) if status == "HELD" else (0, 0))
    shop.adds_up()


def test_the_units_of_all_lines_count_and_equal_lines_are_added_up(shop: Shop) -> None:
    shop.stocks("P-2", on_hand=10)

    assert is_refused(shop.reserves(("P-1", 2), ("P-2", 2), ("P-1", 2), customer_id="C-1"))
    assert shop.reserves(("P-1", 2), ("P-2", 1), ("P-1", 2), customer_id="C-1").status == "HELD"
    assert shop.held_by("C-1") == (1, 5)
    shop.adds_up()


def test_a_cart_of_45_products_of_a_customer_is_held_and_sold_whole(shop: Shop) -> None:
    shop.limits = CustomerLimits(holds_max=2, units_max=DISTINCT_LINES_MAX)
    products = [f"Q-{number}" for number in range(DISTINCT_LINES_MAX)]
    for product in products:
        shop.stocks(product, on_hand=1)
    reservation = shop.holds(*((product, 1) for product in products), customer_id="C-1")
    counted = shop.held_by("C-1")

    shop.pays(reservation)
    shop.commits(reservation)

    assert counted == (1, DISTINCT_LINES_MAX)
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_refusal_is_stored_and_repeated_even_when_there_is_room_again(shop: Shop) -> None:
    held = shop.holds(("P-1", 5), customer_id="C-1")
    first = shop.reserves(("P-1", 1), customer_id="C-1", reservation_id="R-9")
    shop.cancels(held)

    again = shop.reserves(("P-1", 1), customer_id="C-1", reservation_id="R-9")

    assert is_refused(first)
    assert again == first == shop.reservation("R-9")
    assert shop.reserves(("P-1", 1), customer_id="C-1").status == "HELD"
    shop.adds_up()


def test_a_repeated_request_at_the_limit_returns_the_same_hold(shop: Shop) -> None:
    first = shop.reserves(("P-1", 5), customer_id="C-1", reservation_id="R-9")

    again = shop.reserves(("P-1", 5), customer_id="C-1", reservation_id="R-9")

    assert again == first
    assert shop.held_by("C-1") == (1, 5)
    shop.adds_up()


def test_the_limit_is_reported_before_a_shortage(shop: Shop) -> None:
    assert is_refused(shop.reserves(("P-1", 101), customer_id="C-1"))
    shop.adds_up()


def test_a_shortage_within_the_limit_is_reported_and_counts_nothing(shop: Shop) -> None:
    shop.stocks("P-2", on_hand=1)

    short = shop.reserves(("P-2", 2), customer_id="C-1")

    assert (short.status, short.reason, len(short.shortages)) == ("REJECTED", None, 1)
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_an_unknown_product_is_reported_before_the_limit(shop: Shop) -> None:
    with pytest.raises(InvalidReservation):
        shop.reserves(("P-9", 6), customer_id="C-1")

    assert shop.rows(shop.tables.reservations) == []


def test_a_used_id_with_other_content_is_a_conflict_even_beyond_the_limit(shop: Shop) -> None:
    shop.reserves(("P-1", 5), customer_id="C-1", reservation_id="R-9")

    with pytest.raises(ReservationConflict):
        shop.reserves(("P-1", 6), customer_id="C-1", reservation_id="R-9")


# --- separate for each customer


def test_each_customer_has_a_limit_of_their_own(shop: Shop) -> None:
    shop.reserves(("P-1", 5), customer_id="C-1")

    assert shop.reserves(("P-1", 5), customer_id="C-2").status == "HELD"
    assert is_refused(shop.reserves(("P-1", 1), customer_id="C-1"))
    shop.adds_up()


def test_a_reservation_without_a_customer_has_no_limit_and_is_not_counted(shop: Shop) -> None:
    held = [shop.holds(("P-1", 10)) for _ in range(4)]
    shop.cancels(held[0])
    shop.pays(held[1])
    shop.commits(held[1])

    assert shop.rows(shop.tables.customers) == []
    shop.adds_up()


# --- freed


def expires(shop: Shop, reservation: Reservation) -> None:
    shop.times_out(reservation)


def is_cancelled(shop: Shop, reservation: Reservation) -> None:
    shop.cancels(reservation)


def is_declined(shop: Shop, reservation: Reservation) -> None:
    shop.declines(reservation)


def is_sold(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)
    shop.commits(reservation)


def is_released_by_hand(shop: Shop, reservation: Reservation) -> None:
    intervention = Intervention("inventory manager", "the shopper called")
    shop.reservations.release_by_hand(reservation.reservation_id, intervention, shop.now())


ENDINGS = [expires, is_cancelled, is_declined, is_sold, is_released_by_hand]
each_ending = pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
Ending = Callable[[Shop, Reservation], None]


@each_ending
def test_every_end_of_a_hold_frees_it_once(shop: Shop, ending: Ending) -> None:
    ended, other = (shop.holds(("P-1", units), customer_id="C-1") for units in (3, 2))

    ending(shop, ended)
    once = shop.held_by("C-1")
    ending(shop, ended)

    assert once == shop.held_by("C-1") == (1, 2)
    assert shop.reserves(("P-1", 3), customer_id="C-1").status == "HELD"
    assert shop.reservation(other).status == "HELD"
    shop.adds_up()


@each_ending
def test_an_end_whose_response_is_lost_frees_the_hold_once(shop: Shop, ending: Ending) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")

    with lost_responses(shop.client, "TransactWriteItems"):
        ending(shop, reservation)

    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_hold_whose_response_is_lost_counts_once(shop: Shop) -> None:
    with lost_responses(shop.client, "TransactWriteItems"):
        shop.reserves(("P-1", 3), customer_id="C-1")

    assert shop.held_by("C-1") == (1, 3)
    shop.adds_up()


def test_a_paid_reservation_counts_until_it_is_sold(shop: Shop) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")

    shop.pays(reservation)
    paid = shop.held_by("C-1")
    shop.commits(reservation)

    assert (paid, shop.held_by("C-1")) == ((1, 3), (0, 0))


@each_ending
def test_a_missing_count_does_not_prevent_the_end_of_a_hold(shop: Shop, ending: Ending) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")
    shop.client.delete_item(TableName=shop.tables.customers, Key={"customer_id": {"S": "C-1"}})

    ending(shop, reservation)

    assert shop.reservation(reservation).status in ("RELEASED", "COMMITTED")
    assert shop.level("P-1").reserved == 0
    # The comparison of the tables finds them, and sets them right.
    assert shop.rows(shop.tables.customers) == [counts(active_holds=-1, held_units=-3, changes=1)]


@pytest.mark.parametrize("count", ["active_holds", "held_units", "changes"])
def test_a_count_that_is_no_number_does_not_prevent_the_end_of_a_hold(shop: Shop, count: str) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")
    row = counts(active_holds=1, held_units=3, changes=1) | {count: "three"}
    shop.client.put_item(TableName=shop.tables.customers, Item=to_attributes(row))

    assert shop.times_out(reservation).status == "RELEASED"
    assert shop.level("P-1").reserved == 0
    assert shop.rows(shop.tables.customers) == [row]


def test_a_hold_whose_level_has_drifted_is_not_tried_again_without_its_customer(shop: Shop) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")
    tampers(shop, reserved=-1)
    row = counts(active_holds=1, held_units=3, changes="one")
    shop.client.put_item(TableName=shop.tables.customers, Item=to_attributes(row))

    with recorded(shop.client) as calls, pytest.raises(StockDrifted):
        shop.times_out(reservation)

    assert [call.operation for call in calls] == ["GetItem", "TransactWriteItems"]
    assert shop.reservation(reservation).status == "HELD"


def test_each_write_of_a_customer_is_counted(shop: Shop) -> None:
    reservation = shop.holds(("P-1", 3), customer_id="C-1")
    held = shop.rows(shop.tables.customers)

    shop.times_out(reservation)

    assert held == [counts(active_holds=1, held_units=3, changes=1)]
    assert shop.rows(shop.tables.customers) == [counts(active_holds=0, held_units=0, changes=2)]


def test_a_rescued_late_payment_does_not_change_the_count(shop: Shop) -> None:
    late = shop.holds(("P-1", 3), customer_id="C-1")
    shop.times_out(late)
    shop.holds(("P-1", 5), customer_id="C-1")

    payment = shop.pays(late)

    assert (payment.fulfilled, payment.reservation.rescued) == (True, True)
    assert shop.held_by("C-1") == (1, 5)
    shop.adds_up()


def test_an_unfulfilled_late_payment_does_not_change_the_count(shop: Shop) -> None:
    late = shop.holds(("P-1", 3), customer_id="C-1")
    shop.cancels(late)

    assert shop.pays(late).reservation.status == "UNFULFILLED"
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_refused_reservation_frees_nothing(shop: Shop) -> None:
    refused = shop.reserves(("P-1", 6), customer_id="C-1")
    shop.holds(("P-1", 2), customer_id="C-1")

    for ending in (expires, is_cancelled, is_declined):
        ending(shop, refused)
    payment = shop.pays(refused)

    assert not payment.fulfilled
    assert is_refused(shop.reservation(refused))
    assert shop.held_by("C-1") == (1, 2)
    assert len(shop.topics.operations) == 1
    shop.adds_up()


# --- concurrency


@pytest.mark.parametrize("seed", [1, 2])
def test_50_concurrent_checkouts_of_a_customer_who_may_hold_10_get_exactly_10(shop: Shop, seed: int) -> None:
    shop.limits = CustomerLimits(holds_max=10, units_max=1_000)
    requests = [partial(shop.reserves, ("P-1", 1), reservation_id=f"B-{n}", customer_id="C-1") for n in range(50)]

    with injected_faults(shop.client, BUSY_DAY, seed=seed):
        answers = at_once(*map(with_retries, requests))

    assert Counter(answer.status for answer in answers) == {"HELD": 10, "REJECTED": 40}
    assert all(is_refused(answer) for answer in answers if answer.status == "REJECTED")
    assert shop.held_by("C-1") == (10, 10)
    shop.adds_up()


def test_concurrent_checkouts_never_hold_more_units_than_the_limit(shop: Shop) -> None:
    shop.limits = CustomerLimits(holds_max=50, units_max=20)
    requests = [partial(shop.reserves, ("P-1", 3), reservation_id=f"B-{n}", customer_id="C-1") for n in range(20)]

    with injected_faults(shop.client, BUSY_DAY, seed=3):
        at_once(*map(with_retries, requests))

    assert shop.held_by("C-1") == (6, 18)
    shop.adds_up()


def test_concurrent_payments_timeouts_and_cancellations_free_each_hold_once(shop: Shop) -> None:
    shop.limits = CustomerLimits(holds_max=12, units_max=24)
    held = [shop.holds(("P-1", 2), customer_id="C-1") for _ in range(12)]
    racers = [
        with_retries(partial(race, reservation))
        for reservation in held
        for race in (shop.pays, shop.times_out, shop.cancels)
    ]

    with injected_faults(shop.client, BUSY_DAY, seed=4):
        at_once(*racers)
    shop.adds_up()
    for reservation in held:
        if shop.reservation(reservation).status == "PAID":
            shop.commits(reservation)

    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_a_hold_that_ends_just_before_the_refusal_is_written_leaves_a_refusal(shop: Shop) -> None:
    held = shop.holds(("P-1", 5), customer_id="C-1")

    with just_before(shop.client, "PutItem", lambda: shop.cancels(held)):
        refused = shop.reserves(("P-1", 1), customer_id="C-1")

    assert is_refused(refused)
    assert refused == shop.reservation(refused)
    assert shop.held_by("C-1") == (0, 0)
    shop.adds_up()


def test_an_attempt_that_is_refused_returns_the_hold_of_a_concurrent_attempt(shop: Shop) -> None:
    held = shop.holds(("P-1", 5), customer_id="C-1")
    attempt = partial(shop.reserves, ("P-1", 1), reservation_id="R-9", customer_id="C-1")

    def another_attempt_holds() -> None:
        shop.cancels(held)
        assert attempt().status == "HELD"

    with just_before(shop.client, "PutItem", another_attempt_holds):
        answer = attempt()

    assert answer.status == "HELD"
    assert shop.held_by("C-1") == (1, 1)
    shop.adds_up()
