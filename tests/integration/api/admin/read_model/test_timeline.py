"""What happened to all reservations of an order or of a customer is one list, the newest first."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.admin.timeline import timeline as timelines
from inventory.model import ExecutionStatus, FailedExecution, Intervention, MoneyReturned, iso
from inventory.read_model.reader import State
from tests.support.http.gateway import Caller
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop
from tests.support.template.openapi import validated

NOW = datetime.fromisoformat("2026-03-02T12:00:00Z")


@pytest.fixture(autouse=True)
def minutes(shop: Shop) -> None:
    """Each call in the shop happens a minute after the one before."""
    shop.stocks("P-1", on_hand=50)
    passed = iter(range(1_000))
    shop.now = lambda: NOW + timedelta(minutes=next(passed))


def timeline(caller: Caller, **query: str) -> list[dict[str, Any]]:
    """All pages of a timeline, each checked against its documented schema."""
    entries: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(50):
        answer = caller.get("/admin/timeline", cursor=cursor, **query)
        assert answer.status == 200, answer
        entries += validated("Timeline", answer.content)["items"]
        if answer.content["cursor"] is None:
            return entries
        cursor = answer.content["cursor"]
    raise AssertionError("the timeline does not end")


def kinds(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What happened to which reservation."""
    return [(entry["kind"], entry["reservation_id"]) for entry in entries]


def fails(shop: Shop, name: str, order_id: str | None) -> None:
    """An execution fails."""
    at = iso(shop.now())
    failed = FailedExecution(
        name, name, ExecutionStatus.FAILED, at, at, order_id, "InvalidReservation", "lines: x" * 500
    )
    shop.failed_execution_store.add(failed)


def test_an_order_has_everything_that_happened_to_its_reservations(manager: Caller, shop: Shop) -> None:
    fails(shop, "R-1", "O-1")
    shop.reserves(("P-1", 99), reservation_id="R-2", order_id="O-1")
    expired = shop.holds(("P-1", 1), reservation_id="R-3", order_id="O-1")
    shop.changes(expired, ("P-1", 3))
    shop.times_out(expired)
    shop.reservations.release_by_hand(
        shop.holds(("P-1", 1), reservation_id="R-4", order_id="O-1").reservation_id,
        Intervention("ada", "the customer called"),
        shop.now(),
    )
    shop.sold(("P-1", 2), reservation_id="R-5", order_id="O-1")
    shop.holds(("P-1", 1), reservation_id="R-6", order_id="O-2")

    entries = timeline(manager, order_id="O-1")

    assert kinds(entries) == [
        ("COMMITTED", "R-5"),
        ("HELD", "R-5"),
        ("RELEASED", "R-4"),
        ("HELD", "R-4"),
        ("RELEASED", "R-3"),
        ("CHANGED", "R-3"),
        ("HELD", "R-3"),
        ("REJECTED", "R-2"),
        ("EXECUTION_FAILED", "R-1"),
    ]
    sold, _, by_hand, _, released, changed, held, rejected, failed = entries
    assert (sold["payment_reference"], sold["rescued"], sold["status"]) == ("PAY-1", False, "COMMITTED")
    assert (by_hand["by"], by_hand["note"]) == ("ada", "the customer called")
    assert (released["reason"], released["by"], held["status"]) == ("EXPIRED", None, "RELEASED")
    assert [(line["before"], line["after"]) for line in changed["changes"]] == [(1, 3)]
    assert rejected["shortages"][0]["requested"] == 99
    assert (failed["error"], failed["status"], len(failed["cause"]) <= 1_000) == ("InvalidReservation", "FAILED", True)


def test_a_payment_that_bought_nothing_and_its_return_are_on_the_timeline(manager: Caller, shop: Shop) -> None:
    late = shop.holds(("P-1", 1), reservation_id="R-1", order_id="O-1")
    shop.cancels(late)
    shop.pays(late, "PAY-7", amount="24.90", currency="EUR")
    shop.refunds.return_payment("R-1", "PAY-7", MoneyReturned("REFUND-1", "ada", iso(shop.now()), "bank transfer"))

    returned, *others = timeline(manager, order_id="O-1")

    assert [entry["kind"] for entry in others][-1] == "HELD"
    assert {entry["kind"] for entry in others} == {"REFUND_DUE", "UNFULFILLED", "HELD"}
    assert (returned["kind"], returned["reference"], returned["by"]) == ("REFUND_RETURNED", "REFUND-1", "ada")
    assert (returned["amount"], returned["currency"], returned["note"]) == ("24.90", "EUR", "bank transfer")


