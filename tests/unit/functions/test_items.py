"""Items: every type comes back from its item as it was, and an item in another form is an error that names it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.aws.changes import to_attributes, to_item
from inventory.items import (
    ACTIVE,
    LISTED,
    PENDING,
    UNREADABLE,
    failed_execution_item,
    level_item,
    movement_item,
    parse_or_none,
    refund_item,
    reservation_item,
    to_failed_execution,
    to_holdings,
    to_level,
    to_movement,
    to_refund,
    to_reservation,
)
from inventory.model import (
    ExecutionStatus,
    FailedExecution,
    Holding,
    Intervention,
    Level,
    LevelKey,
    Line,
    MoneyReturned,
    Movement,
    MovementKind,
    Refund,
    RejectionReason,
    ReleaseReason,
    Reservation,
    Shortage,
    Source,
    Status,
)

TIME = "2026-03-01T12:00:00.000Z"
TEXTS = st.text(min_size=1, max_size=8)
MAYBE_TEXTS = st.none() | TEXTS
UNITS = st.integers(0, 10**9)
NAMED_LINES = st.builds(Line, TEXTS, TEXTS, st.integers(1, 10_000))
SOURCES = st.builds(Source, TEXTS, st.integers(1, 10_000))
PLACED_LINES = st.builds(
    lambda product_id, sources: Line(product_id, None, sum(source.quantity for source in sources), sources),
    TEXTS,
    st.lists(SOURCES, min_size=1, max_size=3).map(tuple),
)
REFUSED_LINES = st.builds(Line, TEXTS, st.none(), st.integers(1, 10_000))
# A text for every field whose type is text, if its field has no other strategy here.
RESERVATIONS = st.builds(
    Reservation,
    reservation_id=TEXTS,
    status=st.sampled_from(Status),
    lines=st.lists(NAMED_LINES | PLACED_LINES | REFUSED_LINES, max_size=3).map(tuple),
    hold_seconds=UNITS,
    created_at=TEXTS,
    held_until=MAYBE_TEXTS,
    order_id=MAYBE_TEXTS,
    customer_id=MAYBE_TEXTS,
    reason=st.none() | st.sampled_from([*ReleaseReason, *RejectionReason]),
    shortages=st.lists(st.builds(Shortage, TEXTS, MAYBE_TEXTS, UNITS, UNITS), max_size=2).map(tuple),
    payment_reference=MAYBE_TEXTS,
    rescued=st.booleans(),
    decided_at=MAYBE_TEXTS,
    has_refunds=st.booleans(),
    payments_to_announce=st.frozensets(TEXTS, max_size=2),
    payments_announced=st.frozensets(TEXTS, max_size=2),
    cancelled_after_expiry=st.booleans(),
    notify_since=MAYBE_TEXTS,
    intervention=st.none() | st.builds(Intervention, TEXTS, TEXTS),
    longest_hold_seconds=st.none() | UNITS,
    started_as=MAYBE_TEXTS,
    task_token=MAYBE_TEXTS,
).map(lambda found: found if all(line.sources for line in found.lines) else replace(found, status=Status.REJECTED))
LEVELS = st.builds(
    Level,
    *[TEXTS] * 4,
    *[UNITS] * 5,
    updated_at=TEXTS,
    active=st.booleans(),
    low_stock_alerted=st.booleans(),
    counted_as_of=MAYBE_TEXTS,
    described_at=MAYBE_TEXTS,
    low_stock_alert_by=MAYBE_TEXTS,
)
MOVEMENTS = st.builds(
    Movement,
    *[TEXTS] * 4,
    kind=st.sampled_from(MovementKind),
    delta=st.integers(-(10**9), 10**9),
    actor=TEXTS,
    reason=TEXTS,
    reference=MAYBE_TEXTS,
)
REFUNDS = st.builds(
    Refund,
    *[TEXTS] * 3,
    reservation_status=st.none() | st.sampled_from(Status),
    order_id=MAYBE_TEXTS,
    amount=MAYBE_TEXTS,
    currency=MAYBE_TEXTS,
    is_announced=st.booleans(),
    returned=st.none() | st.builds(MoneyReturned, *[TEXTS] * 3, note=MAYBE_TEXTS),
)

FAILED_EXECUTIONS = st.builds(
    FailedExecution,
    *[TEXTS] * 2,
    status=st.sampled_from(ExecutionStatus),
    failed_at=TEXTS,
    **dict.fromkeys(("started_at", "order_id", "error", "cause", "content"), MAYBE_TEXTS),
)


def stored(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it is read again."""
    return to_item(to_attributes(item))


@settings(deadline=None)
@given(RESERVATIONS)
def test_a_reservation_comes_back_from_its_item(reservation: Reservation) -> None:
    assert to_reservation(stored(reservation_item(reservation))) == reservation


def test_a_row_of_the_first_edition_takes_each_line_from_its_own_warehouse() -> None:
    line = {"product_id": "P-1", "warehouse_id": "main", "quantity": 2}
    item = stored(reservation_item(reservation(Status.HELD)) | {"lines": [line]})

    read = to_reservation(item)

    assert to_holdings(item) == read.holdings == (Holding(LevelKey("P-1", "main"), 2),)
    assert read.is_of_first_edition
    assert reservation_item(read)["lines"] == [line]


