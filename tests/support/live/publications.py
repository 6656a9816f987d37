"""What the publisher is handed over, one case for each kind of change: the same cases are stopped and overtaken anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from inventory.model import Reservation
from tests.support.live import Publisher, Record, level_record, reservation_record
from tests.support.shop import Shop

Setup = Callable[[Publisher], Sequence[Record]]
OUT_OF_ORDER = {"events", "appsync", "sqs"}

CASES: list["Case"] = []


@dataclass(frozen=True)
class Case:
    """What happened before, and the records that are handed over; if there are none, what waits in the queues is."""

    setup: Setup

    def __str__(self) -> str:
        return self.setup.__name__.replace("_", " ")


def case(setup: Setup) -> Setup:
    """Register a case."""
    CASES.append(Case(setup))
    return setup


# --- products


@case
def a_product_is_new(publisher: Publisher) -> Sequence[Record]:
    publisher.shop.stocks("P-1", on_hand=5)
    return [level_record(publisher.shop)]


@case
def a_product_is_sold_out_before_it_was_ever_published(publisher: Publisher) -> Sequence[Record]:
    publisher.shop.stocks("P-1", on_hand=5)
    publisher.shop.holds(("P-1", 5))
    return [level_record(publisher.shop)]


@case
def a_product_changes_right_after_a_push(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.adjusts(1)
    return [level_record(publisher.shop)]


@case
def a_product_changes_long_after_a_push(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.functions.now += timedelta(minutes=5)
    publisher.shop.adjusts(1)
    return [level_record(publisher.shop)]


@case
def a_product_changes_while_its_last_push_is_not_made_yet(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.adjusts(1)
    publishes_while_down(publisher, "appsync")
    publisher.shop.adjusts(1)
    return [level_record(publisher.shop)]


@case
def a_product_is_seen_again_while_its_push_is_not_made_yet(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.adjusts(1)
    publishes_while_down(publisher, "appsync")
    return [level_record(publisher.shop)]


@case
def a_product_changes_while_its_last_events_are_in_the_outbox(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.holds(("P-1", 5), reservation_id="R-1")
    publishes_while_down(publisher, *OUT_OF_ORDER)
    publisher.shop.adjusts(1)
    return [level_record(publisher.shop)]


@case
def a_product_sells_out(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.holds(("P-1", 5))
    return [level_record(publisher.shop)]


@case
def a_product_comes_back(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    held = publisher.shop.holds(("P-1", 5))
    publisher.sees()
    publisher.shop.cancels(held)
    return [level_record(publisher.shop)]


@case
def a_level_becomes_low(publisher: Publisher) -> Sequence[Record]:
    published(publisher, low_stock_threshold=3)
    publisher.shop.sells(("P-1", 3))
    return [level_record(publisher.shop)]


@case
def the_last_level_of_a_product_is_retired(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.retires()
    return [level_record(publisher.shop)]


@case
def two_products_change_of_which_one_is_new(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.holds(("P-1", 5))
    publisher.shop.stocks("P-2", on_hand=2)
    return [level_record(publisher.shop, "P-1"), level_record(publisher.shop, "P-2")]


@case
def a_product_sells_out_while_eventbridge_is_down(publisher: Publisher) -> Sequence[Record]:
    records = a_product_sells_out(publisher)
    publisher.targets.down = {"events"}
    return records


@case
def a_product_sells_out_while_appsync_is_down(publisher: Publisher) -> Sequence[Record]:
    records = a_product_sells_out(publisher)
    publisher.targets.down = {"appsync"}
    return records


@case
def a_product_sells_out_while_no_target_works(publisher: Publisher) -> Sequence[Record]:
    records = a_product_sells_out(publisher)
    publisher.targets.down = set(OUT_OF_ORDER)
    return records


# --- reservations


@case
def a_reservation_is_held(publisher: Publisher) -> Sequence[Record]:
    holds(publisher.shop)
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_rejected(publisher: Publisher) -> Sequence[Record]:
    publisher.shop.stocks("P-1", on_hand=1)
    publisher.shop.reserves(("P-1", 2), reservation_id="R-1")
    return [reservation_record(publisher.shop)]


@case
def the_lines_of_a_reservation_are_changed(publisher: Publisher) -> Sequence[Record]:
    held = announced(publisher)
    publisher.shop.changes(held, ("P-1", 1))
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_extended(publisher: Publisher) -> Sequence[Record]:
    announced(publisher)
    publisher.shop.reservations.extend("R-1", publisher.shop.now() + timedelta(minutes=5))
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_committed(publisher: Publisher) -> Sequence[Record]:
    held = announced(publisher)
    publisher.shop.pays(held)
    publisher.shop.commits(held)
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_released(publisher: Publisher) -> Sequence[Record]:
    publisher.shop.times_out(announced(publisher))
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_rescued(publisher: Publisher) -> Sequence[Record]:
    held = announced(publisher)
    publisher.shop.times_out(held)
    publisher.shop.pays(held)
    return [reservation_record(publisher.shop)]


@case
def sold_units_are_returned(publisher: Publisher) -> Sequence[Record]:
    sold = holds(publisher.shop)
    publisher.shop.pays(sold)
    publisher.shop.commits(sold)
    publisher.sees_reservation()
    publisher.shop.returns(sold, ("P-1", 1))
    return [reservation_record(publisher.shop)]


@case
def a_payment_buys_nothing(publisher: Publisher) -> Sequence[Record]:
    held = announced(publisher)
    publisher.shop.times_out(held)
    publisher.shop.holds(("P-1", 4), reservation_id="R-2")
    publisher.shop.pays(held)
    return [reservation_record(publisher.shop)]


@case
def two_payments_too_many_are_seen_at_once(publisher: Publisher) -> Sequence[Record]:
    held = announced(publisher)
    publisher.shop.pays(held)
    publisher.shop.commits(held)
    publisher.shop.pays(held, "PAY-2")
    publisher.shop.pays(held, "PAY-3")
    return [reservation_record(publisher.shop)]


@case
def two_reservations_and_their_product_are_seen_late(publisher: Publisher) -> Sequence[Record]:
    held = holds(publisher.shop)
    publisher.shop.pays(held)
    publisher.shop.commits(held)
    publisher.shop.times_out(publisher.shop.holds(("P-1", 1), reservation_id="R-2"))
    names = [reservation_record(publisher.shop, name) for name in ("R-1", "R-2")]
    return [level_record(publisher.shop), *names]


@case
def a_reservation_is_committed_while_its_last_event_is_in_the_outbox(publisher: Publisher) -> Sequence[Record]:
    held = holds(publisher.shop)
    publisher.targets.down = {"events", "sqs"}
    publisher.sees_reservation()
    starts_again(publisher)
    publisher.shop.pays(held)
    publisher.shop.commits(held)
    return [reservation_record(publisher.shop)]


@case
def a_reservation_is_released_while_eventbridge_is_down(publisher: Publisher) -> Sequence[Record]:
    records = a_reservation_is_released(publisher)
    publisher.targets.down = {"events"}
    return records


# --- what waits in the queues


@case
def events_are_sent_from_their_queue(publisher: Publisher) -> Sequence[Record]:
    held = holds(publisher.shop)
    publisher.targets.down = {"events"}
    publisher.sees()
    publisher.sees_reservation()
    publisher.shop.cancels(held)
    publisher.sees()
    publisher.sees_reservation()
    starts_again(publisher)
    return []


@case
def a_push_is_made_from_its_queue(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.adjusts(1)
    publishes_while_down(publisher, "appsync")
    return []


@case
def a_push_and_events_are_made_from_their_queues_after_another_change(publisher: Publisher) -> Sequence[Record]:
    published(publisher)
    publisher.shop.holds(("P-1", 5), reservation_id="R-1")
    publisher.sees_reservation()
    publishes_while_down(publisher, "appsync", "events")
    publisher.shop.adjusts(1)
    return []


# --- what happened before


def published(publisher: Publisher, *, low_stock_threshold: int = 0) -> None:
    """Five units of P-1, as they were published."""
    publisher.shop.stocks("P-1", on_hand=5, low_stock_threshold=low_stock_threshold)
    publisher.sees()


def holds(shop: Shop) -> Reservation:
    """R-1 holds two of five units of P-1."""
    shop.stocks("P-1", on_hand=5)
    return shop.holds(("P-1", 2), reservation_id="R-1")


def announced(publisher: Publisher) -> Reservation:
    """R-1, as its hold was announced."""
    held = holds(publisher.shop)
    publisher.sees_reservation()
    return held


def publishes_while_down(publisher: Publisher, *services: str) -> None:
    """The publisher sees P-1 while these services do not work; they work again afterwards."""
    publisher.targets.down = set(services)
    publisher.sees()
    starts_again(publisher)


def starts_again(publisher: Publisher) -> None:
    """The targets work again, and the container remembers no failure of them."""
    queued = list(publisher.targets.queued)
    publisher.targets.down = set()
    publisher.functions.serve(publisher.shop)
    publisher.targets.queued += queued
