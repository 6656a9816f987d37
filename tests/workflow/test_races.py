"""Races of payments, cancellations and timeouts: the stored reservation decides, and the execution follows it."""

from tests.support.shop import Shop
from tests.support.workflow.checkouts import Checkouts
from tests.support.workflow.cloud import Cloud, published
from tests.support.workflow.fault_injection import do_then, refuse, run_before


def test_a_payment_before_the_execution_waits_is_committed(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3))
    cloud.inject("AwaitPayment", run_before(checkout.is_paid))

    result = checkout.starts().ends()

    assert result.output["status"] == "COMMITTED"
    assert result.states[2:6] == ["AwaitPayment", "ReleaseStock", "RouteOutcome", "CommitStock"]
    assert shop.level("P-1").on_hand == 7


def test_a_cancellation_before_the_execution_waits_releases_the_hold(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3))
    cloud.inject("AwaitPayment", run_before(checkout.is_cancelled))

    result = checkout.starts().ends()

    assert result.output["reason"] == "CANCELLED"
    assert shop.level("P-1").available == 10


def test_a_payment_that_races_the_timeout_is_never_released(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3), hold_seconds=1)
    cloud.inject("ReleaseStock", run_before(checkout.is_paid))

    result = checkout.starts().ends()

    assert result.output["status"] == "COMMITTED"
    assert result.states[2:6] == ["AwaitPayment", "ReleaseStock", "RouteOutcome", "CommitStock"]
    assert shop.level("P-1").on_hand == 7


def test_a_payment_whose_signal_fails_is_committed_at_the_end_of_the_hold(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("SendTaskSuccess", refuse("AccessDeniedException"))

    checkout = checkouts.starts(("P-1", 3), hold_seconds=4).waits()
    payment = checkout.is_paid()
    result = checkout.ends()

    assert payment["fulfilled"]
    assert result.output["status"] == "COMMITTED"
    assert cloud.calls["SendTaskSuccess"] == 1


def test_an_execution_whose_cancellation_signal_fails_ends_with_its_hold(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("SendTaskFailure", refuse("AccessDeniedException"))

    checkout = checkouts.starts(("P-1", 3), hold_seconds=4).waits()
    checkout.is_cancelled()
    available_at_once = shop.level("P-1").available
    result = checkout.ends()

    assert available_at_once == 10
    assert result.output["reason"] == "CANCELLED"


def test_a_payment_between_two_attempts_to_start_the_wait_is_committed(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3))
    response_is_lost = refuse("InternalServerError", 500)
    cloud.inject("AwaitPayment", do_then(run_before(checkout.is_paid, response_is_lost)))

    result = checkout.starts().ends()

    assert result.output["status"] == "COMMITTED"
    assert cloud.calls["AwaitPayment"] == 2


def test_a_late_payment_is_rescued_while_the_execution_still_releases(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3), hold_seconds=1)
    response_is_lost = refuse("ServiceException", 500)
    cloud.inject("ReleaseStock", do_then(run_before(checkout.is_paid, response_is_lost)))

    result = checkout.starts().ends()

    assert result.output["status"] == "COMMITTED"
    assert result.states[-2:] == ["RouteOutcome", "ReservationRescued"]
    assert shop.reservation("R-1").rescued
    assert shop.level("P-1").on_hand == 7


def test_a_late_payment_for_units_that_others_bought_is_announced_and_the_outcome_stays_released(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, operations_topic: str
) -> None:
    shop.stocks("P-1", on_hand=3)
    checkout = checkouts.plans(("P-1", 3), hold_seconds=1)

    def others_buy_before_the_payment() -> None:
        shop.sells(("P-1", 1), reservation_id="OTHERS")
        checkout.is_paid()

    response_is_lost = refuse("ServiceException", 500)
    cloud.inject("ReleaseStock", do_then(run_before(others_buy_before_the_payment, response_is_lost)))

    result = checkout.starts().ends()

    [announced] = published(operations_topic)
    assert result.output == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "shortages": [],
    }
    assert shop.reservation("R-1").status == "UNFULFILLED"
    assert announced["message"]["payment_reference"] == "PAY-1"