def test_a_line_with_one_source_is_stored_where_the_first_edition_looks_for_it() -> None:
    held = replace(reservation(Status.HELD), lines=(Line("P-1", None, 2, (Source("outlet", 2),)),))

    [line] = reservation_item(held)["lines"]

    assert line == {"product_id": "P-1", "warehouse_id": "outlet", "quantity": 2, "any": True}


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": [{"warehouse_id": "main", "quantity": 1}]},
        {"sources": [{"warehouse_id": "main", "quantity": 1}, {"warehouse_id": "outlet", "quantity": 2}]},
        {"sources": [{"warehouse_id": "main", "quantity": 3}, {"warehouse_id": "outlet", "quantity": -1}]},
        {"sources": [{"quantity": 2}]},
        {"sources": "main"},
        {"any": "yes"},
        {},
    ],
)
def test_units_whose_sources_cannot_be_read_are_an_error(wrong: dict[str, Any]) -> None:
    line = {"product_id": "P-1", "quantity": 2, "any": True} | wrong
    item = stored(reservation_item(reservation(Status.HELD)) | {"lines": [line]})

    for read in (to_holdings, to_reservation):
        with pytest.raises(UNREADABLE):
            read(item)


@settings(deadline=None)
@given(LEVELS)
def test_a_level_comes_back_from_its_item(level: Level) -> None:
    assert to_level(stored(level_item(level))) == level


@settings(deadline=None)
@given(MOVEMENTS)
def test_a_movement_comes_back_from_its_item(movement: Movement) -> None:
    assert to_movement(stored(movement_item(movement))) == movement


@settings(deadline=None)
@given(REFUNDS)
def test_a_refund_comes_back_from_its_item(refund: Refund) -> None:
    assert to_refund(stored(refund_item(refund))) == refund


@settings(deadline=None)
@given(FAILED_EXECUTIONS)
def test_a_failed_execution_comes_back_from_its_item(failed: FailedExecution) -> None:
    item = stored(failed_execution_item(failed))

    assert to_failed_execution(item) == failed
    assert item["listed"] == LISTED


# --- the indexes


def reservation(status: Status) -> Reservation:
    """A reservation whose hold ends at the first moment, and which was decided at the second."""
    lines = (Line("P-1", "main", 2),)
    return Reservation("R-1", status, lines, 900, TIME, held_until="first", decided_at="second")


@pytest.mark.parametrize("status", Status)
def test_an_active_reservation_is_listed_by_the_end_of_its_hold_and_a_decided_one_by_its_decision(
    status: Status,
) -> None:
    item = reservation_item(reservation(status))

    active = (ACTIVE, "first")
    assert (item["phase"], item["phase_at"]) == (active if status in ("HELD", "PAID") else (status.value, "second"))


def test_only_a_reservation_with_a_pending_notification_is_listed_as_pending() -> None:
    quiet = reservation(Status.RELEASED)

    assert "pending_notification" not in reservation_item(quiet)
    assert reservation_item(replace(quiet, notify_since="then"))["pending_notification"] == PENDING


def test_a_refund_is_listed_by_its_status_and_as_pending_until_it_is_announced() -> None:
    refund = Refund("R-1", "PAY-1", "then")
    returned = replace(refund, is_announced=True, returned=MoneyReturned("REF-1", "ada", "later"))

    opened, closed = refund_item(refund), refund_item(returned)

    assert (opened["status"], opened["status_at"]) == ("OPEN", "then")
    assert (opened["pending_notification"], opened["notify_since"]) == (PENDING, "then")
    assert (closed["status"], closed["status_at"]) == ("RETURNED", "later")
    assert not {"pending_notification", "notify_since"} & closed.keys()


# --- items in another form


LEVEL = level_item(Level("P-1", "main", "Mug", "kitchen", 5, 1, 4, 2, 1, TIME))
RESERVATION = reservation_item(replace(reservation(Status.HELD), longest_hold_seconds=900))
MOVEMENT = movement_item(Movement("P-1", "main", "M-1", TIME, MovementKind.SOLD, -1, "ada", "sold"))


@pytest.mark.parametrize(("parse", "item"), [(to_level, LEVEL), (to_reservation, RESERVATION), (to_movement, MOVEMENT)])
@pytest.mark.parametrize("wrong", [Decimal("1.5"), True, None, ["x"], "x"], ids=str)
def test_a_number_in_another_form_is_an_error(parse: Any, item: dict[str, Any], wrong: Any) -> None:
    numbers = [name for name, value in item.items() if isinstance(value, int) and not isinstance(value, bool)]

    assert numbers
    for name in numbers:
        with pytest.raises(UNREADABLE):
            parse(item | {name: wrong})


@pytest.mark.parametrize(
    ("parse", "item", "names"),
    [
        (to_level, LEVEL, ["name", "category", "updated_at"]),
        (to_reservation, RESERVATION, ["created_at"]),
        (to_movement, MOVEMENT, ["warehouse_id", "moved_at", "actor", "reason"]),
    ],
)
@pytest.mark.parametrize("wrong", [Decimal(1), None, ["x"]], ids=str)
def test_a_text_in_another_form_is_an_error(parse: Any, item: dict[str, Any], names: list[str], wrong: Any) -> None:
    for name in names:
        with pytest.raises(UNREADABLE):
            parse(item | {name: wrong})


@pytest.mark.parametrize("lines", [None, ["x"], [{"product_id": "P-1"}], [{"product_id": 1, "quantity": 1}]], ids=str)
def test_lines_in_another_form_are_an_error(lines: Any) -> None:
    with pytest.raises(UNREADABLE):
        to_reservation(RESERVATION | {"lines": lines})


def test_an_item_that_cannot_be_read_is_logged_by_its_key_alone(caplog: pytest.LogCaptureFixture) -> None:
    broken = RESERVATION | {"status": "BROKEN", "task_token": "secret"}

    assert parse_or_none(to_reservation, RESERVATION) == to_reservation(RESERVATION)
    assert parse_or_none(to_reservation, broken) is None

    [record] = caplog.records
    assert vars(record)["item_key"] == {"reservation_id": "R-1"}
    assert "secret" not in str(vars(record))
