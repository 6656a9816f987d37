"""Steps that fail: a transient fault changes nothing, and a permanent one fails the execution for operations to see."""

from dataclasses import dataclass

import pytest

from inventory.aws.retries import RetryQuota
from tests.support.shop import Shop
from tests.support.workflow.checkouts import Checkouts
from tests.support.workflow.cloud import Cloud, Fault, published
from tests.support.workflow.definition import tasks
from tests.support.workflow.fault_injection import crash, do_then, hang, refuse, run_before


@dataclass(frozen=True)
class Retried:
    """An error that a state retries."""

    state: str
    error: str

    def __str__(self) -> str:
        return f"{self.state}-{self.error}"

    def inject(self, cloud: Cloud, checkouts: Checkouts) -> None:
        """Let the state fail with the error twice: once before its work is done, and once after it."""
        cloud.inject(self.state, fault(self.error), do_then(fault(self.error)))
        if self.error == "States.Timeout":
            checkouts.sets_timeout(self.state, 1)


RETRIED = [
    Retried(name, error)
    for name, task in tasks().items()
    for retrier in task.get("Retry", ())
    for error in retrier["ErrorEquals"]
]
RETRIED_TO_RELEASE = [retried for retried in RETRIED if retried.state == "ReleaseStock"]
RETRIED_TO_SELL = [retried for retried in RETRIED if retried.state != "ReleaseStock"]

# DynamoDB's own names of errors that Step Functions, like the AWS SDK for Java, names differently.
DYNAMODB_CODES = {
    "InternalServerErrorException": "InternalServerError",
    "RequestLimitExceededException": "RequestLimitExceeded",
}

CONFLICT = refuse(
    "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}, {"Code": "None"}]
)
ATTEMPTS_OF_A_HOLD = RetryQuota.SAVED_MAX + 1


def fault(error: str) -> Fault:
    """The fault that makes a task fail with this error."""
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


# --- transient faults


@pytest.mark.parametrize("retried", RETRIED_TO_SELL, ids=str)
def test_a_transient_fault_on_the_way_to_a_sale_changes_nothing(
    retried: Retried, shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    retried.inject(cloud, checkouts)

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_paid()
    result = checkout.ends()

    [row] = shop.rows(shop.tables.inventory)
    assert result.output["status"] == "COMMITTED"
    assert cloud.calls[retried.state] == 3
    assert (row["on_hand"], row["available"], row["reserved"]) == (7, 7, 0)
    assert {sent["message"]["product_id"] for sent in published(low_stock_topic)} == {"P-1"}
    assert "low_stock_alert_by" not in row


@pytest.mark.parametrize("retried", RETRIED_TO_RELEASE, ids=str)
def test_a_transient_fault_of_a_release_changes_nothing(
    retried: Retried, shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    retried.inject(cloud, checkouts)

    result = checkouts.starts(("P-1", 3), hold_seconds=1).ends()

    assert result.output["reason"] == "EXPIRED"
    assert cloud.calls[retried.state] == 3
    assert shop.level("P-1").available == 10


def test_a_step_that_exhausts_its_own_retries_on_conflicts_is_retried_by_the_workflow(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.inject("TransactWriteItems", *[CONFLICT] * ATTEMPTS_OF_A_HOLD)

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_cancelled()

    assert checkout.ends().output["reason"] == "CANCELLED"
    assert cloud.calls["ReserveStock"] == 2


# --- permanent faults


def test_a_reservation_whose_response_is_always_lost_is_released(
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


def test_a_reservation_that_is_never_written_needs_attention(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", refuse("TooManyRequestsException", 429))

    result = checkouts.starts(("P-1", 3)).ends()

    assert (result.status, result.error) == ("FAILED", "ReleaseNeedsAttention")
    assert (result.cause or "").startswith("ReservationNotFound: ")
    assert shop.rows(shop.tables.reservations) == []


def test_a_reservation_that_fails_by_a_defect_is_not_retried(shop: Shop, checkouts: Checkouts, cloud: Cloud) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", do_then(crash("KeyError")))

    result = checkouts.starts(("P-1", 3)).ends()

    assert result.error == "ReservationNeedsAttention"
    assert cloud.calls["ReserveStock"] == 1
    assert shop.level("P-1").available == 10


@pytest.mark.parametrize(
    ("error", "attempts"), [("ThrottlingException", 7), ("AccessDeniedException", 1), ("ResourceNotFoundException", 1)]
)
def test_an_execution_that_cannot_start_to_wait_gives_the_units_back(
    error: str, attempts: int, shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("AwaitPayment", refuse(error))

    result = checkouts.starts(("P-1", 3)).ends()

    assert (result.status, result.error) == ("FAILED", "ReservationNeedsAttention")
    assert cloud.calls["AwaitPayment"] == attempts
    assert shop.reservation("R-1").reason == "CANCELLED"
    assert shop.level("P-1").available == 10


def test_a_payment_is_committed_even_if_the_execution_cannot_start_to_wait(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = checkouts.plans(("P-1", 3))
    cloud.inject("AwaitPayment", run_before(checkout.is_paid, refuse("AccessDeniedException")))

    result = checkout.starts().ends()

    assert (result.status, result.output["status"]) == ("SUCCEEDED", "COMMITTED")
    assert shop.level("P-1").on_hand == 7


def test_a_paid_reservation_that_cannot_be_committed_stays_reserved_and_needs_attention(
    shop: Shop, checkouts: Checkouts, cloud: Cloud
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("CommitStock", refuse("ServiceException", 500))

    checkout = checkouts.starts(("P-1", 3)).waits()
    checkout.is_paid()
    result = checkout.ends()

    assert (result.status, result.error) == ("FAILED", "CommitNeedsAttention")
    assert (result.cause or "").startswith("Lambda.ServiceException: ")
    assert cloud.calls["CommitStock"] == 31
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
