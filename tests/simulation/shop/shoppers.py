"""Checkout services and their shoppers: each checkout is a script of calls, repeated until they are answered."""

import json
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from inventory.identifiers import name_of
from tests.simulation.platform.runtime import LONGEST_HOLD_SECONDS
from tests.simulation.platform.scheduler import Script, Wait
from tests.simulation.platform.workflow import StepFunctions
from tests.simulation.shop.books import Books
from tests.simulation.shop.calls import ATTEMPTS, Calls

Lines = list[dict[str, Any]]

CUSTOMERS = ("C-0", "C-0", "C-0", "C-1", "C-1", "C-2")
HOLD_SECONDS = (1, 5, 30, 30, 60, 60, 120, 120, 300, 300, None, LONGEST_HOLD_SECONDS)


@dataclass
class SentCall:
    """A change of a reservation under a key, and what was answered to it."""

    kind: str
    key: str
    lines: Lines | None
    answers: list[str] = field(default_factory=list)

    @property
    def units(self) -> int | None:
        """How many units it means; None: all that are left."""
        return None if self.lines is None else sum(line["quantity"] for line in self.lines)


@dataclass
class Checkout:
    """A checkout, what was paid for it, and what was answered."""

    number: int
    contents: list[dict[str, Any]]  # what was asked for under its id, the first one first
    paid: dict[str, list[bool]] = field(default_factory=dict)  # by reference: the answers whether it bought something
    unanswered: set[str] = field(default_factory=set)
    replays: list[tuple[bool, str]] = field(default_factory=list)  # whether with the same content, and the answer
    sent: list[SentCall] = field(default_factory=list)  # changes, dispatches and returns

    @property
    def reservation_id(self) -> str:
        """What its caller names it; one in five by a key that no execution can have as its name."""
        return f"#{self.number}/A B" if self.is_oddly_named else f"R-{self.number}"

    @property
    def is_oddly_named(self) -> bool:
        return self.number % 5 == 4

    @property
    def name(self) -> str:
        """The name of its row and its execution."""
        return name_of(self.reservation_id)

    @property
    def payment_reference(self) -> str:
        return f"PAY-{self.number}"

    @property
    def content(self) -> dict[str, Any]:
        return self.contents[0]

    @property
    def hold_seconds(self) -> int:
        return int(self.content.get("hold_seconds", 900))


