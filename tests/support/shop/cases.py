"""Test cases of every function that writes: what happened in the shop before the call, and the event of the call."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import ReservationNotFound, TransientError
from inventory.imports.report import Mode
from inventory.items import level_item
from inventory.stock.low_stock_alerts import OVERDUE
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.http.gateway import ApiRequest
from tests.support.shop import BY_HAND, Shop
from tests.support.shop.catalogue import HEADER
from tests.support.shop.first_edition import keeps_in_its_row

Event = dict[str, Any]

# The history of a case happens at BEFORE. The call comes at NOW: pending alerts are overdue by then, holds are not.
BEFORE = datetime.fromisoformat("2026-03-01T12:00:00Z")
NOW = BEFORE + OVERDUE


@dataclass(frozen=True)
class Case:
    """One call of one function."""

    function: str
    setup: Callable[[Shop], Event]

    def prepare(self, shop: Shop) -> Event:
        """Bring the shop into the state before the call, and return the event of the call."""
        shop.now = lambda: BEFORE
        return self.setup(shop)

    def __str__(self) -> str:
        return f"{self.function}: {self.setup.__name__.replace('_', ' ')}"


LEVEL = {"product_id": "P-1", "warehouse_id": "main"}  # the query that names it

CASES: list[Case] = []
SCHEDULED = {"check_low_stock", "reconcile_holds"}


def case_of(function: str) -> Callable[[Callable[[Shop], Event]], Callable[[Shop], Event]]:
    """Register a setup as a case of this function."""

    def register(setup: Callable[[Shop], Event]) -> Callable[[Shop], Event]:
        CASES.append(Case(function, setup))
        return setup

    return register


def checkout(*lines: tuple[str, int], **more: Any) -> Event:
    """The event with which the workflow invokes reserve_stock."""
    content = {"lines": [{"product_id": product, "quantity": quantity} for product, quantity in lines]}
    return {"reservation_id": "R-1", "request": content | more}


def payment(outcome: str = "SUCCEEDED", **more: Any) -> Event:
    """The event with which a checkout service reports a payment."""
    reference = {"payment_reference": "PAY-1"} if outcome == "SUCCEEDED" else {}
    return {"reservation_id": "R-1", "outcome": outcome} | reference | more


def over_http(
    method: str,
    path: str,
    content: Any = None,
    *,
    key: str | None = None,
    version: int | str = 0,
    **query: str,
) -> Event:
    """The event of a call of the API by an inventory manager."""
    headers = {"Idempotency-Key": key} if key else {"If-Match": str(version)} if version else {}
    claims = {"cognito:username": BY_HAND.actor, "cognito:groups": "inventory-managers"}
    body = json.dumps(content) if content else None
    return ApiRequest(method, path, body, headers=headers, query=query, claims=claims).event()


# --- reserve


@case_of("reserve_stock")
def everything_is_available(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    return checkout(("P-1", 2), ("P-2", 5), ("P-1", 3))


@case_of("reserve_stock")
def a_line_is_short(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    return checkout(("P-1", 2), ("P-2", 6))


@case_of("reserve_stock")
def a_product_is_unknown(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return checkout(("P-1", 2), ("P-9", 1))


@case_of("reserve_stock")
def the_first_warehouse_is_short_and_the_line_is_split(shop: Shop) -> Event:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    for warehouse_id in shop.sourcing.warehouses:
        shop.stocks("P-1", on_hand=5, warehouse_id=warehouse_id)
    return checkout(("P-1", 7), customer_id="C-1")


@case_of("reserve_stock")
def no_warehouse_has_the_line_whole(shop: Shop) -> Event:
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.ONE_WAREHOUSE)
    for warehouse_id in shop.sourcing.warehouses:
        shop.stocks("P-1", on_hand=5, warehouse_id=warehouse_id)
    return checkout(("P-1", 7))


@case_of("reserve_stock")
def a_part_of_the_cart_is_there_and_accepted(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    return checkout(("P-1", 2), ("P-2", 6), customer_id="C-1", accept="PARTIAL")


@case_of("reserve_stock")
def nothing_is_there_of_a_cart_of_which_a_part_is_accepted(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=0)
    return checkout(("P-1", 2), accept="PARTIAL")


@case_of("reserve_stock")
def the_id_was_used_for_another_cart(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 1), reservation_id="R-1")
    return checkout(("P-1", 2))


@case_of("reserve_stock")
def it_was_held_before_the_longest_hold_was_lowered(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", hold_seconds=900)
    shop.longest_hold_seconds = 600
    return checkout(("P-1", 2), hold_seconds=900)


@case_of("reserve_stock")
def a_customer_has_another_hold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 1), reservation_id="R-2", customer_id="C-1")
    return checkout(("P-1", 2), customer_id="C-1")


@case_of("reserve_stock")
def a_customer_has_reached_the_hold_limit(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5_000)
    shop.holds(("P-1", 1_000), reservation_id="R-2", customer_id="C-1")
    return checkout(("P-1", 2), customer_id="C-1")


# --- commit


@case_of("commit_stock")
def a_sale_to_a_customer(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.pays(shop.holds(("P-1", 2), customer_id="C-1"))
    return {"reservation_id": "R-1"}


def holds_a_split_line(shop: Shop) -> None:
    """A line of 7 units: 5 of the first warehouse and 2 of the second."""
    shop.sourcing = SourcingPolicy(("main", "outlet"), Sourcing.SPLIT)
    for warehouse_id in shop.sourcing.warehouses:
        shop.stocks("P-1", on_hand=5, warehouse_id=warehouse_id)
    shop.holds(("P-1", 7), reservation_id="R-1")


@case_of("commit_stock")
def a_sale_of_a_split_line(shop: Shop) -> Event:
    holds_a_split_line(shop)
    shop.pays("R-1")
    return {"reservation_id": "R-1"}


@case_of("commit_stock")
def a_sale_leaves_the_level_above_its_threshold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.pays(shop.holds(("P-1", 2)))
    return {"reservation_id": "R-1"}


@case_of("commit_stock")
def a_sale_makes_two_levels_low(shop: Shop) -> Event:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=10, low_stock_threshold=0 if product == "P-3" else 5)
    shop.pays(shop.holds(("P-1", 5), ("P-2", 10), ("P-3", 5)))
    return {"reservation_id": "R-1"}


@case_of("commit_stock")
def the_cart_had_changed(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10, low_stock_threshold=9)
    held = shop.holds(("P-1", 4), customer_id="C-1")
    shop.changes(held, ("P-1", 1), ("P-2", 2), key="cart-2")
    shop.pays(held)
    return {"reservation_id": "R-1"}


@case_of("commit_stock")
def a_tracked_sale_makes_two_levels_low(shop: Shop) -> Event:
    shop.tracks_dispatch = True
    return a_sale_makes_two_levels_low(shop)


# --- release


@case_of("release_stock")
def the_hold_of_a_changed_cart_expired(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.changes(shop.holds(("P-1", 3), customer_id="C-1"), ("P-1", 1), key="cart-2")
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@case_of("release_stock")
def the_hold_expired(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    shop.holds(("P-1", 2), ("P-2", 5))
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@case_of("release_stock")
def the_hold_of_a_split_line_expired(shop: Shop) -> Event:
    holds_a_split_line(shop)
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@case_of("release_stock")
def the_hold_of_a_customer_expired(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), customer_id="C-1")
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@case_of("release_stock")
def a_payment_won_the_race(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 2)))
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


# --- payments


@case_of("record_payment")
def a_payment_in_time(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2))
    return payment()


@case_of("record_payment")
def a_payment_before_the_execution_waits(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 2))
    return payment()


@case_of("record_payment")
def a_late_payment_makes_two_levels_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.stocks("P-2", on_hand=10, low_stock_threshold=5)
    shop.times_out(shop.holds(("P-1", 5), ("P-2", 6)))
    return payment()


@case_of("record_payment")
def a_late_payment_of_a_tracked_sale_makes_two_levels_low(shop: Shop) -> Event:
    shop.tracks_dispatch = True
    return a_late_payment_makes_two_levels_low(shop)


@case_of("record_payment")
def a_late_payment_of_a_split_line(shop: Shop) -> Event:
    holds_a_split_line(shop)
    shop.times_out(shop.reservation("R-1"))
    return payment()


@case_of("record_payment")
def a_late_payment_when_the_units_are_gone(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3)))
    shop.holds(("P-1", 3))
    return payment()


@case_of("record_payment")
def a_payment_after_a_cancellation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.cancels(shop.holds(("P-1", 3)))
    return payment()


@case_of("record_payment")
def a_second_payment_after_a_sale(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 3))
    return payment(payment_reference="PAY-2")


@case_of("record_payment")
def a_payment_for_a_rejected_reservation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 6))
    return payment()


@case_of("record_payment")
def a_declined_payment(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return payment("FAILED")


@case_of("record_payment")
def a_declined_payment_of_a_customer(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3), customer_id="C-1")
    return payment("FAILED")


@case_of("record_payment")
def a_late_payment_of_a_customer_with_another_hold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3), reservation_id="R-1", customer_id="C-1"))
    shop.holds(("P-1", 1), reservation_id="R-2", customer_id="C-1")
    return payment()


@case_of("record_payment")
def a_declined_payment_that_will_be_retried(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return payment("FAILED", retry=True)


@case_of("record_payment")
def a_payment_for_an_unknown_reservation(shop: Shop) -> Event:
    return payment()


@case_of("record_payment")
def a_second_payment_with_an_amount_that_operations_have_not_heard_of(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 3))
    with pytest.raises(TransientError):
        shop.topics.working = False
        shop.pays("R-1", "PAY-2")
    return payment(payment_reference="PAY-2", amount="24.90", currency="EUR")


@case_of("record_payment")
def a_payment_of_a_cancelled_reservation_that_came_before_its_reservation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    with pytest.raises(ReservationNotFound):
        shop.pays("R-1")
    shop.cancels(shop.holds(("P-1", 3)))
    return payment()


@case_of("record_payment")
def a_declined_payment_after_the_hold_expired(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3)))
    return payment("FAILED")


# --- cancel and extend


@case_of("cancel_reservation")
def the_shopper_cancels(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return {"reservation_id": "R-1"}


@case_of("cancel_reservation")
def a_customer_cancels(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3), customer_id="C-1")
    return {"reservation_id": "R-1"}


@case_of("cancel_reservation")
def the_shopper_cancels_before_the_execution_waits(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 3))
    return {"reservation_id": "R-1"}


@case_of("cancel_reservation")
def the_reservation_is_paid(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 3)))
    return {"reservation_id": "R-1"}


@case_of("cancel_reservation")
def the_shopper_cancels_after_the_hold_expired(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3)))
    return {"reservation_id": "R-1"}


@case_of("extend_hold")
def the_reservation_was_paid_after_an_extension(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    reservation = shop.holds(("P-1", 3))
    shop.now = lambda: BEFORE + timedelta(seconds=1)
    shop.extends(reservation)
    shop.pays(reservation)
    return {"reservation_id": "R-1"}


@case_of("extend_hold")
def the_shopper_extends_the_hold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return {"reservation_id": "R-1"}


@case_of("extend_hold")
def the_reservation_was_cancelled(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.cancels(shop.holds(("P-1", 3)))
    return {"reservation_id": "R-1"}


# --- check low stock


@case_of("check_low_stock")
def nothing_is_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    return {}


@case_of("check_low_stock")
def two_alerts_are_overdue_and_a_level_was_written_by_hand(shop: Shop) -> Event:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=10, low_stock_threshold=5)
        shop.sells((product, 6))
    shop.has_by_hand("P-3", on_hand=0, low_stock_threshold=5)
    return {}


@case_of("check_low_stock")
def a_tool_restocked_a_level_without_its_flag(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    row = to_attributes(level_item(replace(level, low_stock_alerted=True)))
    shop.client.put_item(TableName=shop.tables.inventory, Item=row)
    return {}


# --- imports


def uploaded(shop: Shop, *rows: str, mode: Mode = Mode.ALL_OR_NONE) -> Event:
    """Upload a catalogue with these rows, and return the event that EventBridge sends."""
    import_id = shop.uploads(HEADER + "\n".join(rows), mode)
    return {"detail": {"bucket": {"name": "imports"}, "object": {"key": f"uploads/{import_id}.csv"}}}


@case_of("import_catalogue")
def a_file_has_new_changed_and_unchanged_levels_and_a_bad_row(shop: Shop) -> Event:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=9, low_stock_threshold=5)
    shop.holds(("P-1", 2))
    return uploaded(
        shop,
        "P-1,main,Mug,kitchen,1,5",  # less than is reserved
        "P-2,main,Mug,kitchen,4,5",  # becomes low
        "P-3,main,Cup,kitchen,9,5",  # gets another name
        "P-4,main,Mug,kitchen,many,5",
        "P-5,main,Mug,kitchen,7,5",
        mode=Mode.GOOD_ROWS,
    )


@case_of("import_catalogue")
def a_file_without_changes(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    return uploaded(shop, "P-1,main,Mug,kitchen,9,5")


@case_of("import_catalogue")
def a_file_is_refused_for_one_bad_row(shop: Shop) -> Event:
    return uploaded(shop, "P-1,main,Mug,kitchen,9,5", "P-2,main,Mug,kitchen,many,5")


@case_of("import_catalogue")
def a_file_is_only_checked(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    return uploaded(shop, "P-1,main,Mug,kitchen,4,5", "P-2,main,Mug,kitchen,9,5", mode=Mode.CHECK)


@case_of("import_catalogue")
def a_file_is_applied_by_a_second_run_after_a_sale(shop: Shop) -> Event:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=9, low_stock_threshold=5)
    event = uploaded(shop, "P-1,main,Mug,kitchen,9,5", "P-2,main,Mug,kitchen,8,5", "P-3,main,Mug,kitchen,0,5")
    shop.now = lambda: BEFORE + timedelta(minutes=1)
    shop.sells(("P-1", 2))
    return event


@case_of("import_catalogue")
def an_export_is_asked_for(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    shop.stocks("P-2", on_hand=9, category="table")
    return {"detail": {"bucket": {"name": "imports"}, "object": {"key": f"export-requests/{shop.asks_for_export()}"}}}


@case_of("import_catalogue")
def an_export_of_a_category_is_asked_for(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    export_id = shop.asks_for_export(category="kitchen")
    return {"detail": {"bucket": {"name": "imports"}, "object": {"key": f"export-requests/{export_id}"}}}


# --- reconcile holds


@case_of("reconcile_holds")
def nothing_is_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2))
    return {}


@case_of("reconcile_holds")
def a_hold_and_a_payment_are_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.holds(("P-1", 2), hold_seconds=60)
    shop.pays(shop.holds(("P-1", 6), hold_seconds=61))
    return {}


@case_of("reconcile_holds")
def a_signal_and_a_notification_are_pending(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.signals.result = "FAILED"
    shop.cancels(shop.holds(("P-1", 2)))
    cancelled = shop.holds(("P-1", 2))
    shop.cancels(cancelled)
    shop.topics.working = False
    with suppress(TransientError):
        shop.pays(cancelled)
    return {}


@case_of("reconcile_holds")
def payments_of_the_first_edition_are_in_the_row_of_their_reservation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.sells(("P-1", 2))
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"], to_announce=["PAY-3", "PAY-4"])
    return {}


# --- failed executions


def ended(status: str = "FAILED", **more: Any) -> Event:
    """The event that EventBridge sends when an execution did not succeed."""
    detail = {
        "executionArn": "arn:aws:states:us-east-1:123456789012:execution:reservation:R-1",
        "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:reservation",
        "name": "R-1",
        "status": status,
        "startDate": int(BEFORE.timestamp() * 1000),
        "stopDate": int(BEFORE.timestamp() * 1000) + 300,
        "input": json.dumps({"order_id": "O-1", "lines": []}),
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
        "error": "InvalidReservation",
        "cause": "lines: must have at least 1 entry",
    }
    return {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail | more}


@case_of("record_failed_execution")
def an_execution_failed_without_a_reservation(shop: Shop) -> Event:
    return ended()


@case_of("record_failed_execution")
def the_execution_of_a_paid_reservation_was_stopped(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 2), hold_seconds=3600))
    return ended("ABORTED", error=None, cause=None)


# --- over HTTP


@case_of("storefront_api")
def a_shopper_reads_a_product(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return over_http("GET", "/inventory/P-1")


@case_of("checkout_api")
def a_checkout_is_repeated(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 2), reservation_id="R-1")
    return over_http("POST", "/reservations", checkout(("P-1", 2))["request"], key="R-1")


@case_of("checkout_api")
def a_checkout_asks_for_a_product_that_does_not_exist(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return over_http("POST", "/reservations", checkout(("P-9", 2))["request"], key="R-1")


@case_of("checkout_api")
def a_payment_is_reported(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1")
    return over_http("POST", "/reservations/R-1/payment", {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"})


@case_of("checkout_api")
def a_reservation_is_cancelled(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", customer_id="C-1")
    return over_http("DELETE", "/reservations/R-1")


def a_cart(*lines: tuple[str, int]) -> Event:
    """The event with which a checkout service changes R-1."""
    content = {"lines": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]}
    return over_http("PATCH", "/reservations/R-1", content, key="cart-2")


@case_of("checkout_api")
def a_cart_changes(shop: Shop) -> Event:
    for product in ("P-1", "P-2", "P-3", "P-4"):
        shop.stocks(product, on_hand=5)
    shop.holds(("P-1", 2), ("P-2", 2), ("P-3", 2), reservation_id="R-1", customer_id="C-1")
    return a_cart(("P-1", 4), ("P-2", 2), ("P-4", 1))


@case_of("checkout_api")
def a_cart_shrinks(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", customer_id="C-1")
    return a_cart(("P-1", 1))


@case_of("checkout_api")
def a_cart_changes_and_is_short(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1")
    return a_cart(("P-1", 6))


@case_of("checkout_api")
def a_cart_changes_after_its_payment(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 2), reservation_id="R-1"))
    return a_cart(("P-1", 1))


def returned(*lines: tuple[str, int], disposition: str = "RESTOCK") -> Event:
    """The event with which a shop takes sold units back."""
    content = {"lines": [{"product_id": product, "quantity": quantity} for product, quantity in lines]}
    more = {"disposition": disposition, "reference": "RMA-1"}
    return over_http("POST", "/reservations/R-1/returns", content | more, key="return-1")


@case_of("checkout_api")
def sold_units_of_two_levels_are_restocked(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    shop.sold(("P-1", 2), ("P-2", 1), reservation_id="R-1")
    return returned(("P-1", 1), ("P-2", 1))


@case_of("checkout_api")
def more_units_are_returned_than_were_sold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sold(("P-1", 2), reservation_id="R-1")
    return returned(("P-1", 3))


@case_of("checkout_api")
def dispatched_and_undispatched_units_are_returned_at_once(shop: Shop) -> Event:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=5)
    shop.dispatches(shop.sold(("P-1", 3), reservation_id="R-1"), ("P-1", 1), reference="PARCEL-1")
    return returned(("P-1", 2))


@case_of("checkout_api")
def undispatched_units_are_discarded(shop: Shop) -> Event:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=5)
    shop.sold(("P-1", 3), reservation_id="R-1")
    return returned(("P-1", 3), disposition="DISCARD")


@case_of("checkout_api")
def all_units_of_a_sale_are_dispatched(shop: Shop) -> Event:
    shop.tracks_dispatch = True
    shop.stocks("P-1", on_hand=5)
    shop.sold(("P-1", 3), reservation_id="R-1")
    return over_http("POST", "/reservations/R-1/dispatches", {"reference": "PARCEL-1"})


@case_of("checkout_api")
def units_are_dispatched_that_left_with_their_sale(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sold(("P-1", 3), reservation_id="R-1")
    return over_http("POST", "/reservations/R-1/dispatches", {"reference": "PARCEL-1"})


def by_machine(*changes: Event) -> Event:
    """The event with which a machine sends changes of stock."""
    return over_http("POST", "/stock/changes", {"changes": list(changes)}, key="night-1")


def of_mugs(kind: str, product_id: str = "P-1", **more: Any) -> Event:
    """One change of stock in the main warehouse."""
    return {"product_id": product_id, "warehouse_id": "main", "kind": kind} | more


@case_of("stock_feed_api")
def a_till_sells_and_the_level_becomes_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    return by_machine(of_mugs("SOLD_ELSEWHERE", delta=-5))


@case_of("stock_feed_api")
def a_count_follows_a_delivery_of_its_level(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9)
    return by_machine(of_mugs("RECEIVED", delta=3), of_mugs("COUNTED", on_hand=7))


@case_of("stock_feed_api")
def a_count_creates_a_level_and_an_edit_names_another(shop: Shop) -> Event:
    shop.stocks("P-2", on_hand=9)
    return by_machine(of_mugs("COUNTED", on_hand=7), of_mugs("DESCRIBED", "P-2", name="Cup"))


@case_of("stock_feed_api")
def a_count_changes_nothing_and_a_sale_is_short(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9)
    return by_machine(of_mugs("COUNTED", on_hand=9), of_mugs("SOLD_ELSEWHERE", delta=-10))


@case_of("admin_api")
def a_delivery_is_added(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    content = {"delta": 7, "reason": BY_HAND.reason}
    return over_http("POST", "/admin/inventory/P-1/main/adjustments", content, key="delivery-1")


@case_of("admin_api")
def units_break_and_the_level_becomes_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"delta": -7, "reason": BY_HAND.reason}
    return over_http("POST", "/admin/inventory/P-1/main/adjustments", content, key="breakage-1")


@case_of("admin_api")
def an_edit_of_the_units(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 6, "name": "Cup", "category": "kitchen", "low_stock_threshold": 2, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@case_of("admin_api")
def an_edit_of_the_name_alone(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 9, "name": "Cup", "category": "kitchen", "low_stock_threshold": 5, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@case_of("admin_api")
def an_edit_of_the_threshold_makes_the_level_low(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 9, "name": "Mug", "category": "kitchen", "low_stock_threshold": 9, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@case_of("admin_api")
def a_level_is_retired(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9)
    content = {"on_hand": 9, "name": "Mug", "category": "kitchen", "low_stock_threshold": 0, "active": False}
    return over_http("PUT", "/admin/inventory/P-1/main", content | {"reason": BY_HAND.reason}, version=level.version)


@case_of("admin_api")
def an_empty_level_is_deleted(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=3)
    shop.sells(("P-1", 3), reservation_id="R-1")
    return over_http("DELETE", "/admin/level", version=2, product_id="P-1", warehouse_id="main")


@case_of("admin_api")
def units_break_in_two_shards(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    shop.spreads(2)
    content = {"delta": -7, "reason": BY_HAND.reason}
    return over_http("POST", "/admin/level/adjustments", content, key="breakage-1", **LEVEL)


@case_of("admin_api")
def a_spread_level_is_retired_with_another_count_and_threshold(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9)
    level = shop.spreads(2)
    content = {"on_hand": 7, "name": "Mug", "category": "kitchen", "low_stock_threshold": 8, "active": False}
    return over_http("PUT", "/admin/level", content | {"reason": BY_HAND.reason}, version=level.version, **LEVEL)


@case_of("admin_api")
def a_hold_is_released_by_hand(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", customer_id="C-1")
    return over_http("POST", "/admin/reservations/R-1/release", {"reason": "the shopper called"})


@case_of("admin_api")
def a_payment_is_returned(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 2), reservation_id="R-1")
    shop.pays("R-1", "PAY-2")
    content = {"payment_reference": "PAY-2", "reference": "REFUND-1"}
    return over_http("POST", "/admin/reservations/R-1/refunds", content)
