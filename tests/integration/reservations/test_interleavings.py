"""Interleavings: another change happens between a read and its write, and the conditional write detects it."""

import json
from collections.abc import Callable

import pytest

from inventory.errors import AlreadyDecided, BelowReserved
from inventory.model import Reservation
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.fault_injection import just_before
from tests.support.shop import TASK_TOKEN, Shop

WRITE = "TransactWriteItems"


# --- cancelling and releasing


def test_an_execution_that_starts_to_wait_during_a_cancellation_is_signalled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    with just_before(shop.client, WRITE, lambda: shop.waits(reservation)):
        cancelled = shop.cancels(reservation)

    assert cancelled.status == "RELEASED"
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]


def test_a_payment_during_a_cancellation_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    with just_before(shop.client, WRITE, lambda: shop.pays(reservation)):
        unchanged = shop.cancels(reservation)

    assert unchanged.status == "PAID"
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    shop.adds_up()


def test_a_payment_during_a_timeout_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    with just_before(shop.client, WRITE, lambda: shop.pays(reservation)):
        unchanged = shop.times_out(reservation)

    assert unchanged.status == "PAID"
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_a_timeout_during_a_cancellation_sets_the_reason(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    with just_before(shop.client, WRITE, lambda: shop.times_out(reservation)):
        cancelled = shop.cancels(reservation)

    assert cancelled.reason == "EXPIRED"
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_an_execution_that_starts_to_wait_during_a_payment_is_signalled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    with just_before(shop.client, "UpdateItem", lambda: shop.waits(reservation)):
        shop.pays(reservation)

    assert shop.signals.sent == [("paid", TASK_TOKEN)]


@pytest.mark.parametrize(
    ("operation", "call"), [("UpdateItem", 1), ("TransactWriteItems", 1), ("PutItem", 1), ("UpdateItem", 2)]
)
def test_a_surplus_payment_that_two_runs_record_is_announced(shop: Shop, operation: str, call: int) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation, "PAY-1")
    shop.commits(reservation)

    with just_before(shop.client, operation, lambda: shop.pays(reservation, "PAY-2"), call=call):
        payment = shop.pays(reservation, "PAY-2")

    assert not payment.fulfilled
    assert {json.loads(announcement.message)["payment_reference"] for announcement in shop.topics.operations} == {
        "PAY-2"
    }
    assert shop.reservation(reservation).notify_since is None


# --- extending


def test_an_execution_that_starts_to_wait_during_an_extension_is_signalled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    with just_before(shop.client, "UpdateItem", lambda: shop.waits(reservation)):
        shop.extends(reservation)

    assert shop.signals.sent == [("extended", TASK_TOKEN)]


@pytest.mark.parametrize("end", [Shop.pays, Shop.times_out, Shop.cancels])
def test_a_decision_during_an_extension_is_kept(shop: Shop, end: Callable[[Shop, Reservation], object]) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    decided: list[Reservation] = []

    def decide() -> None:
        end(shop, reservation)
        decided.append(shop.reservation(reservation))

    with just_before(shop.client, "UpdateItem", decide), pytest.raises(AlreadyDecided):
        shop.extends(reservation)

    assert [shop.reservation(reservation)] == decided
    assert ("extended", TASK_TOKEN) not in shop.signals.sent


# --- reserving and paying late


def test_a_delivery_during_a_rejection_does_not_undo_it(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)

    with just_before(shop.client, "PutItem", lambda: shop.adjusts(+10)):
        rejected = shop.reserves(("P-1", 2))

    assert rejected.status == shop.reservation(rejected).status == "REJECTED"
    shop.adds_up()


def test_a_retry_that_holds_during_a_rejection_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)

    def another_run_holds_after_a_delivery() -> None:
        shop.adjusts(+10)
        shop.reserves(("P-1", 2), reservation_id="R-1")

    with just_before(shop.client, "PutItem", another_run_holds_after_a_delivery):
        reservation = shop.reserves(("P-1", 2), reservation_id="R-1")

    assert reservation.status == "HELD"
    assert shop.level("P-1").reserved == 2
    shop.adds_up()


