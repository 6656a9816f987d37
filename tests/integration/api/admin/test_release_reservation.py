"""A manager releases a hold by hand."""

import pytest

from tests.support.http.gateway import Caller
from tests.support.shop import TASK_TOKEN, Shop


def test_a_release_by_a_manager_is_recorded_with_its_author_and_reason(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 4), reservation_id="R-1")

    released = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    assert released.status == 200
    assert (released.content["status"], released.content["reason"]) == ("RELEASED", "CANCELLED")
    assert (released.content["released_by"], released.content["release_note"]) == ("ada", "fraud")
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]
    assert shop.level().available == 10
    assert "fraud" not in str(shop.reservation(held).to_json()), "the checkout service must not see the note"
    shop.adds_up()


def test_a_repeated_release_returns_the_same_and_keeps_the_first_reason(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 4), reservation_id="R-1")
    first = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    again = manager.post("/admin/reservations/R-1/release", {"reason": "another"})

    assert again.status == 200
    assert again.content == first.content
    shop.adds_up()


def test_a_release_can_be_repeated_after_a_late_payment_that_must_be_refunded(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    held = shop.holds(("P-1", 4), reservation_id="R-1")
    manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})
    shop.pays(held)

    again = manager.post("/admin/reservations/R-1/release", {"reason": "fraud"})

    assert (again.status, again.content["status"], again.content["release_note"]) == (200, "UNFULFILLED", "fraud")


@pytest.mark.parametrize("status", ["PAID", "COMMITTED", "RELEASED", "REJECTED"])
def test_a_reservation_with_another_decision_cannot_be_released(manager: Caller, shop: Shop, status: str) -> None:
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


def test_a_release_needs_a_reason(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 4), reservation_id="R-1")

    assert manager.post("/admin/reservations/R-1/release", {}).invalid_fields == ["reason"]
    assert manager.post("/admin/reservations/R-1/release", None).invalid_fields == ["(content)"]
    assert shop.reservation("R-1").status == "HELD"
