"""The domain model: statuses, outcomes and times, and the task token that no output contains."""

import json
from datetime import datetime

import pytest

from inventory.model import Level, Line, ReleaseReason, Reservation, Shortage, Status, iso

TOKEN = "AQCEAAAAKgAAAAMAAAAA-secret-secret"


def reservation(status: Status = Status.HELD, reason: ReleaseReason | None = None) -> Reservation:
    """A reservation with a task token."""
    lines = (Line("P-1", "main", 2), Line("P-2", "main", 1))
    return Reservation("R-1", status, lines, 900, "2026-03-01T12:00:00.000Z", reason=reason, task_token=TOKEN)


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

    assert outcome == {"reservation_id": "R-1", "status": "RELEASED", "reason": "EXPIRED", "shortages": []}


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
