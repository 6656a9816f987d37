"""Every outcome of a checkout without faults."""

from datetime import datetime, timedelta

import pytest

from inventory.model import Status, iso
from tests.support.shop import Shop
from tests.support.waiting import until
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkout, Checkouts, ExecutionResult
from tests.support.workflow.cloud import Cloud


def test_a_paid_checkout_is_committed_in_five_states(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3), order_id="O-1", customer_id="C-1").waits()
    payment = checkout.is_paid()
    result = checkout.ends()

    level = shop.level("P-1")
    assert payment["fulfilled"]
    assert result.status == "SUCCEEDED"
    assert result.output == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "COMMITTED",
        "reason": None,
        "shortages": [],
    }
    assert result.states == ["ReserveStock", "IsStockReserved", "AwaitPayment", "CommitStock", "AlertLowStock"]
    assert (level.on_hand, level.available, level.reserved) == (7, 7, 0)
    assert not cloud.calls["PublishLowStock"]


def test_a_checkout_without_enough_stock_is_rejected_in_three_states_with_every_shortage(
    shop: Shop, checkouts: Checkouts
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=1)
    shop.stocks("P-3", on_hand=0)

    result = checkouts.starts(("P-1", 1), ("P-2", 2), ("P-3", 3)).ends()

    assert result.output == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "REJECTED",
        "reason": None,
        "shortages": [
            {"product_id": "P-2", "warehouse_id": None, "requested": 2, "available": 1},
            {"product_id": "P-3", "warehouse_id": None, "requested": 3, "available": 0},
        ],
    }
    assert result.states == ["ReserveStock", "IsStockReserved", "ReservationRejected"]
    assert shop.level("P-1").available == 10


def test_a_part_of_a_checkout_is_held_paid_and_sold_and_its_shortages_are_in_the_output(
    shop: Shop, checkouts: Checkouts
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=1)

    checkout = checkouts.starts(("P-1", 3), ("P-2", 2), accept="PARTIAL").waits()
    payment = checkout.is_paid()
    result = checkout.ends()

    shortage = {"product_id": "P-2", "warehouse_id": None, "requested": 2, "available": 1}
    assert (payment["fulfilled"], payment["shortages"]) == (True, [shortage])
    assert (result.output["status"], result.output["shortages"]) == ("COMMITTED", [shortage])
    assert result.states[:5] == ["ReserveStock", "IsStockReserved", "AwaitPayment", "CommitStock", "AlertLowStock"]
    assert [shop.level(name).on_hand for name in ("P-1", "P-2")] == [7, 0]
    shop.adds_up()


def test_nothing_of_a_checkout_of_which_a_part_is_accepted_is_rejected_in_three_states(
    shop: Shop, checkouts: Checkouts
) -> None:
    shop.stocks("P-1", on_hand=0)

    result = checkouts.starts(("P-1", 3), accept="PARTIAL").ends()

    assert (result.output["status"], len(result.output["shortages"])) == ("REJECTED", 1)
    assert result.states == ["ReserveStock", "IsStockReserved", "ReservationRejected"]


def test_a_checkout_beyond_the_hold_limit_is_rejected_in_three_states(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=5_000)

    held = checkouts.starts(("P-1", 1_000), customer_id="C-1").waits()
    result = checkouts.starts(("P-1", 1), customer_id="C-1").ends()
    held.is_paid()
    sold = held.ends()

    assert result.status == "SUCCEEDED"
    assert result.output == {
        "reservation_id": "R-2",
        "execution_name": "R-2",
        "status": "REJECTED",
        "reason": "HOLD_LIMIT_REACHED",
        "shortages": [],
    }
    assert result.states == ["ReserveStock", "IsStockReserved", "ReservationRejected"]
    assert sold.output["status"] == "COMMITTED"
    assert checkouts.starts(("P-1", 1), customer_id="C-1").waits().is_cancelled()["status"] == "RELEASED"


def test_an_unpaid_checkout_expires_in_six_states(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    result = checkouts.starts(("P-1", 3), hold_seconds=1).ends()

    assert result.output == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "shortages": [],
    }
    assert result.states == [
        "ReserveStock",
        "IsStockReserved",
        "AwaitPayment",
        "ReleaseStock",
        "RouteOutcome",
        "ReservationReleased",
    ]
    assert waited(result) >= 1
    assert shop.level("P-1").available == 10


