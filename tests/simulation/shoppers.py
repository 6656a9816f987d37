"""Checkout services and their shoppers: each checkout is a script of calls, repeated until they are answered."""

import json
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.books import Books
from tests.simulation.calls import ATTEMPTS, Calls
from tests.simulation.runtime import LONGEST_HOLD_SECONDS
from tests.simulation.scheduler import Script, Wait
from tests.simulation.workflow import StepFunctions

Lines = list[dict[str, Any]]

PATHS = {
    "pays": 20,
    "pays at the last moment": 6,
    "pays late": 6,
    "pays too early": 1,
    "is declined": 4,
    "is declined and tries again": 5,
    "cancels": 4,
    "cancels and pays": 4,
    "extends and pays": 5,
    "extends and leaves": 2,
    "leaves": 5,
    "pays twice": 4,
    "pays several times at once": 4,
    "is released by a manager": 3,
    "starts again": 3,
    "starts again with other content": 3,
}
CUSTOMERS = ("C-0", "C-0", "C-0", "C-1", "C-1", "C-2")
HOLD_SECONDS = (1, 5, 30, 30, 60, 60, 120, 120, 300, 300, None, LONGEST_HOLD_SECONDS)


@dataclass
class Checkout:
    """A checkout, what was paid for it, and what was answered."""

    reservation_id: str
    contents: list[dict[str, Any]]  # what was asked for under its id, the first one first
    path: str
    paid: dict[str, list[bool]] = field(default_factory=dict)  # by reference: the answers whether it bought something
    unanswered: set[str] = field(default_factory=set)
    replays: list[tuple[bool, str]] = field(default_factory=list)  # whether with the same content, and the answer

    @property
    def content(self) -> dict[str, Any]:
        return self.contents[0]


