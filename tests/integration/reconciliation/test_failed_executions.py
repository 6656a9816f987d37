"""Executions that failed: their orders are found, and what was paid is committed soon."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.executions import Executions
from inventory.errors import ReservationNotFound, TransientError
from inventory.model import ExecutionStatus, FailedExecution, iso
from inventory.reconciliation.failed_executions import CONTENT_LENGTH_MAX, FailedExecutions, to_admin_json
from tests.support.http.fake_history import FakeHistory
from tests.support.shop import TASK_TOKEN, Shop
from tests.support.shop.cases import BEFORE, ended

STATE_MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:reservation"
EXECUTION_ARN = "arn:aws:states:us-east-1:123456789012:execution:reservation:R-1"
FAILED_AT = iso(BEFORE + timedelta(milliseconds=300))


@pytest.fixture
def history() -> FakeHistory:
    """The executions that Step Functions describes."""
    return FakeHistory()


@pytest.fixture
def failed_executions(shop: Shop, history: FakeHistory) -> FailedExecutions:
    """The use cases, over the shop's tables."""
    executions = Executions(history.client(), state_machine_arn=STATE_MACHINE_ARN)
    return FailedExecutions(shop.failed_execution_store, shop.reservation_store, executions)


def test_a_failed_execution_is_kept_with_its_order_and_its_cause(failed_executions: FailedExecutions) -> None:
    failed_executions.record(ended(), BEFORE)

    assert failed_executions.inspect("R-1") == FailedExecution(
        execution_name="R-1",
        reservation_id="R-1",
        status=ExecutionStatus.FAILED,
        failed_at=FAILED_AT,
        started_at=iso(BEFORE),
        order_id="O-1",
        error="InvalidReservation",
        cause="lines: must have at least 1 entry",
        content='{"order_id": "O-1", "lines": []}',
    )


def test_the_same_event_again_and_an_older_one_change_nothing(failed_executions: FailedExecutions, shop: Shop) -> None:
    failed_executions.record(ended(), BEFORE)
    first = shop.rows(shop.tables.failed_executions)

    failed_executions.record(ended(), BEFORE + timedelta(hours=1))
    failed_executions.record(ended("ABORTED", stopDate=int(BEFORE.timestamp() * 1000)), BEFORE)

    assert shop.rows(shop.tables.failed_executions) == first


def test_a_later_end_of_the_same_execution_is_kept(failed_executions: FailedExecutions) -> None:
    failed_executions.record(ended(), BEFORE)

    failed_executions.record(ended("ABORTED", stopDate=int(BEFORE.timestamp() * 1000) + 60_000), BEFORE)

    assert failed_executions.inspect("R-1").status == "ABORTED"


def test_a_failed_execution_expires(failed_executions: FailedExecutions, shop: Shop) -> None:
    failed_executions.record(ended(), BEFORE)

    [row] = shop.rows(shop.tables.failed_executions)

    assert row["expire_at"] == int((BEFORE + timedelta(days=365)).timestamp())


@pytest.mark.parametrize(
    "missing",
    [{"input": None, "inputDetails": {"included": False}}, {"error": ..., "cause": ...}, {"input": ..., "cause": ...}],
    ids=["a long input", "no error", "no input"],
)
def test_what_an_event_does_not_say_is_read_from_step_functions(
    failed_executions: FailedExecutions, history: FakeHistory, missing: dict[str, Any]
) -> None:
    content = json.dumps({"order_id": "O-2", "customer_id": "C-1"})
    history.fail(EXECUTION_ARN, content, error="ReserveFailed", cause="no")
    event = ended()
    event["detail"] = {
        name: missing.get(name, value) for name, value in event["detail"].items() if missing.get(name) is not ...
    }

    failed_executions.record(event, BEFORE)

    found = failed_executions.inspect("R-1")
    assert (found.order_id, found.error, found.cause) == ("O-2", "ReserveFailed", "no")
    assert found.failed_at == FAILED_AT


def test_a_stopped_execution_has_no_error_and_nothing_is_read(
    failed_executions: FailedExecutions, history: FakeHistory
) -> None:
    failed_executions.record(ended("ABORTED", error=None, cause=None), BEFORE)

    assert failed_executions.inspect("R-1").error is None
    assert history.descriptions == 0


