"""One reservation over HTTP, with the states of its execution."""

import pytest

from inventory.errors import TransientError
from tests.integration.api.admin.conftest import STATE_MACHINE_ARN
from tests.support.http.fake_history import FakeHistory
from tests.support.http.gateway import Caller
from tests.support.shop import TASK_TOKEN, Shop

EXECUTION = STATE_MACHINE_ARN.replace("stateMachine", "execution") + ":R-1"


def test_a_reservation_shows_the_states_of_its_execution(manager: Caller, shop: Shop, history: FakeHistory) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")
    history.record(
        EXECUTION,
        *("ExecutionStarted", "+ReserveStock", "TaskScheduled", "-ReserveStock"),
        *("+IsStockReserved", "-IsStockReserved", "+AwaitPayment", "TaskSubmitted"),
    )

    found = manager.get("/admin/reservations/R-1")

    assert found.status == 200
    assert found.content["status"] == "HELD"
    assert found.content["history"] == [
        {"state": "ReserveStock", "entered_at": "2026-03-01T12:00:01.000Z", "left_at": "2026-03-01T12:00:03.000Z"},
        {"state": "IsStockReserved", "entered_at": "2026-03-01T12:00:04.000Z", "left_at": "2026-03-01T12:00:05.000Z"},
        {"state": "AwaitPayment", "entered_at": "2026-03-01T12:00:06.000Z", "left_at": None},
    ]
    assert found.content["execution_console_url"].endswith(f"/v2/executions/details/{EXECUTION}")
    assert TASK_TOKEN not in str(found)


def test_states_that_a_map_runs_in_parallel_are_listed_separately(
    manager: Caller, shop: Shop, history: FakeHistory
) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")
    history.record(EXECUTION, "+Alert", "+Publish", "+Publish", "-Publish", "-Publish", "-Alert")

    visits = manager.get("/admin/reservations/R-1").content["history"]

    assert [(visit["state"], visit["left_at"] is None) for visit in visits] == [
        ("Alert", False),
        ("Publish", False),
        ("Publish", False),
    ]


def test_a_reservation_whose_execution_no_longer_exists_has_no_history(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.reserves(("P-1", 1), reservation_id="R-1")

    assert manager.get("/admin/reservations/R-1").content["history"] == []


def test_a_reservation_that_does_not_exist_is_not_found(manager: Caller) -> None:
    assert manager.get("/admin/reservations/R-9").code == "RESERVATION_NOT_FOUND"
    assert manager.get("/admin/reservations/R.9").code == "RESERVATION_NOT_FOUND"
    assert manager.get("/admin/reservations/R%0A9").invalid_fields == ["reservation_id"]


def test_a_reservation_lists_its_payments_to_refund_before_and_after_their_announcement(
    manager: Caller, shop: Shop
) -> None:
    shop.stocks("P-1")
    sold = shop.holds(("P-1", 1), reservation_id="R-1")
    shop.pays(sold)
    shop.pays(sold, "PAY-2")
    shop.commits(sold)
    cancelled = shop.cancels(shop.holds(("P-1", 1), reservation_id="R-2"))
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays(cancelled, "PAY-3")

    assert manager.get("/admin/reservations/R-1").content["unfulfilled_payments"] == ["PAY-2"]
    assert manager.get("/admin/reservations/R-2").content["unfulfilled_payments"] == ["PAY-3"], (
        "its announcement is pending"
    )
