"""Reconciliation: executions, tokens and signals are lost, and each reservation is decided within 90 s of its hold."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import reconcile_holds
from inventory.model import ReleaseReason, utc_now
from inventory.reconciliation.stranded_holds import Event
from tests.support.shop import Shop
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkout, Checkouts
from tests.support.workflow.cloud import Cloud, published
from tests.support.workflow.fault_injection import do_then, refuse, run_before

HOLD = timedelta(seconds=600)
# A hold must be decided this soon after its end. The scheduled run starts every minute.
DECIDED_WITHIN = timedelta(seconds=90)
EVERY = timedelta(seconds=60)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the scheduled reconciliation at a given time."""

    def run(at: datetime) -> dict[str, int]:
        monkeypatch.setattr(reconcile_holds, "utc_now", lambda: at)
        answer = functions.invoke("ReconcileHoldsFunction", "{}")
        return {event: answer[event] for event in Event if answer[event]}

    return run


def last_run_in_time() -> datetime:
    """The latest start of a run that decides a hold of now in time; the run itself may take ten seconds."""
    return utc_now() + HOLD + DECIDED_WITHIN - timedelta(seconds=10)


def holds(checkouts: Checkouts) -> Checkout:
    """A checkout that waits for its payment."""
    return checkouts.starts(("P-1", 3), hold_seconds=600).waits()


def test_the_hold_of_a_stopped_execution_is_released(shop: Shop, checkouts: Checkouts, runs: Any) -> None:
    shop.stocks("P-1", on_hand=10)
    holds(checkouts).stops()

    found = runs(last_run_in_time())

    assert found == {"stranded": 1, "released": 1}
    assert shop.reservation("R-1").reason == "EXPIRED"
    assert shop.level("P-1").available == 10


def test_a_payment_of_a_stopped_execution_is_committed(
    shop: Shop, checkouts: Checkouts, runs: Any, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    checkout = holds(checkouts)
    checkout.stops()
    checkout.is_paid()

    runs(last_run_in_time())

    assert shop.reservation("R-1").status == "COMMITTED"
    assert shop.level("P-1").on_hand == 7
    assert [sent["message"]["reservation_id"] for sent in published(low_stock_topic)] == ["R-1"]


def test_a_payment_is_committed_even_if_the_token_is_lost(shop: Shop, checkouts: Checkouts, runs: Any) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = holds(checkouts)
    lose_token(shop)
    checkout.is_paid()

    found = runs(last_run_in_time())

    assert found == {"stranded": 1, "committed": 1}
    assert shop.level("P-1").on_hand == 7


def lose_token(shop: Shop) -> None:
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": "R-1"}},
        UpdateExpression="REMOVE task_token",
    )


def test_an_unpaid_hold_is_released_even_if_the_token_is_lost(shop: Shop, checkouts: Checkouts, runs: Any) -> None:
    shop.stocks("P-1", on_hand=10)
    holds(checkouts)
    lose_token(shop)

    runs(last_run_in_time())

    assert shop.reservation("R-1").status == "RELEASED"


def test_a_failed_cancellation_signal_is_sent_by_the_next_run(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.inject("SendTaskFailure", refuse("AccessDeniedException"))
    checkout = holds(checkouts)
    checkout.is_cancelled()

    found = runs(utc_now() + EVERY)

    result = checkout.ends()
    assert found == {"unnotified": 1, "signalled": 1}
    assert (result.status, result.output["reason"]) == ("SUCCEEDED", "CANCELLED")
    assert runs(utc_now() + 2 * EVERY) == {}


def test_a_payment_whose_signal_failed_is_committed_by_the_next_run_and_signalled_by_the_one_after(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.inject("SendTaskSuccess", refuse("AccessDeniedException"))
    checkout = holds(checkouts)
    checkout.is_paid()

    found = [runs(utc_now() + EVERY), runs(utc_now() + 2 * EVERY)]

    assert found == [{"stranded": 1, "committed": 1}, {"unnotified": 1, "signalled": 1}]
    assert checkout.ends().output["status"] == "COMMITTED"
    assert shop.level("P-1").on_hand == 7


def test_an_execution_that_waits_longer_than_its_hold_is_signalled(shop: Shop, checkouts: Checkouts, runs: Any) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = holds(checkouts)

    runs(last_run_in_time())
    runs(last_run_in_time() + EVERY)

    result = checkout.ends()
    assert (result.status, result.output["reason"]) == ("SUCCEEDED", ReleaseReason.EXPIRED)


def test_a_commit_that_failed_in_all_its_retries_is_made_by_the_run(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("CommitStock", refuse("ServiceException", 500))
    checkout = holds(checkouts)
    checkout.is_paid()
    assert checkout.ends().error == "CommitNeedsAttention"

    runs(last_run_in_time())

    assert shop.reservation("R-1").status == "COMMITTED"
    assert shop.level("P-1").on_hand == 7


def test_a_release_that_failed_in_all_its_retries_is_made_by_the_run(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReleaseStock", refuse("ServiceException", 500))
    result = checkouts.starts(("P-1", 3), hold_seconds=1).ends()
    assert result.error == "ReleaseNeedsAttention"

    runs(utc_now() + EVERY)

    assert shop.level("P-1").available == 10


def test_a_hold_that_was_written_after_its_execution_had_failed_is_released(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    cloud.always_inject("ReserveStock", refuse("ServiceException", 500))
    result = checkouts.starts(("P-1", 3), hold_seconds=600).ends()
    assert result.error == "ReleaseNeedsAttention"
    shop.reserves(("P-1", 3), reservation_id="R-1", hold_seconds=600)  # an invocation that ends after its timeout

    runs(last_run_in_time())

    assert shop.level("P-1").available == 10


def test_a_surplus_payment_is_announced_when_sns_works_again(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any, operations_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10)
    checkout = holds(checkouts)
    checkout.is_cancelled()
    cloud.always_inject("Publish", refuse("InternalError", 500))
    with pytest.raises(functions.FunctionFailed, match="TransientError"):
        checkout.is_paid()
    cloud.reset()

    runs(utc_now() + EVERY)

    assert [sent["message"]["payment_reference"] for sent in published(operations_topic)] == ["PAY-1"]


@pytest.mark.parametrize("first", ["the run", "the workflow"])
def test_a_race_between_the_run_and_the_workflow_commits_once(
    first: str, shop: Shop, checkouts: Checkouts, cloud: Cloud, runs: Any
) -> None:
    shop.stocks("P-1", on_hand=10)
    at = last_run_in_time()
    found_by_run: list[dict[str, int]] = []
    run = run_before(lambda: found_by_run.append(runs(at)), refuse("ServiceException", 500))
    cloud.inject("CommitStock", run if first == "the run" else do_then(run))
    checkout = holds(checkouts)
    checkout.is_paid()

    assert checkout.ends().output["status"] == "COMMITTED"
    assert found_by_run == [{"stranded": 1, "committed": 1} if first == "the run" else {}]
    assert shop.level("P-1").on_hand == 7