def test_units_that_are_reserved_during_a_rescue_are_not_sold_twice(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)

    with just_before(shop.client, WRITE, lambda: shop.reserves(("P-1", 1))):
        payment = shop.pays(reservation)

    assert (payment.fulfilled, payment.reservation.status) == (False, "UNFULFILLED")
    shop.adds_up()


def test_of_two_payments_during_a_rescue_the_slower_one_is_announced(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)

    with just_before(shop.client, WRITE, lambda: shop.pays(reservation, "PAY-2")):
        payment = shop.pays(reservation, "PAY-1")

    assert not payment.fulfilled
    assert shop.reservation(reservation).payment_reference == "PAY-2"
    assert [json.loads(message.message)["payment_reference"] for message in shop.topics.operations] == ["PAY-1"]
    shop.adds_up()


# --- stock and alerts


def test_units_that_are_reserved_during_an_adjustment_are_not_removed(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)

    with just_before(shop.client, WRITE, lambda: shop.reserves(("P-1", 2))), pytest.raises(BelowReserved):
        shop.adjusts(-2)

    shop.adds_up()


def test_a_sale_during_an_adjustment_is_not_overwritten(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, WRITE, lambda: shop.sells(("P-1", 2))):
        adjusted = shop.adjusts(+5)

    assert adjusted.on_hand == shop.level("P-1").on_hand == 13
    shop.adds_up()


def test_a_count_overrides_a_sale_during_the_count(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, WRITE, lambda: shop.sells(("P-1", 2))):
        counted = shop.stocks("P-1", on_hand=9)

    assert counted.on_hand == shop.level("P-1").on_hand == 9
    shop.adds_up()


def test_an_edit_overrides_a_sale_during_the_edit(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, WRITE, lambda: shop.sells(("P-1", 2))):
        renamed = shop.stocks("P-1", on_hand=10, name="Cup")

    assert (renamed.name, renamed.on_hand) == ("Cup", 10)
    assert sorted(movement["kind"] for movement in shop.rows(shop.tables.movements)) == ["COUNTED", "RECEIVED", "SOLD"]
    shop.adds_up()


def test_a_hold_during_an_edit_is_kept(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    with just_before(shop.client, WRITE, lambda: shop.reserves(("P-1", 2))):
        renamed = shop.stocks("P-1", on_hand=10, name="Cup")

    assert (renamed.name, renamed.available) == ("Cup", 8)
    shop.adds_up()


@pytest.mark.parametrize(("operation", "call"), [("BatchGetItem", 1), ("BatchGetItem", 2), (WRITE, 1)])
def test_an_adjustment_that_two_runs_make_is_made_once(shop: Shop, operation: str, call: int) -> None:
    shop.stocks("P-1", on_hand=7)

    with just_before(shop.client, operation, lambda: shop.adjusts(-5, request_id="DAMAGE-1"), call=call):
        adjusted = shop.adjusts(-5, request_id="DAMAGE-1")

    assert adjusted.on_hand == shop.level("P-1").on_hand == 2
    shop.adds_up()


def test_a_delivery_during_a_claim_leaves_nothing_to_alert(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)

    with just_before(shop.client, "UpdateItem", lambda: shop.adjusts(+10)):
        _, alerts = shop.commits(reservation)

    assert alerts == []
    assert not shop.level("P-1").low_stock_alerted


def test_a_crossing_during_an_adjustment_that_restocks_leaves_no_alert(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    with just_before(shop.client, WRITE, lambda: shop.sells(("P-1", 3))):
        shop.adjusts(+10)

    level = shop.level("P-1")
    assert (level.on_hand, level.low_stock_alerted, level.low_stock_alert_by) == (14, False, None)


def test_an_alert_that_another_check_claims_is_not_sent_by_this_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.sells(("P-1", 3))

    with just_before(shop.client, "UpdateItem", lambda: shop.checks_low_stock(later=2 * OVERDUE)):
        sent = shop.checks_low_stock(later=2 * OVERDUE)

    assert sent == 0
    assert len(shop.topics.low_stock) == 1


def test_an_alert_that_is_settled_during_the_check_is_not_sent_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    alerts = shop.sells(("P-1", 3))

    with just_before(shop.client, "UpdateItem", lambda: shop.publishes(alerts)):
        sent = shop.checks_low_stock(later=2 * OVERDUE)

    assert sent == 0
    assert len(shop.topics.low_stock) == 1
