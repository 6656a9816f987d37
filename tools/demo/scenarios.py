"""The scenarios of the demo: what a shopper does, and the status in which the reservation must end."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory_client import HoldLimitReached, PaymentOutcome, PaymentUnfulfilled

from tools.demo.pace import Pace
from tools.demo.scenes.changed_orders import returns_what_another_buys, shrinks_the_cart
from tools.demo.scenes.warehouses import buys_while_a_till_sells, is_served_from_two_warehouses
from tools.demo.shopper import DECIDED, Shopper

EVENTS = Path(__file__).parent.parent.parent / "events"
# The stock that the scenarios need.
CATALOGUES = (EVENTS / "catalogue.csv", EVENTS / "two_warehouses.csv", EVENTS / "few_units.csv")
EXTENSIONS = 5  # together longer than one hold
LAST_UNITS = 10
CUSTOMER_HOLDS_MAX = 10  # the default in template.yaml
WRONG_FIELDS = ("lines[0].quantity", "lines[1].product_id", "lines[1].colour", "hold_seconds")  # of the invalid request
FAST = Pace()


@dataclass(frozen=True)
class Outcome:
    """How one reservation ended: its row, its execution, and the problems that were found."""

    scenario: str
    reservation_id: str
    status: str
    reason: str | None
    rescued: bool
    problems: Sequence[str] = ()
    delays: Sequence[str] = ()  # what a slow machine explains
    story: Sequence[str] = ()  # what everyone saw


@dataclass(frozen=True)
class Scenario:
    """What each shopper does, with which input, how many shoppers do it, and the allowed final statuses."""

    name: str
    event: str
    steps: Callable[[Shopper], None]
    expected_statuses: tuple[str, ...]
    shoppers: int = 2
    # Finds problems in the outcomes of all shoppers together.
    check_all: Callable[[Sequence[Outcome]], list[str]] = lambda outcomes: []

    def request(self, customer_id: str | None = None, pace: Pace = FAST) -> dict[str, Any]:
        """The sample input of this scenario, with this customer if one is given. A guest has no customer id."""
        request: dict[str, Any] = json.loads((EVENTS / self.event).read_text())
        request["hold_seconds"] = pace.hold_seconds(request["hold_seconds"])
        return request | {"customer_id": customer_id} if customer_id and "customer_id" in request else request


def pays(shopper: Shopper) -> None:
    """Reserves and pays, unless the reservation is rejected."""
    if shopper.reserve() == "HELD":
        shopper.expect("fulfilled in the payment's response", shopper.pay().get("fulfilled"), True)


def pays_with_another_card(shopper: Shopper) -> None:
    """Pays with a second card after the first one was declined."""
    shopper.reserve()
    shopper.think()
    declined = shopper.decline(retry=True)
    shopper.expect("the status after a declined card", declined.get("status"), "HELD")
    shopper.expect("fulfilled in the second payment's response", shopper.pay().get("fulfilled"), True)


def is_declined(shopper: Shopper) -> None:
    """Has a card that is declined, and does not try another one."""
    shopper.reserve()
    shopper.think()
    declined = shopper.decline(retry=False)
    shopper.expect("the status after a declined card", declined.get("status"), "RELEASED")


def cancels(shopper: Shopper) -> None:
    """Cancels twice; the second call changes nothing."""
    shopper.reserve()
    shopper.think()
    for _ in range(2):
        cancelled = shopper.cancel()
        shopper.expect("the status after a cancellation", cancelled.get("status"), "RELEASED")


def pays_over_http(shopper: Shopper) -> None:
    """Reserves and pays over the HTTP API, with the Python client."""
    order = {name: shopper.request[name] for name in ("order_id", "customer_id", "hold_seconds")}
    reserved = shopper.service.http.create_reservation(shopper.lines, key=shopper.reservation_id, **order)
    shopper.expect("HELD or PENDING after the reservation", reserved.status in ("HELD", "PENDING"), True)
    shopper.await_status("HELD")
    shopper.think()
    paid = shopper.service.http.record_payment(
        shopper.reservation_id, PaymentOutcome.SUCCEEDED, payment_reference=shopper.payment_reference
    )
    shopper.expect("PAID or COMMITTED after the payment", paid.status in ("PAID", "COMMITTED"), True)


def pays_after_cancelling_over_http(shopper: Shopper) -> None:
    """Cancels over the HTTP API and pays afterwards; the payment must be reported as unfulfilled."""
    shopper.reserve()
    shopper.think()
    cancelled = shopper.service.http.cancel_reservation(shopper.reservation_id)
    shopper.expect("the status after a cancellation", cancelled.status, "RELEASED")
    try:
        shopper.service.http.record_payment(
            shopper.reservation_id, PaymentOutcome.SUCCEEDED, payment_reference=shopper.payment_reference
        )
    except PaymentUnfulfilled:
        return
    shopper.object_to("a payment after the cancellation was accepted")


def abandons_the_cart(shopper: Shopper) -> None:
    """Reserves, and never pays."""
    shopper.reserve()


def extends_and_pays(shopper: Shopper) -> None:
    """Needs longer than the hold lasts; the checkout service extends the hold in the meantime."""
    shopper.reserve()
    for _ in range(EXTENSIONS):
        time.sleep(shopper.request["hold_seconds"] / 4)  # early: a busy machine answers late
        extended = shopper.extend()
        shopper.expect("the status after an extension", extended.get("status"), "HELD")
    shopper.pay()


def sends_everything_twice(shopper: Shopper) -> None:
    """Sends every call twice; nothing may happen twice."""
    shopper.reserve()
    shopper.service.start(shopper.reservation_id, shopper.request)
    for _ in range(2):
        shopper.expect("fulfilled in the payment's response", shopper.pay().get("fulfilled"), True)
    shopper.await_status("COMMITTED")
    shopper.expect("the status after a third payment", shopper.pay().get("status"), "COMMITTED")


def pays_late_while_stock_lasts(shopper: Shopper) -> None:
    """Pays after the hold has expired, while the product is still available."""
    shopper.reserve()
    shopper.await_status("RELEASED")
    shopper.expect("rescued in the payment's response", shopper.pay().get("rescued"), True)


def pays_late_after_it_sold_out(shopper: Shopper) -> None:
    """Pays after the hold has expired and another shopper has bought the last units."""
    shopper.reserve()
    shopper.await_status("RELEASED")
    rival = Shopper(shopper.service, f"{shopper.reservation_id}-rival", {**shopper.request, "hold_seconds": 600})
    pays(rival)
    rival.await_status("COMMITTED")
    shopper.findings += rival.findings
    payment = shopper.pay()
    found = (payment.get("status"), payment.get("fulfilled"))
    shopper.expect("the status and fulfilled after a late payment", found, ("UNFULFILLED", False))


def pays_at_the_timeout(shopper: Shopper) -> None:
    """Pays at the moment at which the hold expires."""
    shopper.reserve()
    time.sleep(max(0.0, shopper.seconds_until_expiry + random.uniform(-0.3, 0.3)))
    shopper.expect("fulfilled in the payment's response", shopper.pay_at_once().get("fulfilled"), True)


def exceeds_the_hold_limit(shopper: Shopper) -> None:
    """Has the maximum number of holds; another one is rejected until one of them ends."""

    def another(name: object) -> Shopper:
        return Shopper(shopper.service, f"{shopper.reservation_id}-{name}", shopper.request)

    holds = [another(number) for number in range(CUSTOMER_HOLDS_MAX)]
    with shopper.timed():  # all of them must be held at the same time
        for hold in holds:
            shopper.service.start(hold.reservation_id, hold.request)
        statuses = [hold.await_status(*DECIDED) for hold in holds]
    for status in statuses:
        shopper.expect("the status of an allowed hold", status, "HELD")
    shopper.expect("the status beyond the limit", shopper.reserve(), "REJECTED")
    try:
        shopper.service.http.create_reservation(
            shopper.lines,
            key=f"{shopper.reservation_id}-http",
            customer_id=shopper.request["customer_id"],
            hold_seconds=600,
        )
        shopper.object_to("a hold beyond the limit was accepted over HTTP")
    except HoldLimitReached:
        pass
    shopper.service.cancel(holds.pop().reservation_id)
    holds.append(another("instead"))
    shopper.expect("the status after one hold has ended", holds[-1].reserve(), "HELD")
    for hold in holds:
        shopper.service.cancel(hold.reservation_id)


def sends_an_invalid_request(shopper: Shopper) -> None:
    """Sends a request with four wrong fields; the error must name each of them."""
    shopper.expect("the status", shopper.reserve(), "FAILED")
    execution = shopper.service.await_end(shopper.reservation_id)
    shopper.expect("the error", execution.error, "InvalidReservation")
    for wrong in WRONG_FIELDS:
        shopper.expect(f"{wrong} in the error's cause", wrong in (execution.cause or ""), True)


def _exactly_the_last_units_are_sold(outcomes: Sequence[Outcome]) -> list[str]:
    sold = Counter(outcome.status for outcome in outcomes)["COMMITTED"]
    return [] if sold == LAST_UNITS else [f"{sold} of the last {LAST_UNITS} units were sold"]


SCENARIOS = (
    Scenario("paid", "paid.json", pays, ("COMMITTED",), shoppers=8),
    Scenario("paid, low stock afterwards", "low_stock.json", pays, ("COMMITTED",), shoppers=1),
    Scenario("several lines", "several_lines.json", pays, ("COMMITTED",), shoppers=3),
    Scenario("same product on two lines", "same_product_twice.json", pays, ("COMMITTED",)),
    Scenario("same product on two lines, too many", "same_product_twice_short.json", pays, ("REJECTED",)),
    Scenario("sold out", "sold_out.json", pays, ("REJECTED",), shoppers=3),
    Scenario("declined", "declined.json", is_declined, ("RELEASED",), shoppers=4),
    Scenario("declined, then paid by another card", "declined.json", pays_with_another_card, ("COMMITTED",)),
    Scenario("cancelled", "cancelled.json", cancels, ("RELEASED",), shoppers=4),
    Scenario("paid over HTTP", "paid.json", pays_over_http, ("COMMITTED",)),
    Scenario("cancelled over HTTP, then paid", "cancelled.json", pays_after_cancelling_over_http, ("UNFULFILLED",)),
    Scenario("expired", "run_out.json", abandons_the_cart, ("RELEASED",), shoppers=4),
    Scenario("extended, then paid", "extended.json", extends_and_pays, ("COMMITTED",)),
    Scenario("every call sent twice", "paid.json", sends_everything_twice, ("COMMITTED",)),
    Scenario("late payment, rescued", "run_out.json", pays_late_while_stock_lasts, ("COMMITTED",)),
    Scenario(
        "late payment, sold out", "late_payment_gone.json", pays_late_after_it_sold_out, ("UNFULFILLED",), shoppers=1
    ),
    Scenario("payment at the timeout", "run_out.json", pays_at_the_timeout, ("COMMITTED",), shoppers=6),
    Scenario("paid by a guest", "guest.json", pays, ("COMMITTED",)),
    Scenario("customer at the hold limit", "hold_limit.json", exceeds_the_hold_limit, ("REJECTED",), shoppers=1),
    Scenario("split order", "split.json", is_served_from_two_warehouses, ("COMMITTED",), shoppers=1),
    Scenario("till beside a checkout", "till.json", buys_while_a_till_sells, ("COMMITTED",), shoppers=1),
    Scenario("cart that shrinks", "smaller_cart.json", shrinks_the_cart, ("COMMITTED",), shoppers=1),
    Scenario("return", "returned.json", returns_what_another_buys, ("COMMITTED",), shoppers=1),
    Scenario("invalid request", "invalid.json", sends_an_invalid_request, ("FAILED",)),
    Scenario(
        f"60 shoppers for the last {LAST_UNITS}",
        "last_units.json",
        pays,
        ("COMMITTED", "REJECTED"),
        shoppers=60,
        check_all=_exactly_the_last_units_are_sold,
    ),
)
