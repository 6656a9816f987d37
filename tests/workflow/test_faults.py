"""Steps that fail: for a moment, which changes nothing, or throughout, which ops hear of."""

import pytest

from tests.support.shop import Shop
from tests.support.workflow.checkouts import Checkouts
from tests.support.workflow.cloud import Cloud, Fault, published
from tests.support.workflow.definition import tasks
from tests.support.workflow.fault_injection import crash, do_then, hang, refuse, run_before

RETRIED = [
    (name, error)
    for name, task in tasks().items()
    for retrier in task.get("Retry", ())
    for error in retrier["ErrorEquals"]
]
RETRIED_TO_RELEASE = [(name, error) for name, error in RETRIED if name == "ReleaseStock"]
RETRIED_TO_SELL = [(name, error) for name, error in RETRIED if name != "ReleaseStock"]

# DynamoDB's own names for what Step Functions, as the AWS SDK for Java, calls exceptions.
DYNAMODB_CODES = {
    "InternalServerErrorException": "InternalServerError",
    "RequestLimitExceededException": "RequestLimitExceeded",
}

WRITERS_MEET = refuse(
    "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}, {"Code": "None"}]
)
ATTEMPTS_OF_A_HANDLER = 8


def fault(error: str) -> Fault:
    """What makes a task fail with this error."""
    match error.split("."):
        case ["States", "Timeout"]:
            return hang
        case ["States", "TaskFailed"]:
            return refuse("InternalFailure", 500)
        case ["Lambda", code]:
            return refuse(code, 500)
        case ["DynamoDb", name]:
            return refuse(DYNAMODB_CODES.get(name, name))
        case _:
            return crash(error)


# --- for a moment: once before the step's work is done, and once after it


@pytest.mark.parametrize(("state", "error"), RETRIED_TO_SELL)
def test_a_step_to_a_sale_that_fails_for_a_moment_changes_nothing(
    state: str, error: str, shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    cloud.inject(state, fault(error), do_then(fault(error)))
    if error == "States.Timeout":
        checkouts.sets_timeout(state, 1)

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_paid()
    result = checkout.ends()

    [row] = shop.rows(shop.tables.inventory)
    assert result.output["status"] == "COMMITTED"
    assert cloud.calls[state] == 3
    assert (row["on_hand"], row["available"], row["reserved"]) == (7, 7, 0)
    assert {sent["message"]["product_id"] for sent in published(low_stock_topic)} == {"P-1"}
    assert "low_stock_alert_by" not in row


@pytest.mark.parametrize(("state", "error"), RETRIED_TO_RELEASE)
def test_a_release_that_fails_for_a_moment_changes_nothing(
    state: str, error: str, shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.inject(state, fault(error), do_then(fault(error)))
    if error == "States.Timeout":
        checkouts.sets_timeout(state, 1)

    result = checkouts.starts(("P-1", 3), hold_seconds=1).ends()

    assert result.output["reason"] == "EXPIRED"
    assert cloud.calls[state] == 3
    assert shop.level("P-1").available == 10


def test_a_step_whose_rows_are_busy_throughout_is_tried_again_by_the_workflow(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.inject("TransactWriteItems", *[WRITERS_MEET] * ATTEMPTS_OF_A_HANDLER)

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_cancelled()

    assert checkout.ends().output["reason"] == "CANCELLED"
    assert cloud.calls["ReserveStock"] == 2


# --- throughout


def test_a_reservation_whose_answer_is_lost_throughout_is_given_back(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", do_then(refuse("ServiceException", 500)))

    result = checkouts.starts(("P-1", 3)).ends()

    assert (result.status, result.error) == ("FAILED", "ReservationNeedsAttention")
    assert result.cause == "Nothing is held any more. The step failed with Lambda.ServiceException"
    assert result.states == ["ReserveStock", "ReleaseStock", "RouteOutcome", "ReservationNeedsAttention"]
    assert cloud.calls["ReserveStock"] == 7
    assert shop.reservation("R-1").status == "RELEASED"
    assert shop.level("P-1").available == 10


def test_a_reservation_that_was_never_written_needs_attention(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", refuse("TooManyRequestsException", 429))

    result = checkouts.starts(("P-1", 3)).ends()

    assert (result.status, result.error) == ("FAILED", "ReleaseNeedsAttention")
    assert (result.cause or "").startswith("ReservationNotFound: ")
    assert shop.rows(shop.tables.reservations) == []


def test_a_reservation_that_fails_by_a_defect_is_not_tried_again(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", do_then(crash("KeyError")))

    result = checkouts.starts(("P-1", 3)).ends()

    assert result.error == "ReservationNeedsAttention"
    assert cloud.calls["ReserveStock"] == 1
    assert shop.level("P-1").available == 10


@pytest.mark.parametrize(
    ("error", "attempts"), [("ThrottlingException", 7), ("AccessDeniedException", 1), ("ResourceNotFoundException", 1)]
)
def test_a_wait_that_cannot_begin_gives_the_units_back(
    error: str, attempts: int, shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("AwaitPayment", refuse(error))

    result = checkouts.starts(("P-1", 3)).ends()

    assert (result.status, result.error) == ("FAILED", "ReservationNeedsAttention")
    assert cloud.calls["AwaitPayment"] == attempts
    assert shop.reservation("R-1").reason == "CANCELLED"
    assert shop.level("P-1").available == 10


def test_what_was_paid_before_a_wait_that_cannot_begin_is_committed(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3))
    cloud.inject("AwaitPayment", run_before(checkout.is_paid, refuse("AccessDeniedException")))

    result = checkout.starts().ends()

    assert (result.status, result.output["status"]) == ("SUCCEEDED", "COMMITTED")
    assert shop.level("P-1").on_hand == 7


def test_what_is_paid_and_cannot_be_committed_stays_reserved_and_needs_attention(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("CommitStock", refuse("ServiceException", 500))

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_paid()
    result = checkout.ends()

    assert (result.status, result.error) == ("FAILED", "CommitNeedsAttention")
    assert (result.cause or "").startswith("Lambda.ServiceException: ")
    assert cloud.calls["CommitStock"] == 7
    assert shop.reservation("R-1").status == "PAID"
    assert shop.level("P-1").reserved == 3


def test_a_hold_that_cannot_be_released_needs_attention(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReleaseStock", refuse("ServiceException", 500))

    result = checkouts.starts(("P-1", 3), hold_seconds=1).ends()

    assert (result.status, result.error) == ("FAILED", "ReleaseNeedsAttention")
    assert (result.cause or "").startswith("Lambda.ServiceException: ")
    assert cloud.calls["ReleaseStock"] == 7
    assert shop.reservation("R-1").status == "HELD"
