"""What every function is called for: what happened in the shop before, and what the caller sends."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inventory.aws.dynamodb import to_attributes
from inventory.errors import TransientError
from inventory.imports.report import Mode
from inventory.items import level_item
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.http.gateway import proxy_event
from tests.support.shop import BY_HAND, Shop

Event = dict[str, Any]

# What happened before the call happened then; the call comes when alerts owed since are overdue, and holds go on.
BEFORE = datetime.fromisoformat("2026-03-01T12:00:00Z")
NOW = BEFORE + OVERDUE


@dataclass(frozen=True)
class Scene:
    """One call of one function."""

    function: str
    story: Callable[[Shop], Event]

    def prepare(self, shop: Shop) -> Event:
        """Let happen what happened before."""
        shop.now = lambda: BEFORE
        return self.story(shop)

    def __str__(self) -> str:
        return f"{self.function}: {self.story.__name__.replace('_', ' ')}"


SCENES: list[Scene] = []
SCHEDULED = {"check_low_stock", "reconcile_holds"}


def calls(function: str) -> Callable[[Callable[[Shop], Event]], Callable[[Shop], Event]]:
    """Add a story that ends with a call of this function."""

    def adding(story: Callable[[Shop], Event]) -> Callable[[Shop], Event]:
        SCENES.append(Scene(function, story))
        return story

    return adding


def checkout(*lines: tuple[str, int], **more: Any) -> Event:
    """A checkout as the workflow passes it on."""
    content = {"lines": [{"product_id": product, "quantity": quantity} for product, quantity in lines]}
    return {"reservation_id": "R-1", "request": content | more}


def payment(outcome: str = "SUCCEEDED", **more: Any) -> Event:
    """What a checkout service reports of a payment."""
    reference = {"payment_reference": "PAY-1"} if outcome == "SUCCEEDED" else {}
    return {"reservation_id": "R-1", "outcome": outcome} | reference | more


def over_http(method: str, path: str, content: Any = None, *, key: str | None = None, version: int = 0) -> Event:
    """A call of the API, by an inventory manager where it matters."""
    headers = {"Idempotency-Key": key} if key else {"If-Match": str(version)} if version else {}
    claims = {"cognito:username": BY_HAND.actor, "cognito:groups": "inventory-managers"}
    return proxy_event(method, path, json.dumps(content) if content else None, headers, {}, claims)


# --- reserve


@calls("reserve_stock")
def everything_is_available(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    return checkout(("P-1", 2), ("P-2", 5), ("P-1", 3))


@calls("reserve_stock")
def a_line_is_short(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    return checkout(("P-1", 2), ("P-2", 6))


@calls("reserve_stock")
def a_product_is_unknown(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return checkout(("P-1", 2), ("P-9", 1))


@calls("reserve_stock")
def the_id_was_used_for_another_cart(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 1), reservation_id="R-1")
    return checkout(("P-1", 2))


@calls("reserve_stock")
def a_customer_holds_something_already(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 1), reservation_id="R-2", customer_id="C-1")
    return checkout(("P-1", 2), customer_id="C-1")


@calls("reserve_stock")
def a_customer_holds_as_much_as_one_may(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5_000)
    shop.holds(("P-1", 1_000), reservation_id="R-2", customer_id="C-1")
    return checkout(("P-1", 2), customer_id="C-1")


# --- commit


@calls("commit_stock")
def a_sale_to_a_customer(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.pays(shop.holds(("P-1", 2), customer_id="C-1"))
    return {"reservation_id": "R-1"}


@calls("commit_stock")
def a_sale_leaves_enough(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.pays(shop.holds(("P-1", 2)))
    return {"reservation_id": "R-1"}


@calls("commit_stock")
def a_sale_makes_two_levels_low(shop: Shop) -> Event:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=10, low_stock_threshold=0 if product == "P-3" else 5)
    shop.pays(shop.holds(("P-1", 5), ("P-2", 10), ("P-3", 5)))
    return {"reservation_id": "R-1"}


# --- release


@calls("release_stock")
def the_hold_ran_out(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    shop.holds(("P-1", 2), ("P-2", 5))
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@calls("release_stock")
def the_hold_of_a_customer_ran_out(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), customer_id="C-1")
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


@calls("release_stock")
def a_payment_won_the_race(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 2)))
    return {"reservation_id": "R-1", "reason": "EXPIRED"}


# --- payments


@calls("record_payment")
def it_comes_in_time(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2))
    return payment()


@calls("record_payment")
def it_comes_before_the_wait_began(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 2))
    return payment()


@calls("record_payment")
def it_comes_late_and_makes_two_levels_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.stocks("P-2", on_hand=10, low_stock_threshold=5)
    shop.times_out(shop.holds(("P-1", 5), ("P-2", 6)))
    return payment()


@calls("record_payment")
def it_comes_when_the_units_are_gone(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3)))
    shop.holds(("P-1", 3))
    return payment()


@calls("record_payment")
def it_comes_after_a_cancellation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.cancels(shop.holds(("P-1", 3)))
    return payment()


@calls("record_payment")
def it_is_the_second_of_a_sale(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 3))
    return payment(payment_reference="PAY-2")


@calls("record_payment")
def it_is_for_a_rejected_reservation(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 6))
    return payment()


@calls("record_payment")
def it_is_declined(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return payment("FAILED")


@calls("record_payment")
def it_is_declined_for_a_customer(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3), customer_id="C-1")
    return payment("FAILED")


@calls("record_payment")
def it_comes_late_of_a_customer_who_holds_more_by_now(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.times_out(shop.holds(("P-1", 3), reservation_id="R-1", customer_id="C-1"))
    shop.holds(("P-1", 1), reservation_id="R-2", customer_id="C-1")
    return payment()


@calls("record_payment")
def it_is_declined_and_will_be_tried_again(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return payment("FAILED", retry=True)


@calls("record_payment")
def there_is_no_such_reservation(shop: Shop) -> Event:
    return payment()


# --- cancel and extend


@calls("cancel_reservation")
def the_shopper_gives_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return {"reservation_id": "R-1"}


@calls("cancel_reservation")
def a_customer_gives_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3), customer_id="C-1")
    return {"reservation_id": "R-1"}


@calls("cancel_reservation")
def the_shopper_gives_up_before_the_wait_began(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 3))
    return {"reservation_id": "R-1"}


@calls("cancel_reservation")
def it_was_paid_before(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 3)))
    return {"reservation_id": "R-1"}


@calls("extend_hold")
def the_shopper_needs_longer(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 3))
    return {"reservation_id": "R-1"}


@calls("extend_hold")
def the_shopper_had_given_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.cancels(shop.holds(("P-1", 3)))
    return {"reservation_id": "R-1"}


# --- the check


@calls("check_low_stock")
def nothing_is_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    return {}


@calls("check_low_stock")
def two_alerts_are_overdue_and_a_level_was_written_by_hand(shop: Shop) -> Event:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=10, low_stock_threshold=5)
        shop.sells((product, 6))
    shop.has_by_hand("P-3", on_hand=0, low_stock_threshold=5)
    return {}


@calls("check_low_stock")
def a_tool_filled_up_a_level_and_left_its_flag(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    row = to_attributes(level_item(replace(level, low_stock_alerted=True)))
    shop.client.put_item(TableName=shop.tables.inventory, Item=row)
    return {}


# --- imports


def uploaded(shop: Shop, *rows: str, mode: Mode = Mode.ALL_OR_NONE) -> Event:
    """What EventBridge tells of a catalogue with these rows."""
    header = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold"
    import_id = shop.uploads("\n".join((header, *rows)), mode)
    return {"detail": {"bucket": {"name": "imports"}, "object": {"key": f"uploads/{import_id}.csv"}}}


@calls("import_catalogue")
def a_file_has_new_changed_and_equal_levels_and_a_bad_row(shop: Shop) -> Event:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=9, low_stock_threshold=5)
    shop.holds(("P-1", 2))
    return uploaded(
        shop,
        "P-1,main,Mug,kitchen,1,5",  # less than is reserved
        "P-2,main,Mug,kitchen,4,5",  # low by it
        "P-3,main,Cup,kitchen,9,5",  # called otherwise
        "P-4,main,Mug,kitchen,many,5",
        "P-5,main,Mug,kitchen,7,5",
        mode=Mode.GOOD_ROWS,
    )


@calls("import_catalogue")
def a_file_that_is_equal_to_what_there_is(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    return uploaded(shop, "P-1,main,Mug,kitchen,9,5")


@calls("import_catalogue")
def one_bad_row_keeps_all_out(shop: Shop) -> Event:
    return uploaded(shop, "P-1,main,Mug,kitchen,9,5", "P-2,main,Mug,kitchen,many,5")


@calls("import_catalogue")
def a_file_is_only_checked(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    return uploaded(shop, "P-1,main,Mug,kitchen,4,5", "P-2,main,Mug,kitchen,9,5", mode=Mode.CHECK)


# --- the reconciliation


@calls("reconcile_holds")
def nothing_is_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2))
    return {}


@calls("reconcile_holds")
def a_hold_and_a_payment_are_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=5)
    shop.holds(("P-1", 2), hold_seconds=60)
    shop.pays(shop.holds(("P-1", 6), hold_seconds=61))
    return {}


@calls("reconcile_holds")
def a_signal_and_an_announcement_are_owed(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=10)
    shop.signals.result = "FAILED"
    shop.cancels(shop.holds(("P-1", 2)))
    cancelled = shop.holds(("P-1", 2))
    shop.cancels(cancelled)
    shop.topics.working = False
    with suppress(TransientError):
        shop.pays(cancelled)
    return {}


# --- over HTTP


@calls("storefront_api")
def a_shopper_looks(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return over_http("GET", "/inventory/P-1")


@calls("checkout_api")
def a_checkout_is_sent_again(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 2), reservation_id="R-1")
    return over_http("POST", "/reservations", checkout(("P-1", 2))["request"], key="R-1")


@calls("checkout_api")
def a_payment_is_reported(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1")
    return over_http("POST", "/reservations/R-1/payment", {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"})


@calls("checkout_api")
def a_shopper_gives_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", customer_id="C-1")
    return over_http("DELETE", "/reservations/R-1")


@calls("admin_api")
def a_delivery_is_added(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    content = {"delta": 7, "reason": BY_HAND.reason}
    return over_http("POST", "/admin/inventory/P-1/main/adjustments", content, key="delivery-1")


@calls("admin_api")
def units_break_and_the_level_becomes_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"delta": -7, "reason": BY_HAND.reason}
    return over_http("POST", "/admin/inventory/P-1/main/adjustments", content, key="breakage-1")


@calls("admin_api")
def an_edit_of_what_was_counted(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 6, "name": "Cup", "category": "kitchen", "low_stock_threshold": 2, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@calls("admin_api")
def an_edit_of_the_name_alone(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 9, "name": "Cup", "category": "kitchen", "low_stock_threshold": 5, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@calls("admin_api")
def an_edit_of_the_threshold_by_which_the_level_is_low(shop: Shop) -> Event:
    level = shop.stocks("P-1", on_hand=9, low_stock_threshold=5)
    content = {"on_hand": 9, "name": "Mug", "category": "kitchen", "low_stock_threshold": 9, "reason": BY_HAND.reason}
    return over_http("PUT", "/admin/inventory/P-1/main", content, version=level.version)


@calls("admin_api")
def a_hold_is_released_by_hand(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1", customer_id="C-1")
    return over_http("POST", "/admin/reservations/R-1/release", {"reason": "the shopper called"})