def test_a_declined_payment_releases_at_once(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3)).waits()
    payment = checkout.is_declined()
    available_at_once = shop.level("P-1").available
    result = checkout.ends()

    assert not payment["fulfilled"]
    assert available_at_once == 10
    assert result.output["reason"] == "PAYMENT_FAILED"


def test_a_declined_payment_that_will_be_retried_keeps_the_hold(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3)).waits()
    declined = checkout.is_declined(retry=True)
    checkout.is_paid()

    assert (declined["status"], declined["fulfilled"]) == ("HELD", False)
    assert checkout.ends().output["status"] == "COMMITTED"


def test_a_cancelled_checkout_releases_at_once(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_cancelled()
    available_at_once = shop.level("P-1").available
    result = checkout.ends()

    assert available_at_once == 10
    assert result.output["reason"] == "CANCELLED"


def test_an_extended_hold_can_be_paid_after_its_first_end(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3), hold_seconds=3).waits()
    first_end = held_until(shop)
    extend_until(first_end + timedelta(seconds=4), checkout)
    checkout.is_paid()
    result = checkout.ends()

    assert result.output["status"] == "COMMITTED"
    assert "ReleaseStock" not in result.states
    assert times(result)["TaskStateExited", "AwaitPayment"] > first_end


def test_an_extended_hold_expires_one_hold_later(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=10)

    checkout = checkouts.starts(("P-1", 3), hold_seconds=3).waits()
    extend_until(held_until(shop) + timedelta(seconds=1), checkout)
    new_end = held_until(shop)
    result = checkout.ends()

    assert result.output["reason"] == "EXPIRED"
    assert times(result)["TaskStateExited", "AwaitPayment"] >= new_end


def test_no_extension_exceeds_the_longest_hold(
    shop: Shop, checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10)
    monkeypatch.setenv("LONGEST_HOLD_SECONDS", "3")
    functions.cold_start()

    checkout = checkouts.starts(("P-1", 3), hold_seconds=2).waits()
    until(lambda: "error" in checkout.is_extended(), "the hold cannot be extended any more", within_seconds=60)
    result = checkout.ends()

    assert checkout.is_extended()["error"]["code"] == "ALREADY_DECIDED"
    assert result.output["reason"] == "EXPIRED"
    assert 3 <= waited(result) < 10


def test_concurrent_checkouts_hold_no_more_units_than_there_are(shop: Shop, checkouts: Checkouts) -> None:
    shop.stocks("P-1", on_hand=5)

    rivals = [checkouts.starts(("P-1", 1)) for _ in range(8)]
    until(lambda: len(shop.rows(shop.tables.reservations)) == 8, "all are decided", within_seconds=60)
    for rival in rivals:
        if shop.reservation(rival.reservation_id).status is Status.HELD:
            rival.waits().is_paid()
    outcomes = [rival.ends().output["status"] for rival in rivals]

    assert sorted(outcomes) == ["COMMITTED"] * 5 + ["REJECTED"] * 3
    assert shop.level("P-1").on_hand == 0


def held_until(shop: Shop) -> datetime:
    """When the hold of the first checkout ends."""
    return datetime.fromisoformat(str(shop.reservation("R-1").held_until))


def extend_until(end: datetime, checkout: Checkout) -> None:
    """Extend a hold repeatedly until it ends at this time or later."""
    until(lambda: checkout.is_extended()["held_until"] >= iso(end), f"the hold lasts until {end}", within_seconds=60)


def times(result: ExecutionResult) -> dict[tuple[str, str], datetime]:
    """The last time at which an execution entered and exited each state."""
    return {
        (event["type"], details["name"]): event["timestamp"]
        for event in result.history
        if (details := event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails"))
    }


def waited(result: ExecutionResult) -> float:
    """How many seconds an execution was in AwaitPayment."""
    wait = times(result)["TaskStateExited", "AwaitPayment"] - times(result)["TaskStateEntered", "AwaitPayment"]
    return wait.total_seconds()
