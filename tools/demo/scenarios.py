"""What shoppers do: each story is played by one or more buyers at once, and says how it must end."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory_client import HoldLimitReached, Line, PaymentUnfulfilled

from tools.demo.checkout import CheckoutService

EVENTS = Path(__file__).parent.parent.parent / "events"
EXTENSIONS = 4
DECIDED = ("HELD", "PAID", "COMMITTED", "RELEASED", "REJECTED")
DROP_UNITS = 10
CUSTOMER_HOLDS_MAX = 10  # the default of template.yaml


@dataclass(frozen=True)
class Ending:
    """How one reservation ended: by its row, by its execution, and what its story found wrong."""

    scenario: str
    reservation_id: str
    status: str
    reason: str | None
    rescued: bool
    problems: tuple[str, ...]


@dataclass
class Visit:
    """One shopper's checkout."""

    service: CheckoutService
    reservation_id: str
    request: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)

    def reserve(self) -> str:
        """Start the checkout and wait for the decision: HELD, REJECTED, or FAILED for a request that breaks a rule."""
        self.service.start(self.reservation_id, self.request)
        return self.service.await_status(self.reservation_id, *DECIDED)

    @property
    def ends_in_seconds(self) -> float:
        """When the hold runs out, from now."""
        row = self.service.row(self.reservation_id)
        held_until = row["held_until"]["S"] if row else None
        return (datetime.fromisoformat(held_until) - datetime.now(UTC)).total_seconds() if held_until else 0.0

    def pay(self) -> dict[str, Any]:
        """Report the payment, after the moment that a shopper needs for it."""
        self.thinks()
        return self.pay_at_once()

    def thinks(self) -> None:
        """Nobody fills in a form in no time."""
        time.sleep(random.uniform(0.5, 1.5))

    def pay_at_once(self) -> dict[str, Any]:
        """Report the payment."""
        return self.service.pay(self.reservation_id, f"PAY-{self.reservation_id}")

    def await_status(self, *statuses: str) -> str:
        return self.service.await_status(self.reservation_id, *statuses)

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note as a problem what is not as it must be."""
        if found != expected:
            self.problems.append(f"{what} is {found!r}, not {expected!r}")


@dataclass(frozen=True)
class Scenario:
    """A story, who plays it, and the statuses that it may end in."""

    name: str
    event: str
    story: Callable[[Visit], None]
    ends_as: tuple[str, ...]
    buyers: int = 2
    # What must hold for all its buyers together.
    together: Callable[[Sequence[Ending]], list[str]] = lambda endings: []

    def request(self, customer_id: str | None = None) -> dict[str, Any]:
        """The sample input of this story's outcome, from this customer if one is given; a guest stays a guest."""
        request: dict[str, Any] = json.loads((EVENTS / self.event).read_text())
        return request | {"customer_id": customer_id} if customer_id and "customer_id" in request else request


def pays(visit: Visit) -> None:
    if visit.reserve() == "HELD":
        visit.expect("the payment's answer", visit.pay().get("fulfilled"), True)


def pays_in_the_end(visit: Visit) -> None:
    visit.reserve()
    visit.thinks()
    declined = visit.service.decline(visit.reservation_id, retry=True)
    visit.expect("the status after a declined card", declined.get("status"), "HELD")
    visit.expect("the second card's answer", visit.pay().get("fulfilled"), True)


def is_declined(visit: Visit) -> None:
    visit.reserve()
    visit.thinks()
    declined = visit.service.decline(visit.reservation_id, retry=False)
    visit.expect("the status after a declined card", declined.get("status"), "RELEASED")


def cancels(visit: Visit) -> None:
    visit.reserve()
    visit.thinks()
    for _ in range(2):  # a second click changes nothing
        visit.expect("the answer", visit.service.cancel(visit.reservation_id).get("status"), "RELEASED")


def pays_over_http(visit: Visit) -> None:
    """The same over the HTTP API, with the Python client."""
    lines = [Line(line["product_id"], line["quantity"]) for line in visit.request["lines"]]
    order = {name: visit.request[name] for name in ("order_id", "customer_id", "hold_seconds")}
    reserved = visit.service.http.reserve(lines, key=visit.reservation_id, **order)
    visit.expect("the status", reserved.status in ("HELD", "PENDING"), True)
    visit.await_status("HELD")
    visit.thinks()
    paid = visit.service.http.pay(visit.reservation_id, payment_reference=f"PAY-{visit.reservation_id}")
    visit.expect("the payment's status", paid.status in ("PAID", "COMMITTED"), True)


def cancels_over_http(visit: Visit) -> None:
    """A shopper gives up; whoever pays then gets the money back."""
    visit.reserve()
    visit.thinks()
    visit.expect("the answer", visit.service.http.cancel(visit.reservation_id).status, "RELEASED")
    try:
        visit.service.http.pay(visit.reservation_id, payment_reference=f"PAY-{visit.reservation_id}")
    except PaymentUnfulfilled:
        return
    visit.problems.append("a payment after the cancellation was taken")


def walks_away(visit: Visit) -> None:
    visit.reserve()


def takes_long_but_pays(visit: Visit) -> None:
    visit.reserve()
    for _ in range(EXTENSIONS):
        time.sleep(visit.request["hold_seconds"] / 3)
        extended = visit.service.extend(visit.reservation_id)
        visit.expect("the status after an extension", extended.get("status"), "HELD")
    visit.pay()


