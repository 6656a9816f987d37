"""The domain model: statuses, outcomes and times, and the task token that no output contains."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from inventory.model import (
    CAUSE_LENGTH_IN_LIST,
    AfterSale,
    ExecutionStatus,
    FailedExecution,
    Intervention,
    Level,
    LevelKey,
    Line,
    MoneyReturned,
    Movement,
    MovementKind,
    Refund,
    ReleaseReason,
    Reservation,
    Shortage,
    Source,
    Status,
    iso,
    movements_of_sale,
)

TIME = "2026-03-01T12:00:00.000Z"
TOKEN = "AQCEAAAAKgAAAAMAAAAA-secret-secret"


def reservation(status: Status = Status.HELD, reason: ReleaseReason | None = None) -> Reservation:
    """A reservation with a task token."""
    lines = (Line("P-1", "main", 2), Line("P-2", "main", 1))
    return Reservation("R-1", status, lines, 900, "2026-03-01T12:00:00.000Z", reason=reason, task_token=TOKEN)


def from_main(quantity: int) -> dict[str, Any]:
    """A source as callers see it."""
    return {"warehouse_id": "main", "quantity": quantity}


def test_a_line_without_a_warehouse_is_shown_as_it_was_asked_with_what_is_taken_for_it() -> None:
    line = Line("P-1", None, 3, (Source("main", 2), Source("outlet", 1)))
    held = replace(reservation(), lines=(line,))

    sources = [from_main(2), {"warehouse_id": "outlet", "quantity": 1}]
    asked = {"product_id": "P-1", "warehouse_id": None, "quantity": 3}
    assert held.to_json()["lines"] == [asked | {"sources": sources}]
    assert held.rejected().to_json()["lines"] == [asked | {"sources": []}]


def test_nothing_is_taken_for_a_rejected_line_that_names_its_warehouse() -> None:
    rejected = replace(reservation(), lines=(Line("P-1", "main", 3),)).rejected()

    assert rejected.to_json()["lines"] == [{"product_id": "P-1", "warehouse_id": "main", "quantity": 3, "sources": []}]


@pytest.mark.parametrize(
    ("warehouse_id", "expected"),
    [
        ("main", {"product_id": "P-1", "warehouse_id": "main", "quantity": 3}),
        (None, {"product_id": "P-1", "quantity": 3}),
    ],
)
def test_a_line_in_a_request_names_its_warehouse_only_if_it_was_named(
    warehouse_id: str | None, expected: dict[str, Any]
) -> None:
    assert Line("P-1", warehouse_id, 3, (Source("north", 3),)).request_json() == expected


def test_a_sale_has_one_movement_of_each_level() -> None:
    placed = Line("P-1", None, 3, (Source("main", 2), Source("outlet", 1)))
    sold = replace(reservation(), lines=(Line("P-1", "main", 4), placed))

    movements = list(movements_of_sale(sold, datetime.fromisoformat(TIME)))

    assert [(movement.warehouse_id, movement.delta) for movement in movements] == [("main", -6), ("outlet", -1)]


def level(on_hand: int, reserved: int = 0) -> Level:
    """A level with a threshold of 5."""
    return Level(
        "P-1", "main", "Mug", "kitchen", on_hand, reserved, on_hand - reserved, 5, 1, "2026-03-01T12:00:00.000Z"
    )


def test_a_token_is_never_shown() -> None:
    shown = [repr(reservation()), str(reservation()), json.dumps(reservation().to_json())]

    assert not any(TOKEN in text for text in [*shown, json.dumps(reservation().outcome())])


@pytest.mark.parametrize("status", [Status.RELEASED, Status.UNFULFILLED])
def test_a_late_payment_leaves_the_workflows_outcome_released(status: Status) -> None:
    outcome = reservation(status, ReleaseReason.EXPIRED).outcome()

    assert outcome == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "shortages": [],
    }


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.UNFULFILLED])
def test_the_workflows_outcome_is_otherwise_the_reservations_status(status: Status) -> None:
    assert reservation(status).outcome()["status"] == status


@pytest.mark.parametrize("status", Status)
def test_a_reservation_is_decided_unless_it_holds_units(status: Status) -> None:
    assert reservation(status).is_decided is (status not in (Status.HELD, Status.PAID))


@pytest.mark.parametrize("status", list(Status))
def test_a_reservation_with_shortages_is_held_in_part_unless_it_was_rejected(status: Status) -> None:
    short = replace(reservation(status), shortages=(Shortage("P-1", "main", 3, 2),))

    assert short.is_in_part == (status is not Status.REJECTED)
    assert not reservation(status).is_in_part


@pytest.mark.parametrize("status", list(Status))
def test_units_are_allocated_only_by_a_tracked_sale(status: Status) -> None:
    tracked = replace(reservation(status), tracked=True)

    assert bool(tracked.allocated) == (status is Status.COMMITTED)
    assert reservation(status).allocated == ()


def test_an_execution_is_called_like_the_row_unless_it_was_started_otherwise() -> None:
    started_directly = replace(reservation(), started_as="SO.1001")
    older = replace(reservation(), reservation_id="k-1", row_name="k-1")

    assert (reservation().name, reservation().execution_name) == ("R-1", "R-1")
    assert (started_directly.name, started_directly.execution_name) == ("R-1", "SO.1001")
    assert (older.name, older.execution_name) == ("k-1", "k-1")


def test_a_reservation_is_shown_with_all_its_documented_fields() -> None:
    shown = replace(
        reservation(Status.RELEASED, ReleaseReason.EXPIRED),
        held_until="2026-03-01T12:15:00.000Z",
        order_id="1001",
        customer_id="C-1",
        payment_reference="PAY-1",
        rescued=True,
        decided_at="2026-03-01T12:15:01.000Z",
        shortages=(Shortage("P-1", "main", requested=2, available=1),),
        intervention=Intervention("ada", "found it"),
        payments_to_announce=frozenset({"PAY-3"}),
        payments_announced=frozenset({"PAY-2"}),
    )

    expected = {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "status": "RELEASED",
        "reason": "EXPIRED",
        "lines": [
            {"product_id": "P-1", "warehouse_id": "main", "quantity": 2, "sources": [from_main(2)]},
            {"product_id": "P-2", "warehouse_id": "main", "quantity": 1, "sources": [from_main(1)]},
        ],
        "order_id": "1001",
        "customer_id": "C-1",
        "held_until": "2026-03-01T12:15:00.000Z",
        "payment_reference": "PAY-1",
        "rescued": True,
        "shortages": [{"product_id": "P-1", "warehouse_id": "main", "requested": 2, "available": 1}],
        "created_at": "2026-03-01T12:00:00.000Z",
        "decided_at": "2026-03-01T12:15:01.000Z",
    }
    by_hand = {"released_by": "ada", "release_note": "found it", "unfulfilled_payments": ["PAY-1", "PAY-2", "PAY-3"]}
    assert shown.to_json() == expected
    assert shown.to_admin_json(["PAY-1"]) == expected | by_hand


def test_nobody_is_named_who_did_not_release_it() -> None:
    shown = reservation().to_admin_json()

    assert (shown["released_by"], shown["release_note"], shown["unfulfilled_payments"]) == (None, None, [])


def test_a_level_and_a_movement_are_shown_with_all_their_documented_fields() -> None:
    movement = Movement("P-1", "main", "M-1", TIME, MovementKind.ADJUSTED, -1, "ada", "broken", "REF-1")

    assert replace(level(9, 4), low_stock_alerted=True, low_stock_alert_by="somebody").to_json() == {
        "product_id": "P-1",
        "warehouse_id": "main",
        "name": "Mug",
        "category": "kitchen",
        "on_hand": 9,
        "reserved": 4,
        "allocated": 0,
        "available": 5,
        "low_stock_threshold": 5,
        "status": "LOW_STOCK",
        "is_low": False,
        "active": True,
        "version": 1,
        "updated_at": TIME,
    }
    assert movement.to_json() == {
        "product_id": "P-1",
        "warehouse_id": "main",
        "movement_id": "M-1",
        "moved_at": TIME,
        "kind": "ADJUSTED",
        "delta": -1,
        "actor": "ada",
        "reason": "broken",
        "reference": "REF-1",
    }
    assert replace(movement, units=3, allocated_delta=-2).to_json() == movement.to_json() | {
        "units": 3,
        "allocated_delta": -2,
    }


@pytest.mark.parametrize(
    ("tracked", "since"), [(False, {"returned": 1}), (True, {"returned": 1, "dispatched": 2})], ids=["sold", "tracked"]
)
def test_a_sold_line_says_what_happened_since_and_only_a_tracked_one_what_was_dispatched(
    tracked: bool, since: dict[str, int]
) -> None:
    happened = AfterSale(LevelKey("P-1", "main"), dispatched=2 if tracked else 0, returned=1)
    sold = replace(reservation(Status.COMMITTED), tracked=tracked, after_sale=(happened,))

    line, other = sold.to_json()["lines"]

    assert line == {"product_id": "P-1", "warehouse_id": "main", "quantity": 2, "sources": [from_main(2)]} | since
    assert {name: other[name] for name in since} == dict.fromkeys(since, 0)


@pytest.mark.parametrize("returned", [None, MoneyReturned("REF-1", "ada", TIME, "by hand")])
def test_a_refund_is_shown_with_all_its_documented_fields(returned: MoneyReturned | None) -> None:
    refund = Refund("R-1", "PAY-1", "since", Status.REJECTED, "1001", "9.90", "EUR", returned=returned)

    assert refund.to_json() == {
        "reservation_id": "R-1",
        "execution_name": "R-1",
        "order_id": "1001",
        "payment_reference": "PAY-1",
        "amount": "9.90",
        "currency": "EUR",
        "since": "since",
        "status": "RETURNED" if returned else "OPEN",
        "reference": "REF-1" if returned else None,
        "note": "by hand" if returned else None,
        "returned_by": "ada" if returned else None,
        "returned_at": TIME if returned else None,
    }


@pytest.mark.parametrize(
    ("cause", "shown"),
    [(None, None), ("no stock", "no stock"), ("x" * (CAUSE_LENGTH_IN_LIST + 1), "x" * CAUSE_LENGTH_IN_LIST)],
    ids=["no cause", "a cause", "a long cause"],
)
def test_a_failed_execution_is_shown_with_all_its_documented_fields(cause: str | None, shown: str | None) -> None:
    failed = FailedExecution(
        "k-1",
        "#1",
        ExecutionStatus.TIMED_OUT,
        TIME,
        "before",
        "1001",
        error="States.Timeout",
        cause=cause,
        content="{}",
    )

    assert failed.to_json() == {
        "execution_name": "k-1",
        "reservation_id": "#1",
        "status": "TIMED_OUT",
        "order_id": "1001",
        "error": "States.Timeout",
        "cause": shown,
        "started_at": "before",
        "failed_at": TIME,
    }


@pytest.mark.parametrize("kind", MovementKind)
def test_only_a_count_and_a_repair_do_not_happen_to_the_units_themselves(kind: MovementKind) -> None:
    assert kind.is_of_the_shelf is (kind.value not in ("COUNTED", "RECONCILED"))


@pytest.mark.parametrize(
    ("status", "reference", "expected"),
    [
        (Status.HELD, "PAY-1", False),
        (Status.PAID, "PAY-1", True),
        (Status.COMMITTED, "PAY-1", True),
        (Status.COMMITTED, "PAY-2", False),
        (Status.UNFULFILLED, "PAY-1", False),
    ],
)
def test_a_reservation_is_bought_by_the_payment_that_it_names_while_it_is_sold(
    status: Status, reference: str, expected: bool
) -> None:
    assert replace(reservation(status), payment_reference="PAY-1").is_bought_by(reference) is expected


def test_a_sale_has_a_movement_for_each_line_with_an_id_of_its_own() -> None:
    first, second = movements_of_sale(reservation(Status.PAID), datetime.fromisoformat(TIME))

    assert (first.product_id, first.warehouse_id, first.kind, first.delta) == ("P-1", "main", "SOLD", -2)
    assert (first.moved_at, first.actor, first.reason, first.reference) == (TIME, "checkout", "sold", "R-1")
    assert first.movement_id.startswith(TIME)
    assert (second.product_id, second.delta) == ("P-2", -1)
    assert reservation().units == 3
    assert reservation().keys() == (LevelKey("P-1", "main"), LevelKey("P-2", "main"))


def test_a_rejected_reservation_holds_nothing_and_is_decided() -> None:
    rejected = reservation().rejected((Shortage("P-1", "main", requested=2, available=1),))

    assert (rejected.status, rejected.held_until, rejected.decided_at) == ("REJECTED", None, rejected.created_at)
    assert rejected.outcome()["shortages"] == [
        {"product_id": "P-1", "warehouse_id": "main", "requested": 2, "available": 1}
    ]


@pytest.mark.parametrize(
    ("on_hand", "reserved", "status"),
    [
        (6, 0, "IN_STOCK"),
        (9, 3, "IN_STOCK"),
        (9, 4, "LOW_STOCK"),
        (5, 0, "LOW_STOCK"),
        (5, 4, "LOW_STOCK"),
        (5, 5, "OUT_OF_STOCK"),
        (9, 9, "OUT_OF_STOCK"),
        (0, 0, "OUT_OF_STOCK"),
        (5, 6, "OUT_OF_STOCK"),
    ],
)
def test_the_status_of_a_level_follows_from_its_available_units(on_hand: int, reserved: int, status: str) -> None:
    assert level(on_hand, reserved).status == status


@pytest.mark.parametrize(("on_hand", "reserved", "is_low"), [(6, 0, False), (6, 6, False), (5, 0, True), (5, 5, True)])
def test_a_level_is_low_by_its_units_on_hand_whatever_is_held_of_them(
    on_hand: int, reserved: int, is_low: bool
) -> None:
    assert level(on_hand, reserved).is_low is is_low


@pytest.mark.parametrize("moment", ["2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00.000999Z"])
def test_a_time_is_written_in_utc_to_the_millisecond(moment: str) -> None:
    assert iso(datetime.fromisoformat(moment)) == "2026-03-01T12:00:00.000Z"