def test_an_execution_that_failed_after_its_hold_is_on_the_timeline(manager: Caller, shop: Shop) -> None:
    shop.holds(("P-1", 1), reservation_id="R-1", order_id="O-1", customer_id="C-1")
    fails(shop, "R-1", None)

    failed, held = timeline(manager, order_id="O-1")

    assert (failed["kind"], held["kind"], failed["customer_id"]) == ("EXECUTION_FAILED", "HELD", "C-1")


@pytest.mark.parametrize("size", [1, 2, 25])
def test_a_timeline_of_many_reservations_and_failures_has_each_once(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(timelines, "RESERVATIONS_A_PAGE", size)
    monkeypatch.setattr(timelines, "EXECUTIONS_A_PAGE", size)
    for number in range(5):
        shop.holds(("P-1", 1), reservation_id=f"R-{number}", order_id="O-1")
    for number in range(3):
        fails(shop, f"F-{number}", "O-1")

    entries = timeline(manager, order_id="O-1")

    assert sorted(kinds(entries)) == [
        *[("EXECUTION_FAILED", f"F-{number}") for number in range(3)],
        *[("HELD", f"R-{number}") for number in range(5)],
    ]


def test_a_customer_has_the_reservations_of_all_orders_and_of_nobody_else(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.cancels(shop.holds(("P-1", 1), reservation_id="R-1", order_id="O-1", customer_id="C-1"))
    shop.holds(("P-1", 1), reservation_id="R-2", order_id="O-2", customer_id="C-1")
    shop.holds(("P-1", 1), reservation_id="R-3", order_id="C-1", customer_id="C-10")
    shop.holds(("P-1", 1), reservation_id="R-4", customer_id="c-1")
    read_model.follows()
    read_model.state = State.STALE

    assert kinds(timeline(manager, customer_id="C-1")) == [("HELD", "R-2"), ("RELEASED", "R-1"), ("HELD", "R-1")]
    assert manager.get("/admin/timeline", customer_id="C-1").content["read_model"]["state"] == "STALE"


@pytest.mark.parametrize("size", [1, 2])
def test_the_timeline_of_a_customer_has_pages(
    manager: Caller, shop: Shop, read_model: FakeReadModel, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(timelines, "RESERVATIONS_A_PAGE", size)
    for number in range(5):
        shop.holds(("P-1", 1), reservation_id=f"R-{number}", customer_id="C-1")
    read_model.follows()

    assert kinds(timeline(manager, customer_id="C-1")) == [("HELD", f"R-{number}") for number in (4, 3, 2, 1, 0)]


def test_without_the_read_model_orders_have_a_timeline_and_customers_have_none(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.holds(("P-1", 1), reservation_id="R-1", order_id="O-1", customer_id="C-1")
    read_model.is_lost()

    assert kinds(timeline(manager, order_id="O-1")) == [("HELD", "R-1")]
    assert "read_model" not in manager.get("/admin/timeline", order_id="O-1").content
    answer = manager.get("/admin/timeline", customer_id="C-1")
    assert (answer.status, answer.content["code"]) == (409, "READ_MODEL_MISSING")


def test_an_unknown_order_or_customer_has_an_empty_timeline(manager: Caller, read_model: FakeReadModel) -> None:
    read_model.follows()

    assert timeline(manager, order_id="O-9") == timeline(manager, customer_id="C-9") == []


def test_a_cursor_of_another_timeline_is_refused(
    manager: Caller, shop: Shop, read_model: FakeReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "RESERVATIONS_A_PAGE", 1)
    for number in range(2):
        shop.holds(("P-1", 1), reservation_id=f"R-{number}", order_id="O-1", customer_id="O-1")
    read_model.follows()

    for named in ("order_id", "customer_id"):
        cursor = manager.get("/admin/timeline", **{named: "O-1"}).content["cursor"]
        assert manager.get("/admin/timeline", order_id="O-2", cursor=cursor).invalid_fields == ["cursor"]
        assert manager.get("/admin/timeline", customer_id="C-2", cursor=cursor).invalid_fields == ["cursor"]