def is_impatient(visit: Visit) -> None:
    """Everything is sent twice; nothing happens twice."""
    visit.reserve()
    visit.service.start(visit.reservation_id, visit.request)
    for _ in range(2):
        visit.expect("the payment's answer", visit.pay().get("fulfilled"), True)
    visit.await_status("COMMITTED")
    visit.expect("the payment's answer once more", visit.pay().get("status"), "COMMITTED")


def pays_late_while_stock_lasts(visit: Visit) -> None:
    visit.reserve()
    visit.await_status("RELEASED")
    visit.expect("the late payment's answer", visit.pay().get("rescued"), True)


def pays_late_when_it_is_gone(visit: Visit) -> None:
    visit.reserve()
    visit.await_status("RELEASED")
    rival = Visit(visit.service, f"{visit.reservation_id}-rival", {**visit.request, "hold_seconds": 60})
    pays(rival)
    rival.await_status("COMMITTED")
    visit.problems += rival.problems
    answer = visit.pay()
    visit.expect("the late payment's answer", (answer.get("status"), answer.get("fulfilled")), ("UNFULFILLED", False))


def races_the_timeout(visit: Visit) -> None:
    visit.reserve()
    time.sleep(max(0.0, visit.ends_in_seconds + random.uniform(-0.3, 0.3)))
    visit.expect("the payment's answer", visit.pay_at_once().get("fulfilled"), True)


def wants_everything(visit: Visit) -> None:
    """Beyond as many holds as one customer may have everything is refused, until one of them ends."""

    def once_more(name: object) -> Visit:
        return Visit(visit.service, f"{visit.reservation_id}-{name}", visit.request)

    holds = [once_more(number) for number in range(CUSTOMER_HOLDS_MAX)]
    for hold in holds:
        visit.service.start(hold.reservation_id, hold.request)
    for hold in holds:
        visit.expect("the decision", hold.await_status(*DECIDED), "HELD")
    visit.expect("the decision beyond the limit", visit.reserve(), "REJECTED")
    try:
        lines = [Line(line["product_id"], line["quantity"]) for line in visit.request["lines"]]
        visit.service.http.reserve(
            lines, key=f"{visit.reservation_id}-http", customer_id=visit.request["customer_id"], hold_seconds=60
        )
        visit.problems.append("the limit was passed over HTTP")
    except HoldLimitReached:
        pass
    visit.service.cancel(holds.pop().reservation_id)
    holds.append(once_more("instead"))
    visit.expect("the decision after one has ended", holds[-1].reserve(), "HELD")
    for hold in holds:
        visit.service.cancel(hold.reservation_id)


def breaks_a_rule(visit: Visit) -> None:
    visit.expect("the decision", visit.reserve(), "FAILED")
    execution = visit.service.await_end(visit.reservation_id)
    visit.expect("the error", execution.error, "InvalidReservation")
    for wrong in ("lines[0].quantity", "lines[1].product_id", "lines[1].colour", "hold_seconds"):
        visit.expect(f"the cause naming {wrong}", wrong in (execution.cause or ""), True)


def _exactly_the_last_units(endings: Sequence[Ending]) -> list[str]:
    sold = Counter(ending.status for ending in endings)["COMMITTED"]
    return [] if sold == DROP_UNITS else [f"{sold} of the last {DROP_UNITS} units were sold"]


SCENARIOS = (
    Scenario("paid", "paid.json", pays, ("COMMITTED",), buyers=8),
    Scenario("paid, and low now", "low_stock.json", pays, ("COMMITTED",), buyers=1),
    Scenario("several lines", "several_lines.json", pays, ("COMMITTED",), buyers=3),
    Scenario("same product twice", "same_product_twice.json", pays, ("COMMITTED",), buyers=2),
    Scenario("same product twice, too many", "same_product_twice_short.json", pays, ("REJECTED",), buyers=2),
    Scenario("sold out", "sold_out.json", pays, ("REJECTED",), buyers=3),
    Scenario("declined", "declined.json", is_declined, ("RELEASED",), buyers=4),
    Scenario("declined, then another card", "declined.json", pays_in_the_end, ("COMMITTED",), buyers=2),
    Scenario("cancelled", "cancelled.json", cancels, ("RELEASED",), buyers=4),
    Scenario("paid over HTTP", "paid.json", pays_over_http, ("COMMITTED",), buyers=2),
    Scenario("cancelled over HTTP, then paid", "cancelled.json", cancels_over_http, ("UNFULFILLED",), buyers=2),
    Scenario("run out", "run_out.json", walks_away, ("RELEASED",), buyers=4),
    Scenario("extended by heartbeats", "extended.json", takes_long_but_pays, ("COMMITTED",), buyers=2),
    Scenario("everything sent twice", "paid.json", is_impatient, ("COMMITTED",), buyers=2),
    Scenario("late payment, rescued", "run_out.json", pays_late_while_stock_lasts, ("COMMITTED",), buyers=2),
    Scenario("late payment, gone", "late_payment_gone.json", pays_late_when_it_is_gone, ("UNFULFILLED",), buyers=1),
    Scenario("payment racing the timeout", "run_out.json", races_the_timeout, ("COMMITTED",), buyers=6),
    Scenario("paid by a guest", "guest.json", pays, ("COMMITTED",), buyers=2),
    Scenario("one customer wants everything", "hold_limit.json", wants_everything, ("REJECTED",), buyers=1),
    Scenario("breaks a rule", "invalid.json", breaks_a_rule, ("FAILED",), buyers=2),
    Scenario(
        f"60 buyers for the last {DROP_UNITS}",
        "last_units.json",
        pays,
        ("COMMITTED", "REJECTED"),
        buyers=60,
        together=_exactly_the_last_units,
    ),
)