def test_a_long_input_and_cause_are_cut(failed_executions: FailedExecutions, history: FakeHistory) -> None:
    content = json.dumps({"order_id": "O-2", "lines": ["€ " * 100_000]}, ensure_ascii=False)
    history.fail(EXECUTION_ARN, content, error="E", cause="€ " * 40_000)
    failed_executions.record(ended(input=None, inputDetails={"included": False}), BEFORE)

    shown = to_admin_json(failed_executions.inspect("R-1"))

    assert len(shown["input"]) == CONTENT_LENGTH_MAX
    assert len(shown["cause"]) == 32_768
    assert shown["order_id"] == "O-2"


@pytest.mark.parametrize(
    "content", ["[" * 5_000, '"text"', "null", '{"order_id": 7}', '{"order_id": "' + "x" * 3_000 + '"}']
)
def test_any_input_can_be_kept(failed_executions: FailedExecutions, content: str) -> None:
    failed_executions.record(ended(input=content), BEFORE)

    found = failed_executions.inspect("R-1")
    assert (found.reservation_id, found.order_id) == ("R-1", None)
    json.dumps(to_admin_json(found))


def test_half_a_character_can_be_kept_and_shown(failed_executions: FailedExecutions) -> None:
    failed_executions.record(ended(input='{"order_id": "\\ud800", "lines": []}', cause="\ud800: unknown"), BEFORE)

    shown = to_admin_json(failed_executions.inspect("R-1"))

    json.dumps(shown, ensure_ascii=False).encode()


def test_a_task_token_is_neither_kept_nor_shown(failed_executions: FailedExecutions, shop: Shop) -> None:
    failed_executions.record(ended(cause=f"AwaitPayment failed with {TASK_TOKEN}!", error="States.Runtime"), BEFORE)

    assert TASK_TOKEN not in str(shop.rows(shop.tables.failed_executions))
    assert failed_executions.inspect("R-1").cause == "AwaitPayment failed with (removed)!"


@pytest.mark.parametrize(
    "event",
    [{}, {"detail": None}, {"detail": {}}, ended("SUCCEEDED"), ended(name=""), ended(stopDate=None), ended(name=7)],
)
def test_an_event_that_cannot_be_read_fails(failed_executions: FailedExecutions, shop: Shop, event: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        failed_executions.record(event, BEFORE)

    assert shop.rows(shop.tables.failed_executions) == []


# --- an execution whose event is still on its way


def test_an_execution_without_an_event_is_read_from_step_functions(
    failed_executions: FailedExecutions, history: FakeHistory
) -> None:
    history.fail(EXECUTION_ARN, '{"order_id": "O-1"}', status="TIMED_OUT")

    found = failed_executions.inspect("R-1")

    assert (found.status, found.order_id) == ("TIMED_OUT", "O-1")


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_an_execution_that_did_not_fail_is_not_found(
    failed_executions: FailedExecutions, history: FakeHistory, status: str
) -> None:
    history.fail(EXECUTION_ARN, "{}", status=status)

    with pytest.raises(ReservationNotFound):
        failed_executions.inspect("R-1")


# --- paid reservations


def test_a_paid_reservation_whose_execution_was_stopped_is_committed_within_90_seconds(
    failed_executions: FailedExecutions, shop: Shop
) -> None:
    noon = datetime.fromisoformat("2026-03-01T12:00:00Z")
    shop.now = lambda: noon
    shop.stocks("P-1", on_hand=10)
    paid = shop.holds(("P-1", 3), hold_seconds=3_600)
    shop.pays(paid)  # the signal was delivered, and then the execution was stopped

    failed_executions.record(ended("ABORTED"), noon)

    assert shop.reconciles() == {"stranded": 1, "committed": 1}
    assert shop.reservation(paid).status == "COMMITTED"
    shop.adds_up()


def test_a_held_reservation_whose_execution_was_stopped_keeps_its_hold(
    failed_executions: FailedExecutions, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 3), hold_seconds=3_600)

    failed_executions.record(ended("ABORTED"), shop.now())

    assert shop.reconciles() == {}
    assert shop.reservation(held).status == "HELD"


def test_a_paid_reservation_is_due_even_if_its_execution_cannot_be_described(
    failed_executions: FailedExecutions, shop: Shop, history: FakeHistory
) -> None:
    shop.stocks("P-1")
    reservation = shop.holds(("P-1", 1), reservation_id="R-1", hold_seconds=3_600)
    shop.pays(reservation)
    history.throttled = True

    with pytest.raises(TransientError):
        failed_executions.record(ended(input=None, inputDetails={"included": False}), shop.now())

    assert shop.rows(shop.tables.reservations)[0]["phase_at"] <= iso(shop.now())