@dataclass
class Shoppers:
    """Runs checkouts."""

    draw: random.Random
    calls: Calls
    step_functions: StepFunctions
    books: Books
    products: list[str]
    checkouts: list[Checkout] = field(default_factory=list)

    def checkout(self, number: int) -> Script:
        """One checkout from its start to its end."""
        draw = self.draw
        [path] = draw.choices(list(PATHS), weights=list(PATHS.values()))
        checkout = Checkout(f"R-{number}", [self._content(number)], path)
        self.checkouts.append(checkout)
        yield from self._start(checkout)
        if path != "pays too early":
            yield from self._await_decision(checkout)
        hold = checkout.content.get("hold_seconds", 900)
        reference = f"PAY-{number}"
        match path:
            case "pays" | "pays too early":
                if path == "pays":
                    yield self._thinks(min(hold, 60) * 0.8)
                yield from self._pay(checkout, reference)
            case "pays at the last moment":
                yield self.calls.sleep(max(0, hold + draw.uniform(-1.5, 1.5)))
                yield from self._pay(checkout, reference)
            case "pays late":
                yield self.calls.sleep(hold + draw.uniform(0, 300))
                yield from self._pay(checkout, reference)
            case "is declined":
                yield self._thinks(hold)
                yield from self._payment(checkout, {"outcome": "FAILED"})
            case "is declined and tries again":
                yield self._thinks(hold / 2)
                yield from self._payment(checkout, {"outcome": "FAILED", "retry": True})
                yield self._thinks(hold / 2)
                yield from self._pay(checkout, reference)
            case "cancels":
                yield self._thinks(hold)
                yield from self._cancel(checkout)
            case "cancels and pays":
                yield self._thinks(min(hold, 60))
                self.calls.start(self._cancel(checkout))
                yield self._thinks(draw.choice((0.05, 5)))
                yield from self._pay(checkout, reference)
            case "extends and pays" | "extends and leaves":
                for _ in range(draw.randint(1, 3)):
                    yield self.calls.sleep(hold * draw.uniform(0.3, 1.0))
                    self.calls.start(self._extend(checkout))
                    if draw.random() < 0.3:
                        self.calls.start(self._extend(checkout))
                if path == "extends and pays":
                    yield self._thinks(hold)
                    yield from self._pay(checkout, reference)
            case "pays twice":
                yield self._thinks(min(hold, 60))
                self.calls.start(self._pay(checkout, reference))
                yield self._thinks(draw.choice((0.05, 5, 300)))
                yield from self._pay(checkout, f"{reference}-again")
            case "pays several times at once":
                yield self._thinks(draw.choice((min(hold, 60), hold + 60)))
                for payment in range(draw.randint(2, 4)):
                    self.calls.start(self._pay(checkout, f"{reference}-{payment}"))
                    yield self._thinks(draw.choice((0, 0.02, 0.2)))
            case "is released by a manager":
                yield self._thinks(hold)
                yield from self.calls.admin(
                    "POST", f"/admin/reservations/{checkout.reservation_id}/release", {"reason": "test"}
                )
            case "starts again" | "starts again with other content":
                is_same = path == "starts again"
                yield self._thinks(draw.choice((1, 60, 600)))
                content = checkout.content if is_same else self._content(number)
                checkout.contents.append(content)
                status = yield from self._start_over_http(checkout.reservation_id, content)
                checkout.replays.append((content == checkout.content, status))
                yield from self._pay(checkout, reference)
        if draw.random() < 0.1:  # the provider's message comes once more, at any time
            yield self._thinks(1200)
            for paid in list(checkout.paid):
                yield from self._pay(checkout, paid)

    def _content(self, number: int) -> dict[str, Any]:
        draw = self.draw
        lines: Lines = []
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            product, _, warehouse = draw.choice(self.products).partition("/")
            lines.append(
                {"product_id": product, "warehouse_id": warehouse, "quantity": draw.choice((1, 1, 1, 2, 3, 7))}
            )
        if draw.random() < 0.01:
            lines[0]["product_id"] = "UNKNOWN"
        content: dict[str, Any] = {"lines": lines}
        hold_seconds = draw.choice(HOLD_SECONDS)
        if hold_seconds:
            content["hold_seconds"] = hold_seconds
        if draw.random() < 0.5:
            content["customer_id"] = draw.choice(CUSTOMERS)
        if draw.random() < 0.3:
            content["order_id"] = f"O-{number}"
        return content

    def _thinks(self, seconds: float) -> Wait:
        return self.calls.sleep(self.draw.uniform(0, seconds))

    def _start(self, checkout: Checkout) -> Generator[Wait, Any, None]:
        if self.draw.random() < 0.25:
            yield from self._start_over_http(checkout.reservation_id, checkout.content)
            return
        for _ in range(1 + self.calls.faults.happens(0.1)):
            try:
                self.step_functions.call(
                    "StartExecution", {"name": checkout.reservation_id, "input": json.dumps(checkout.content)}
                )
            except ClientError:
                pass
            yield self.calls.sleep(0.3)

    def _await_decision(self, checkout: Checkout) -> Generator[Wait, Any, None]:
        """A shopper pays when the checkout says that the units are held, or is sure that it began."""
        for _ in range(200):
            if self.books.is_known(checkout.reservation_id):
                return
            yield self.calls.sleep(1.0)

    def _start_over_http(self, reservation_id: str, content: dict[str, Any]) -> Generator[Wait, Any, str]:
        """The status and code of the first answer that is not asked to be tried again."""
        for _ in range(6):
            answer = yield from self.calls.checkout("POST", "/reservations", content, key=reservation_id, attempts=1)
            if answer:
                answered = answer["content"]
                return f"{answer['status']} {answered.get('code', answered.get('status'))}"
            yield self._thinks(4)
        return "none"

    def _pay(self, checkout: Checkout, reference: str) -> Generator[Wait, Any, None]:
        checkout.paid.setdefault(reference, [])
        repeats = ATTEMPTS if self.draw.random() < 0.85 else 1  # some providers report a payment only once
        payment = {"outcome": "SUCCEEDED", "payment_reference": reference}
        answer = yield from self._payment(checkout, payment, attempts=repeats)
        if answer is None:
            checkout.unanswered.add(reference)
        elif "fulfilled" in answer:
            checkout.paid[reference].append(answer["fulfilled"])

    def _payment(
        self, checkout: Checkout, payment: dict[str, Any], *, attempts: int = ATTEMPTS
    ) -> Generator[Wait, Any, Any]:
        event = {"reservation_id": checkout.reservation_id, **payment}
        return (yield from self.calls.direct("record_payment", event, attempts=attempts))

    def _cancel(self, checkout: Checkout) -> Script:
        yield from self.calls.direct("cancel_reservation", {"reservation_id": checkout.reservation_id})

    def _extend(self, checkout: Checkout) -> Script:
        answer = yield from self.calls.direct("extend_hold", {"reservation_id": checkout.reservation_id}, attempts=2)
        if answer and answer.get("held_until"):
            until = datetime.fromisoformat(answer["held_until"]).timestamp()
            promised = self.books.promises.get(checkout.reservation_id, until)
            self.books.promises[checkout.reservation_id] = max(until, promised)
