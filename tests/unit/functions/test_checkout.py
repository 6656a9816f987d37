"""A checkout over HTTP: how it waits for its execution, what became of one that failed, and what a repeated call means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.executions import Execution
from inventory.errors import AlreadyDecided, InvalidReservation, ReservationConflict, TransientError
from inventory.model import Reservation, Status
from inventory.reservations import checkout
from inventory.reservations.checkout import Checkouts, CheckoutStart, raise_unless_cancelled, raise_unless_declined
from inventory.reservations.reservation_request import ReservationRequest
from tests.support.http.fake_workflow import FakeWorkflow
from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import Shop, create_tables

CART: dict[str, Any] = {"lines": [{"product_id": "P-1", "quantity": 2}]}
OTHER_CART: dict[str, Any] = {"lines": [{"product_id": "P-1", "quantity": 3}]}


@dataclass
class Clock:
    """A clock that advances only by pauses."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    at_pause: Callable[[], object] = lambda: None  # what happens during each of them

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        assert len(self.pauses) < 1_000, "the wait has no end"
        self.now += seconds
        self.at_pause()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(checkout, "time", clock)
    return clock


@pytest.fixture
def shop() -> Shop:
    """A shop with ten units of P-1, in memory."""
    client = memory_client(Database())
    shop = Shop(client, create_tables(client))
    shop.stocks("P-1", on_hand=10)
    return shop


@pytest.fixture
def workflow(shop: Shop, clock: Clock) -> FakeWorkflow:
    """A workflow that decides nothing."""
    return FakeWorkflow(shop, working=False)


def starts(workflow: FakeWorkflow, cart: dict[str, Any] = CART, key: str = "order-1") -> CheckoutStart:
    """A checkout service starts a checkout."""
    shop = workflow.shop
    checkouts = Checkouts(shop.reservation_store, shop.stock_store, workflow)
    return checkouts.start(key, ReservationRequest.parse(cart), shop.policy)


def ends(workflow: FakeWorkflow, error: str | None, cause: str | None) -> None:
    """The execution fails."""
    workflow.executions["order-1"] = Execution("FAILED", CART, error, cause)


# --- the wait


def test_a_wait_asks_more_and_more_rarely_and_has_an_end(workflow: FakeWorkflow, clock: Clock) -> None:
    assert starts(workflow) == CheckoutStart(None, is_new=True)

    assert clock.pauses[:6] == pytest.approx([0.05, 0.075, 0.1125, 0.16875, 0.25, 0.25])
    assert checkout.DECIDED_WITHIN_SECONDS < clock.now <= checkout.DECIDED_WITHIN_SECONDS + 0.25


def test_a_decided_checkout_is_answered_after_the_first_pause_and_repeated_without_one(
    workflow: FakeWorkflow, shop: Shop, clock: Clock
) -> None:
    workflow.working = True

    first, again = starts(workflow), starts(workflow)

    held = shop.reservation("order-1")
    assert (first, again) == (CheckoutStart(held, is_new=True), CheckoutStart(held, is_new=False))
    assert (len(clock.pauses), workflow.descriptions) == (1, 0)
    with pytest.raises(ReservationConflict):
        starts(workflow, OTHER_CART)


def test_a_checkout_that_another_service_has_started_is_pending_and_its_execution_described_once(
    workflow: FakeWorkflow,
) -> None:
    written_otherwise = CART | {"customer_id": None}
    workflow.executions["order-1"] = Execution("RUNNING", written_otherwise, None, None)

    assert starts(workflow) == CheckoutStart(None, is_new=False)
    assert workflow.descriptions == 1


def test_a_checkout_that_the_table_does_not_answer_during_the_wait_is_pending(
    workflow: FakeWorkflow, shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reservation_id: str) -> None:
        raise TransientError("Rate exceeded")

    workflow.working = True
    clock.at_pause = lambda: monkeypatch.setattr(shop.reservation_store, "get", refuse)

    assert starts(workflow) == CheckoutStart(None, is_new=True)


def test_a_decision_at_the_deadline_is_in_time(
    workflow: FakeWorkflow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "DECIDED_WITHIN_SECONDS", checkout.FIRST_PAUSE_SECONDS)

    starts(workflow)

    assert len(clock.pauses) == 2, "one until the deadline, and one after it"


def test_an_execution_that_cannot_be_seen_yet_leaves_the_checkout_pending(
    workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Step Functions answers may be late by a moment.
    monkeypatch.setattr(workflow, "find", lambda name, attempts_max: None)

    assert starts(workflow) == CheckoutStart(None, is_new=True)


def test_a_checkout_that_another_call_has_decided_meanwhile_is_found_although_its_input_differs(
    workflow: FakeWorkflow, shop: Shop, clock: Clock
) -> None:
    # The input names the default hold, and the request does not: both ask for the same reservation.
    workflow.executions["order-1"] = Execution("SUCCEEDED", CART | {"hold_seconds": 900}, None, None)
    clock.at_pause = lambda: shop.reserves(("P-1", 2), reservation_id="order-1")

    start = starts(workflow)

    assert start == CheckoutStart(shop.reservation("order-1"), is_new=False)


def test_a_wait_whose_description_is_throttled_describes_its_execution_once(workflow: FakeWorkflow) -> None:
    workflow.throttled = True

    assert starts(workflow) == CheckoutStart(None, is_new=True)
    assert workflow.descriptions == 1


# --- what is refused before an execution starts


def test_stock_that_does_not_exist_is_refused_and_stock_that_cannot_be_read_is_not(
    workflow: FakeWorkflow, shop: Shop
) -> None:
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {"name": 5}))
    named = [{"product_id": "P-1", "quantity": 2, "warehouse_id": warehouse} for warehouse in ("main", "elsewhere")]
    cart = {"lines": [named[0], {"product_id": "GONE", "quantity": 1}, named[1]]}

    with pytest.raises(InvalidReservation) as refused:
        starts(workflow, cart)
    assert workflow.executions == {}

    starts(workflow, {"lines": [named[0]]})
    assert [error.field for error in refused.value.errors] == ["lines[1].product_id", "lines[2].product_id"]
    assert list(workflow.executions) == ["order-1"]


