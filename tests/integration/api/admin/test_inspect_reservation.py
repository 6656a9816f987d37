"""One reservation over HTTP, with the states of its execution."""

from urllib.parse import quote

import pytest

from inventory.errors import TransientError
from inventory.identifiers import name_of
from inventory.reconciliation.failed_executions import read_event
from tests.integration.api.admin.conftest import STATE_MACHINE_ARN
from tests.support.http.fake_history import FakeHistory
from tests.support.http.gateway import Caller
from tests.support.shop import TASK_TOKEN, Shop
from tests.support.shop.cases import ended

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


def test_a_reservation_shows_the_changes_of_its_lines(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.stocks("P-2", warehouse_id="outlet")
    held = shop.holds(("P-1", 1), reservation_id="R-1")
    before = manager.get("/admin/reservations/R-1").content["changes"]
    shop.changes(held, ("P-1", 1), {"product_id": "P-2", "warehouse_id": "outlet", "quantity": 3})
    shop.changes(held, ("P-1", 2))
    [first, second] = shop.reservation(held).changes

    changes = manager.get("/admin/reservations/R-1").content["changes"]

    added = {"product_id": "P-2", "warehouse_id": "outlet", "before": 0, "after": 3}
    assert before == []
    assert changes == [
        {"at": first.at, "lines": [added]},
        {
            "at": second.at,
            "lines": [
                {"product_id": "P-1", "warehouse_id": None, "before": 1, "after": 2},
                added | {"before": 3, "after": 0},
            ],
        },
    ]


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


@pytest.mark.parametrize(
    ("reservation_id", "execution_name"),
    [
        ("R-9", "R-9"),
        ("#1001 / a", name_of("#1001 / a")),
        (name_of("#1001 / a"), name_of("#1001 / a")),
        ("SO.1001", "SO.1001"),
        ("k-1", "k-1"),
        ("m\u00fcller(1)", "m\u00fcller(1)"),
    ],
)
def test_a_failed_execution_is_found_by_the_key_or_by_its_name(
    manager: Caller, history: FakeHistory, reservation_id: str, execution_name: str
) -> None:
    history.fail(EXECUTION.removesuffix("R-1") + execution_name, "{}", error="InvalidReservation", cause="lines: no")

    found = manager.get(f"/admin/reservations/{quote(reservation_id, safe='')}").content

    assert (found["status"], found["execution_name"]) == ("FAILED", execution_name)
    assert found["execution_console_url"].endswith(quote(execution_name))


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


def test_a_failed_execution_without_a_reservation_is_answered_in_its_place(
    manager: Caller, history: FakeHistory
) -> None:
    content = '{"order_id": "O-1", "lines": []}'
    history.fail(EXECUTION, content, error="InvalidReservation", cause="lines: must have at least 1 entry")
    history.record(EXECUTION, "+ReserveStock", "-ReserveStock", "+InvalidReservation")

    found = manager.get("/admin/reservations/R-1")

    assert found.status == 200
    assert (found.content["status"], found.content["execution_name"]) == ("FAILED", "R-1")
    assert (found.content["error"], found.content["cause"]) == (
        "InvalidReservation",
        "lines: must have at least 1 entry",
    )
    assert (found.content["order_id"], found.content["input"]) == ("O-1", {"order_id": "O-1", "lines": []})
    assert [visit["state"] for visit in found.content["history"]] == ["ReserveStock", "InvalidReservation"]
    assert found.content["execution_console_url"].endswith(f"/v2/executions/details/{EXECUTION}")


def test_a_kept_failed_execution_is_answered_without_asking_step_functions(
    manager: Caller, shop: Shop, history: FakeHistory
) -> None:
    shop.failed_execution_store.add(read_event(ended("TIMED_OUT")["detail"]))

    found = manager.get("/admin/reservations/R-1")

    assert (found.content["status"], found.content["execution_status"]) == ("FAILED", "TIMED_OUT")
    assert history.descriptions == 0
