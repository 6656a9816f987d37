"""Reservations over HTTP: how they stand, the story of their executions, and a release by hand."""

import pytest

from inventory.errors import TransientError
from tests.integration.api.admin.conftest import STATE_MACHINE_ARN
from tests.support.http.fake_history import History
from tests.support.http.gateway import Caller
from tests.support.shop import TASK_TOKEN, Shop

EXECUTION = STATE_MACHINE_ARN.replace("stateMachine", "execution") + ":R-1"


def test_a_reservation_is_told_with_the_states_of_its_execution(manager: Caller, shop: Shop, history: History) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")
    history.happens(
        EXECUTION,
        *("ExecutionStarted", "+ReserveStock", "TaskScheduled", "-ReserveStock"),
        *("+IsStockReserved", "-IsStockReserved", "+AwaitPayment", "TaskSubmitted"),
    )

    told = manager.get("/admin/reservations/R-1")

    assert told.status == 200
    assert told.content["status"] == "HELD"
    assert told.content["history"] == [
        {"state": "ReserveStock", "entered_at": "2026-03-01T12:00:01.000Z", "left_at": "2026-03-01T12:00:03.000Z"},
        {"state": "IsStockReserved", "entered_at": "2026-03-01T12:00:04.000Z", "left_at": "2026-03-01T12:00:05.000Z"},
        {"state": "AwaitPayment", "entered_at": "2026-03-01T12:00:06.000Z", "left_at": None},
    ]
    assert told.content["execution_console_url"].endswith(f"/v2/executions/details/{EXECUTION}")
    assert TASK_TOKEN not in str(told)


def test_states_that_a_map_runs_side_by_side_are_told_each(manager: Caller, shop: Shop, history: History) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")
    history.happens(EXECUTION, "+Alert", "+Publish", "+Publish", "-Publish", "-Publish", "-Alert")

    visits = manager.get("/admin/reservations/R-1").content["history"]

    assert [(visit["state"], visit["left_at"] is None) for visit in visits] == [
        ("Alert", False),
        ("Publish", False),
        ("Publish", False),
    ]


def test_a_reservation_whose_execution_is_forgotten_has_no_history(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.reserves(("P-1", 1), reservation_id="R-1")

    assert manager.get("/admin/reservations/R-1").content["history"] == []


def test_a_reservation_that_does_not_exist_is_not_found(manager: Caller) -> None:
    assert manager.get("/admin/reservations/R-9").code == "RESERVATION_NOT_FOUND"
    assert manager.get("/admin/reservations/R.9").wrong_fields == ["reservation_id"]


def test_money_that_goes_back_is_told_with_its_reservation_whatever_became_of_it(manager: Caller, shop: Shop) -> None:
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
        "ops are still to be told"
    )


def test_a_manager_releases_a_reservation_and_its_row_says_who_and_why(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4), reservation_id="R-1")

    released = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    assert released.status == 200
    assert (released.content["status"], released.content["reason"]) == ("RELEASED", "CANCELLED")
    assert (released.content["released_by"], released.content["release_note"]) == ("ada", "fraud")
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]
    assert shop.level().available == 10
    assert "fraud" not in str(shop.reservation(held).to_json()), "what is told to the checkout service"
    shop.adds_up()


def test_a_release_that_is_sent_again_is_answered_again_and_stays_with_who_made_it(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 4), reservation_id="R-1")
    first = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    again = manager.post("/admin/reservations/R-1/release", {"reason": "another"})

    assert again.status == 200
    assert again.content == first.content
    shop.adds_up()


@pytest.mark.parametrize("status", ["PAID", "COMMITTED", "RELEASED", "REJECTED"])
def test_what_was_decided_otherwise_cannot_be_released(manager: Caller, shop: Shop, status: str) -> None:
    shop.stocks("P-1", on_hand=10)
    if status == "REJECTED":
        shop.reserves(("P-1", 11), reservation_id="R-1")
    elif status == "RELEASED":
        shop.times_out(shop.holds(("P-1", 4), reservation_id="R-1"))
    else:
        held = shop.holds(("P-1", 4), reservation_id="R-1")
        shop.pays(held)
        if status == "COMMITTED":
            shop.commits(held)
    before = shop.reservation("R-1")

    refused = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    assert (refused.status, refused.code) == (409, "ALREADY_DECIDED")
    assert shop.reservation("R-1") == before
    shop.adds_up()


def test_a_release_needs_its_reason(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 4), reservation_id="R-1")

    assert manager.post("/admin/reservations/R-1/release", {}).wrong_fields == ["reason"]
    assert manager.post("/admin/reservations/R-1/release", None).wrong_fields == ["(content)"]
    assert shop.reservation("R-1").status == "HELD"


def test_a_body_that_is_no_json_is_told(manager: Caller) -> None:
    assert manager.calls("POST", "/admin/reservations/R-1/release", "{").code == "MALFORMED_JSON"


def test_a_route_that_does_not_exist_is_not_found(manager: Caller) -> None:
    assert manager.get("/admin/nothing").code == "ROUTE_NOT_FOUND"