@dataclass
class Shoppers:
    """Runs checkouts."""

    draw: random.Random
    calls: Calls
    step_functions: StepFunctions
    books: Books
    products: list[str]
    checkouts: list[Checkout] = field(default_factory=list)

    def checkout(self, number: int, begins_after: float) -> Script:
        """One checkout from its start to its end."""
        yield self.calls.sleep(begins_after)
        [path] = self.draw.choices(list(PATHS), weights=list(PATHS.values()))
        checkout = Checkout(number, [self._content(number)])
        self.checkouts.append(checkout)
        yield from self._start(checkout)
        if path is not Shoppers._pays_too_early:
            yield from self._await_decision(checkout)
        yield from path(self, checkout)
        if self.draw.random() < 0.4:
            yield from self._is_dispatched_and_comes_back(checkout)
        if self.draw.random() < 0.1:  # the provider's message comes once more, at any time
            yield self._thinks(1200)
            for paid in list(checkout.paid):
                yield from self._pay(checkout, paid)

    # --- what shoppers do while their units are held, or later

    def _pays(self, checkout: Checkout) -> Script:
        yield self._thinks(min(checkout.hold_seconds, 60) * 0.8)
        yield from self._pay(checkout)

    def _pays_at_the_last_moment(self, checkout: Checkout) -> Script:
        yield self.calls.sleep(max(0, checkout.hold_seconds + self.draw.uniform(-1.5, 1.5)))
        yield from self._pay(checkout)

    def _pays_late(self, checkout: Checkout) -> Script:
        yield self.calls.sleep(checkout.hold_seconds + self.draw.uniform(0, 300))
        yield from self._pay(checkout)

    def _pays_too_early(self, checkout: Checkout) -> Script:
        yield from self._pay(checkout)

    def _is_declined(self, checkout: Checkout) -> Script:
        yield self._thinks(checkout.hold_seconds)
        yield from self._payment(checkout, {"outcome": "FAILED"})

    def _is_declined_and_tries_again(self, checkout: Checkout) -> Script:
        yield self._thinks(checkout.hold_seconds / 2)
        yield from self._payment(checkout, {"outcome": "FAILED", "retry": True})
        yield self._thinks(checkout.hold_seconds / 2)
        yield from self._pay(checkout)

    def _cancels(self, checkout: Checkout) -> Script:
        yield self._thinks(checkout.hold_seconds)
        yield from self._cancel(checkout)

    def _cancels_and_pays(self, checkout: Checkout) -> Script:
        yield self._thinks(min(checkout.hold_seconds, 60))
        self.calls.start(self._cancel(checkout))
        yield self._thinks(self.draw.choice((0.05, 5)))
        yield from self._pay(checkout)

    def _extends(self, checkout: Checkout) -> Script:
        for _ in range(self.draw.randint(1, 3)):
            yield self.calls.sleep(checkout.hold_seconds * self.draw.uniform(0.3, 1.0))
            self.calls.start(self._extend(checkout))
            if self.draw.random() < 0.3:  # twice at once
                self.calls.start(self._extend(checkout))

    def _extends_and_pays(self, checkout: Checkout) -> Script:
        yield from self._extends(checkout)
        yield from self._pays(checkout)

    def _leaves(self, checkout: Checkout) -> Script:
        yield from ()

    def _pays_twice(self, checkout: Checkout) -> Script:
        yield self._thinks(min(checkout.hold_seconds, 60))
        self.calls.start(self._pay(checkout))
        yield self._thinks(self.draw.choice((0.05, 5, 300)))
        yield from self._pay(checkout, f"{checkout.payment_reference}-again")

    def _pays_several_times_at_once(self, checkout: Checkout) -> Script:
        yield self._thinks(self.draw.choice((min(checkout.hold_seconds, 60), checkout.hold_seconds + 60)))
        for payment in range(self.draw.randint(2, 4)):
            self.calls.start(self._pay(checkout, f"{checkout.payment_reference}-{payment}"))
            yield self._thinks(self.draw.choice((0, 0.02, 0.2)))

    def _is_released_by_a_manager(self, checkout: Checkout) -> Script:
        yield self._thinks(checkout.hold_seconds)
        yield from self.calls.admin("POST", f"/admin/reservations/{checkout.name}/release", {"reason": "test"})

    def _starts_again(self, checkout: Checkout) -> Script:
        yield self._thinks(self.draw.choice((1, 60, 600)))
        is_same = self.draw.random() < 0.5
        content = checkout.content if is_same else self._other_content(checkout)
        checkout.contents.append(content)
        was_decided = self.books.is_known(checkout.name)
        status = yield from self._start_over_http(checkout.reservation_id, content)
        if was_decided:  # otherwise there was nothing to compare with
            checkout.replays.append((is_same, status))
        yield from self._pay(checkout)

    def _changes_the_cart(self, checkout: Checkout) -> Script:
        for number in range(self.draw.randint(1, 3)):
            yield self._thinks(min(checkout.hold_seconds, 60) * 0.4)
            change = SentCall("change", f"{checkout.number}-{number}", self._content(checkout.number)["lines"])
            self._send_sometimes_twice(checkout, change, f"/reservations/{checkout.name}", {"lines": change.lines})
        yield self._thinks(self.draw.choice((0.1, 0.5, 30)))
        yield from self.draw.choice((self._pay, self._pay, self._cancel))(checkout)

    def _is_dispatched_and_comes_back(self, checkout: Checkout) -> Script:
        """The shop sends what was sold, in parts or as a whole, and takes units back, before or after it."""
        for number in range(self.draw.randint(1, 4)):
            yield self._thinks(self.draw.choice((0, 0.1, 60, 600)))
            key = f"{checkout.number}-{number}"
            lines = [self._part(line) for line in self.draw.sample(checkout.content["lines"], 1)]
            if self.draw.random() < 0.5:
                dispatch = SentCall("dispatch", key, self.draw.choice((None, lines)))
                content = {"reference": key} | ({"lines": dispatch.lines} if dispatch.lines else {})
                self._send_sometimes_twice(checkout, dispatch, f"/reservations/{checkout.name}/dispatches", content)
            else:
                returned = SentCall("return", key, lines)
                content = {"lines": lines, "disposition": self.draw.choice(("RESTOCK", "DISCARD")), "reference": key}
                self._send_sometimes_twice(checkout, returned, f"/reservations/{checkout.name}/returns", content)

    def _part(self, line: dict[str, Any]) -> dict[str, Any]:
        """Some units of a line, or one too many; also for another warehouse."""
        quantity = self.draw.choice((1, line["quantity"], line["quantity"] + 1))
        part = {"product_id": line["product_id"], "quantity": quantity}
        return part | ({"warehouse_id": self.draw.choice(("main", "north"))} if self.draw.random() < 0.2 else {})

    # --- calls

    def _content(self, number: int) -> dict[str, Any]:
        draw = self.draw
        lines: Lines = []
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            product, _, warehouse = draw.choice(self.products).partition("/")
            if draw.random() < 0.4:  # the shop decides where it is taken from
                # P-0 is in several warehouses, so its orders can be split.
                lines.append({"product_id": draw.choice((product, "P-0")), "quantity": draw.choice((1, 1, 2, 5, 7, 9))})
                continue
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

    def _other_content(self, checkout: Checkout) -> dict[str, Any]:
        """A request that differs in one thing only."""
        first, *others = checkout.content["lines"]
        more = [first | {"quantity": first["quantity"] + 1}, *others]
        return checkout.content | self.draw.choice(
            ({"lines": more}, {"order_id": "another"}, {"customer_id": "another"})
        )

    def _thinks(self, seconds: float) -> Wait:
        return self.calls.sleep(self.draw.uniform(0, seconds))

    def _start(self, checkout: Checkout) -> Generator[Wait, Any, None]:
        if checkout.is_oddly_named or self.draw.random() < 0.2:
            yield from self._start_over_http(checkout.reservation_id, checkout.content)
            return
        for _ in range(1 + self.calls.stage.faults.happens(0.1)):
            try:
                self.step_functions.call(
                    "StartExecution", {"name": checkout.name, "input": json.dumps(checkout.content)}
                )
            except ClientError:
                pass
            yield self.calls.sleep(0.3)

    def _await_decision(self, checkout: Checkout) -> Generator[Wait, Any, None]:
        """A shopper pays when the checkout says that the units are held, or is sure that it began."""
        for _ in range(200):
            if self.books.is_known(checkout.name):
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

    def _pay(self, checkout: Checkout, reference: str | None = None) -> Generator[Wait, Any, None]:
        reference = reference or checkout.payment_reference
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

    def _send_sometimes_twice(self, checkout: Checkout, sent: SentCall, path: str, content: dict[str, Any]) -> None:
        checkout.sent.append(sent)
        for _ in range(self.draw.choice((1, 1, 2))):
            self.calls.start(self._send(sent, path, content))

    def _send(self, sent: SentCall, path: str, content: dict[str, Any]) -> Script:
        method = "PATCH" if sent.kind == "change" else "POST"
        answer = yield from self.calls.checkout(method, path, content, key=sent.key)
        sent.answers.append(f"{answer['status']} {answer['content'].get('code', '')}".strip() if answer else "none")

    def _cancel(self, checkout: Checkout) -> Script:
        yield from self.calls.direct("cancel_reservation", {"reservation_id": checkout.reservation_id})

    def _extend(self, checkout: Checkout) -> Script:
        answer = yield from self.calls.direct("extend_hold", {"reservation_id": checkout.reservation_id}, attempts=2)
        if answer and answer.get("held_until"):
            until = datetime.fromisoformat(answer["held_until"]).timestamp()
            promised = self.books.promises.get(checkout.name, until)
            self.books.promises[checkout.name] = max(until, promised)


# What a shopper does, and how often in relation to the others.
PATHS: dict[Callable[[Shoppers, Checkout], Script], int] = {
    Shoppers._pays: 20,
    Shoppers._changes_the_cart: 10,
    Shoppers._pays_at_the_last_moment: 6,
    Shoppers._pays_late: 6,
    Shoppers._pays_too_early: 1,
    Shoppers._is_declined: 4,
    Shoppers._is_declined_and_tries_again: 5,
    Shoppers._cancels: 4,
    Shoppers._cancels_and_pays: 4,
    Shoppers._extends: 2,
    Shoppers._extends_and_pays: 5,
    Shoppers._leaves: 5,
    Shoppers._pays_twice: 4,
    Shoppers._pays_several_times_at_once: 4,
    Shoppers._is_released_by_a_manager: 3,
    Shoppers._starts_again: 6,
}
