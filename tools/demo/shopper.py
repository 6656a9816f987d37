"""One shopper of the demo, with one checkout."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from inventory_client import Line

from tools.demo.checkout import CheckoutService
from tools.demo.findings import Findings

DECIDED = ("HELD", "PAID", "COMMITTED", "RELEASED", "REJECTED")


@dataclass
class Shopper:
    """A shopper's checkout, and what was found in it."""

    service: CheckoutService
    reservation_id: str
    request: Mapping[str, Any]
    findings: Findings = field(default_factory=Findings)
    story: list[str] = field(default_factory=list)  # what everyone saw
    slowest_call_seconds: float = 0.0

    @property
    def lines(self) -> list[Line]:
        """The request's lines, for the Python client."""
        return [Line(line["product_id"], line["quantity"]) for line in self.request["lines"]]

    @property
    def payment_reference(self) -> str:
        """The reference of this checkout's payment."""
        return f"PAY-{self.reservation_id}"

    @property
    def seconds_until_expiry(self) -> float:
        """The time until the hold expires; 0 if nothing is held."""
        row = self.service.row(self.reservation_id)
        held_until = row["held_until"]["S"] if row else None
        return (datetime.fromisoformat(held_until) - datetime.now(UTC)).total_seconds() if held_until else 0.0

    def reserve(self) -> str:
        """Start the checkout and wait for the decision: HELD, REJECTED, or FAILED for an invalid request."""
        with self.timed():
            self.service.start(self.reservation_id, self.request)
        return self.service.await_status(self.reservation_id, *DECIDED)

    def think(self) -> None:
        """Wait for the time that a shopper needs to fill in a form."""
        time.sleep(random.uniform(0.5, 1.5))

    def pay(self) -> dict[str, Any]:
        """Report the payment after a short time."""
        self.think()
        return self.pay_at_once()

    def pay_at_once(self) -> dict[str, Any]:
        """Report the payment."""
        with self.timed():
            return self.service.pay(self.reservation_id, self.payment_reference)

    def decline(self, *, retry: bool) -> dict[str, Any]:
        """Report that the card was declined; `retry` keeps the hold for another one."""
        with self.timed():
            return self.service.decline(self.reservation_id, retry=retry)

    def cancel(self) -> dict[str, Any]:
        """Cancel the reservation."""
        with self.timed():
            return self.service.cancel(self.reservation_id)

    def extend(self) -> dict[str, Any]:
        """Extend the hold."""
        with self.timed():
            return self.service.extend(self.reservation_id)

    def await_status(self, *statuses: str) -> str:
        """Wait until the reservation has one of the statuses."""
        return self.service.await_status(self.reservation_id, *statuses)

    def expect(self, name: str, found: object, expected: object) -> None:
        """Note a problem if a value is not the expected one."""
        if found != expected:
            self.object_to(f"{name} is {found!r}, not {expected!r}")

    def show(self, sentence: str) -> None:
        """Note what the demo shows of this checkout."""
        self.story.append(sentence)

    def object_to(self, sentence: str) -> None:
        """Note a problem. If a call took so long that the hold may have ended meanwhile, it is a delay."""
        is_late = self.slowest_call_seconds > self.request["hold_seconds"] / 4
        (self.findings.delays if is_late else self.findings.problems).append(sentence)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Measure how long a call takes."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.slowest_call_seconds = max(self.slowest_call_seconds, time.monotonic() - started)