def test_what_the_settings_refuse_since_is_refused_unless_the_same_checkout_runs(
    workflow: FakeWorkflow, shop: Shop
) -> None:
    starts(workflow)
    shop.customer_id_required = True

    with pytest.raises(InvalidReservation):
        starts(workflow, key="order-2")
    with pytest.raises(InvalidReservation):
        starts(workflow, OTHER_CART)

    assert starts(workflow) == CheckoutStart(None, is_new=False)


def test_what_the_settings_refuse_is_refused_if_step_functions_does_not_answer(
    workflow: FakeWorkflow, shop: Shop, clock: Clock
) -> None:
    starts(workflow)
    workflow.descriptions, workflow.throttled = 0, True
    clock.pauses.clear()
    shop.customer_id_required = True

    with pytest.raises(InvalidReservation):
        starts(workflow)

    assert (workflow.descriptions, clock.pauses) == (1, [])


def test_what_the_settings_refuse_is_refused_if_its_execution_has_failed(
    workflow: FakeWorkflow, shop: Shop, clock: Clock
) -> None:
    ends(workflow, "States.Timeout", None)
    shop.customer_id_required = True

    with pytest.raises(InvalidReservation):
        starts(workflow)

    assert clock.pauses == []


# --- an execution that failed


@pytest.mark.parametrize(
    ("error", "cause", "kind", "message"),
    [
        ("ReservationConflict", "the id is taken", ReservationConflict, "the id is taken"),
        ("ReservationConflict", None, ReservationConflict, "the id was used before, with other content"),
        ("ReservationNeedsAttention", "no", TransientError, "nothing is held: try again under a new key"),
        (None, None, TransientError, "nothing is held: try again under a new key"),
    ],
)
def test_a_failed_execution_says_why_nothing_is_held(
    workflow: FakeWorkflow, error: str | None, cause: str | None, kind: type[Exception], message: str
) -> None:
    ends(workflow, error, cause)

    with pytest.raises(kind, match=message):
        starts(workflow)


@pytest.mark.parametrize(
    ("cause", "fields"),
    [
        ("lines[0].product_id: a; b is unknown; order_id: too long", ["lines[0].product_id", "order_id"]),
        (None, ["(content)"]),
    ],
)
def test_an_execution_that_failed_for_its_input_names_every_field(
    workflow: FakeWorkflow, cause: str | None, fields: list[str]
) -> None:
    ends(workflow, "InvalidReservation", cause)

    with pytest.raises(InvalidReservation) as refused:
        starts(workflow)

    assert [error.field for error in refused.value.errors] == fields


@pytest.mark.parametrize("content", [OTHER_CART, {}, None, "a text"])
def test_a_key_whose_execution_has_other_content_is_a_conflict_at_once(
    workflow: FakeWorkflow, clock: Clock, content: Any
) -> None:
    workflow.executions["order-1"] = Execution("RUNNING", content, None, None)

    with pytest.raises(ReservationConflict):
        starts(workflow)

    assert clock.pauses == []


@pytest.mark.parametrize(("key", "written"), [("order-1", None), ("#1001", "#1001")])
def test_an_execution_gets_the_key_only_if_its_name_is_another_one(
    workflow: FakeWorkflow, key: str, written: str | None
) -> None:
    starts(workflow, key=key)

    [execution] = workflow.executions.values()
    assert execution.content.get("reservation_id") == written


# --- repeated calls

OVER = {Status.RELEASED, Status.UNFULFILLED}
BOUGHT = {Status.PAID, Status.COMMITTED}


def accepted(check: Callable[[Reservation], None], *, before: bool = False) -> set[Status]:
    """The states of a reservation in which a call is answered without an error.

    Args:
        before: the call was accepted before, when the hold had expired.
    """

    def is_accepted(status: Status) -> bool:
        try:
            check(Reservation("R-1", status, (), 900, "", cancelled_after_expiry=before))
        except AlreadyDecided:
            return False
        return True

    return set(filter(is_accepted, Status))


def test_a_cancellation_is_accepted_if_nothing_is_sold_or_it_was_accepted_before() -> None:
    assert accepted(raise_unless_cancelled) == OVER | {Status.REJECTED}
    assert accepted(raise_unless_cancelled, before=True) == set(Status)


def test_a_declined_payment_is_accepted_unless_another_one_bought_the_reservation() -> None:
    declined, retried = (partial(raise_unless_declined, retry=retry) for retry in (False, True))

    assert accepted(declined) == OVER | {Status.HELD}
    for again in (accepted(retried), accepted(declined, before=True), accepted(retried, before=True)):
        assert again == OVER | {Status.HELD} | BOUGHT
