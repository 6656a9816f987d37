"""Items: every type comes back from its item as it was, and an item in another form is an error that names it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.aws.changes import to_attributes, to_item
from inventory.identifiers import name_of, of_our_own
from inventory.index_partitions import ACTIVE, PENDING, index_partition
from inventory.items import (
    LISTED,
    UNREADABLE,
    Unreadable,
    adjustment_key_of_first_edition,
    after_sale_items,
    batch_row_key,
    failed_execution_item,
    level_item,
    movement_item,
    parse_or_none,
    parse_or_report,
    refund_item,
    reservation_item,
    to_active_claim,
    to_adjustment,
    to_failed_execution,
    to_holdings,
    to_level,
    to_lines,
    to_movement,
    to_refund,
    to_reservation,
)
from inventory.model import (
    Adjustment,
    AfterSale,
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
    request_hash=MAYBE_TEXTS,
    revision=UNITS,
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
    units=st.none() | UNITS,
    allocated_delta=st.integers(-(10**9), 10**9),
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


COMPLETE_RESERVATION = Reservation(
    reservation_id="order 1",
    status=Status.RELEASED,
    lines=(
        Line("A", "m", 1),
        Line("B", None, 2, (Source("o", 2),)),
        Line("C", None, 3, (Source("m", 1), Source("o", 2))),
    ),
    hold_seconds=900,
    created_at=TIME,
    held_until="the end",
    order_id="O-1",
    customer_id="C-1",
    reason=ReleaseReason.CANCELLED,
    shortages=(Shortage("A", "m", 2, 1), Shortage("B", None, 3, 0)),
    payment_reference="PAY-1",
    rescued=True,
    decided_at="decided",
    has_refunds=True,
    payments_to_announce=frozenset({"PAY-2"}),
    payments_announced=frozenset({"PAY-3"}),
    cancelled_after_expiry=True,
    notify_since="since",
    intervention=Intervention("ada", "a note"),
    longest_hold_seconds=1_800,
    started_as="execution-1",
    task_token="secret",
    request_hash="hash",
    revision=3,
)
RETURNED_MONEY = Refund(
    reservation_id="order 1",
    payment_reference="PAY-1",
    since=TIME,
    reservation_status=Status.RELEASED,
    order_id="O-1",
    amount="12.50",
    currency="EUR",
    is_announced=True,
    returned=MoneyReturned("RE-1", "ada", "then", "a note"),
)


def test_what_has_every_attribute_comes_back_from_its_item() -> None:
    assert to_reservation(stored(reservation_item(COMPLETE_RESERVATION))) == COMPLETE_RESERVATION
    assert to_refund(stored(refund_item(RETURNED_MONEY))) == RETURNED_MONEY


def test_what_has_only_what_it_must_have_comes_back_from_its_item() -> None:
    held = reservation(Status.HELD)
    rejected = replace(reservation(Status.REJECTED), lines=(Line("P-1", None, 2),))

    assert to_reservation(stored(reservation_item(held))) == held
    assert to_reservation(stored(reservation_item(rejected))) == rejected


def test_one_line_of_the_first_edition_makes_a_row_one_of_it() -> None:
    old = {"product_id": "P-1", "warehouse_id": "main", "quantity": 2}
    new = old | {"product_id": "P-2", "any": True}

    assert to_reservation(
        stored(reservation_item(reservation(Status.HELD)) | {"lines": [new, old]})
    ).is_of_first_edition


def test_one_line_without_sources_makes_a_held_reservation_unreadable() -> None:
    placed = {"product_id": "P-1", "warehouse_id": "main", "quantity": 2, "any": True}
    unplaced = {"product_id": "P-2", "quantity": 2, "any": True}
    item = stored(reservation_item(reservation(Status.HELD)) | {"lines": [placed, unplaced]})

    with pytest.raises(ValueError, match="no sources"):
        to_reservation(item)


def test_the_largest_number_of_the_database_can_be_read() -> None:
    assert to_movement(MOVEMENT | {"delta": Decimal(10**38 - 1)}).delta == 10**38 - 1


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


# --- what an item does not carry


def test_a_reservation_carries_only_attributes_with_a_value() -> None:
    held = Reservation("R-1", Status.HELD, (Line("P-1", "main", 2),), 900, TIME, held_until="then")

    assert reservation_item(held) == {
        "reservation_id": "R-1",
        "status": "HELD",
        "phase": "OPEN-1",
        "phase_at": "then",
        "lines": [{"product_id": "P-1", "warehouse_id": "main", "quantity": 2, "any": False}],
        "hold_seconds": 900,
        "created_at": TIME,
        "held_until": "then",
    }


@pytest.mark.parametrize(("sent", "carried"), [("R-1", None), ("#1001 / a", "#1001 / a")])
def test_what_the_caller_sent_is_carried_only_if_it_is_not_the_name(sent: str, carried: str | None) -> None:
    held = replace(reservation(Status.HELD), reservation_id=sent)

    for item in (reservation_item(held), refund_item(Refund(sent, "PAY-1", TIME))):
        assert item["reservation_id"] == name_of(sent)
        assert item.get("requested_id") == carried


def test_only_a_retired_level_carries_whether_it_is_active() -> None:
    level = Level("P-1", "main", "Mug", "kitchen", 5, 1, 4, 2, 1, TIME)

    assert "active" not in level_item(level)
    assert level_item(replace(level, active=False))["active"] is False


# --- parts of items


def test_units_that_are_not_there_are_not_stored() -> None:
    level = Level("P-1", "main", "Mug", "kitchen", 10, 0, 8, 5, 1, TIME)
    movement = Movement("P-1", "main", "M-1", TIME, MovementKind.SOLD, -2, "checkout", "sold")
    main, outlet = LevelKey("P-1", "main"), LevelKey("P-1", "outlet")
    happened = [AfterSale(main, dispatched=2), AfterSale(outlet, returned=3, returned_undispatched=1)]

    assert "allocated" not in level_item(level)
    assert level_item(replace(level, allocated=2))["allocated"] == 2
    assert "allocated_delta" not in movement_item(movement)
    assert movement_item(replace(movement, allocated_delta=-2))["allocated_delta"] == -2
    assert after_sale_items(happened) == [
        {"product_id": "P-1", "warehouse_id": "main", "dispatched": 2},
        {"product_id": "P-1", "warehouse_id": "outlet", "returned": 3, "returned_undispatched": 1},
    ]


def test_an_active_reservation_is_counted_by_its_units_and_its_customer() -> None:
    held = (Holding(LevelKey("P-1", "main"), 2),)

    assert to_active_claim(RESERVATION | {"customer_id": "C-1"}) == (held, "C-1")
    assert to_active_claim(RESERVATION) == (held, None)


def test_a_decided_reservation_is_not_counted_and_must_not_be_listed_as_active() -> None:
    decided = reservation_item(reservation(Status.RELEASED))

    assert to_active_claim(decided) is None
    with pytest.raises(ValueError, match="it is RELEASED, but is listed as active"):
        to_active_claim(decided | {"phase": ACTIVE})


def test_the_rows_of_a_batch_are_together_and_sorted_by_their_numbers() -> None:
    keys = [batch_row_key("B-1", number) for number in (9, 10)]

    assert [key["product_id"] for key in keys] == 2 * [of_our_own("batch", "B-1")]
    assert [key["movement_id"] for key in keys] == ["000000009", "000000010"]


# --- rows of the first edition


def test_an_adjustment_of_the_first_edition_is_found_by_its_request() -> None:
    request = {"request_id": "Q-1", "product_id": "P-1", "warehouse_id": "main", "delta": -2, "reason": "broken"}
    item = stored(adjustment_key_of_first_edition("Q-1") | {"request": request})

    assert (item["product_id"], item["movement_id"]) == ("adjustment#Q-1", "request")
    assert to_adjustment(item) == Adjustment("Q-1", "P-1", "main", -2, "broken")
    assert isinstance(to_adjustment(item).delta, int)


def test_a_row_that_was_called_like_its_id_keeps_its_name() -> None:
    found = to_reservation(RESERVATION | {"reservation_id": "k-1"})

    assert (found.reservation_id, found.name) == ("k-1", "k-1")


def test_the_longest_hold_is_read_by_its_older_name_too() -> None:
    older = {name: value for name, value in RESERVATION.items() if name != "hold_max"}

    assert to_reservation(RESERVATION).longest_hold_seconds == 900
    assert to_reservation(older | {"longest_hold_seconds": 600}).longest_hold_seconds == 600
    assert to_reservation(older).longest_hold_seconds is None


# --- the indexes


def reservation(status: Status) -> Reservation:
    """A reservation whose hold ends at the first moment, and which was decided at the second."""
    lines = (Line("P-1", "main", 2),)
    return Reservation("R-1", status, lines, 900, TIME, held_until="first", decided_at="second")


@pytest.mark.parametrize("spread", [True, False], ids=["spread", "not spread"])
@pytest.mark.parametrize("status", Status)
def test_an_active_reservation_is_listed_by_the_end_of_its_hold_and_a_decided_one_by_its_decision(
    status: Status, spread: bool
) -> None:
    item = reservation_item(reservation(status), spread=spread)

    phase, at = (ACTIVE, "first") if status in ("HELD", "PAID") else (status.value, "second")
    assert (item["phase"], item["phase_at"]) == (index_partition(phase, "R-1", spread=spread), at)


def test_only_a_reservation_with_a_pending_notification_is_listed_as_pending() -> None:
    quiet = reservation(Status.RELEASED)

    assert "pending_notification" not in reservation_item(quiet)
    pending = replace(quiet, notify_since="then")
    assert reservation_item(pending)["pending_notification"] == index_partition(PENDING, "R-1", spread=True)
    assert reservation_item(pending, spread=False)["pending_notification"] == PENDING


def test_a_refund_is_listed_by_its_status_and_as_pending_until_it_is_announced() -> None:
    refund = Refund("R-1", "PAY-1", "then")
    returned = replace(refund, is_announced=True, returned=MoneyReturned("REF-1", "ada", "later"))

    opened, closed = refund_item(refund), refund_item(returned)

    assert (opened["status"], opened["status_at"]) == ("OPEN", "then")
    assert (opened["pending_notification"], opened["notify_since"]) == (PENDING, "then")
    assert (closed["status"], closed["status_at"]) == ("RETURNED", "later")
    assert not {"pending_notification", "notify_since"} & closed.keys()


def test_a_line_from_several_warehouses_has_them_and_no_other_warehouse() -> None:
    line = Line("P-1", None, 3, (Source("main", 2), Source("outlet", 1)))

    [item] = reservation_item(replace(reservation(Status.HELD), lines=(line,)))["lines"]

    assert item == {
        "product_id": "P-1",
        "quantity": 3,
        "any": True,
        "sources": [{"warehouse_id": "main", "quantity": 2}, {"warehouse_id": "outlet", "quantity": 1}],
    }
    assert to_lines({"lines": [item]}) == (line,)


def test_a_line_of_the_first_edition_is_one_of_the_warehouse_in_its_row() -> None:
    item = {"product_id": "P-1", "warehouse_id": "outlet", "quantity": 3}

    assert to_lines({"lines": [item]}) == (Line("P-1", "outlet", 3),)


# --- items in another form


LEVEL = level_item(Level("P-1", "main", "Mug", "kitchen", 5, 1, 4, 2, 1, TIME))
RESERVATION = reservation_item(replace(reservation(Status.HELD), longest_hold_seconds=900))
MOVEMENT = movement_item(Movement("P-1", "main", "M-1", TIME, MovementKind.SOLD, -1, "ada", "sold"))


@pytest.mark.parametrize(("parse", "item"), [(to_level, LEVEL), (to_reservation, RESERVATION), (to_movement, MOVEMENT)])
@pytest.mark.parametrize("wrong", [Decimal("1.5"), Decimal("1E+38"), True, None, ["x"], "x"], ids=str)
def test_a_number_in_another_form_is_an_error(parse: Any, item: dict[str, Any], wrong: Any) -> None:
    numbers = [name for name, value in item.items() if isinstance(value, int) and not isinstance(value, bool)]

    assert numbers
    for name in numbers:
        with pytest.raises(ValueError, match=f"{name} is .*, not a whole number"):
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
        with pytest.raises(TypeError, match=f"{name} is .*, not text"):
            parse(item | {name: wrong})


@pytest.mark.parametrize("wrong", ["yes", Decimal(1), None], ids=str)
@pytest.mark.parametrize(
    ("parse", "item", "name"),
    [(to_level, LEVEL, "low_stock_alerted"), (to_level, LEVEL, "active"), (to_reservation, RESERVATION, "rescued")],
)
def test_a_flag_in_another_form_is_an_error(parse: Any, item: dict[str, Any], name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"{name} is .*, not true or false"):
        parse(item | {name: wrong})


@pytest.mark.parametrize(
    "wrong",
    ["PAY-1", ["PAY-1"], {Decimal(1)}, {"PAY-1", Decimal(1)}],
    ids=["a text", "a list", "a set of numbers", "a mixed set"],
)
@pytest.mark.parametrize("name", ["payments_to_announce", "payments_announced"])
def test_a_set_of_texts_in_another_form_is_an_error(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"{name} is .*, not a set of texts"):
        to_reservation(RESERVATION | {name: wrong})


@pytest.mark.parametrize(
    ("name", "bytes_max"), [("product_id", 2_048), ("warehouse_id", 1_024), ("customer_id", 2_048)]
)
def test_a_text_that_cannot_be_a_key_is_an_error(name: str, bytes_max: int) -> None:
    def item(text: str) -> dict[str, Any]:
        line = RESERVATION["lines"][0]
        return RESERVATION | ({name: text} if name == "customer_id" else {"lines": [line | {name: text}]})

    assert to_reservation(item("x" * bytes_max))
    for wrong in ("", "x" * (bytes_max + 1), "\u00e9" * (bytes_max // 2 + 1)):
        with pytest.raises(ValueError, match=f"{name} cannot be a key"):
            to_reservation(item(wrong))


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_without_units_is_an_error(quantity: int) -> None:
    with pytest.raises(ValueError, match="not 1 or more"):
        to_lines({"lines": [{"product_id": "P-1", "warehouse_id": "main", "quantity": quantity}]})


@pytest.mark.parametrize("name", ["lines", "shortages"])
@pytest.mark.parametrize("wrong", [None, {}, "x"], ids=str)
def test_a_list_in_another_form_is_an_error(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"{name} is .*, not a list"):
        to_reservation(RESERVATION | {name: wrong})


@pytest.mark.parametrize("lines", [["x"], [{"product_id": "P-1"}], [{"product_id": 1, "quantity": 1}]], ids=str)
def test_lines_in_another_form_are_an_error(lines: Any) -> None:
    with pytest.raises(UNREADABLE):
        to_reservation(RESERVATION | {"lines": lines})


def test_an_item_that_cannot_be_read_is_logged_by_its_key_alone(caplog: pytest.LogCaptureFixture) -> None:
    broken = RESERVATION | {"status": "BROKEN", "task_token": "secret"}

    assert parse_or_none(to_reservation, RESERVATION) == to_reservation(RESERVATION)
    assert parse_or_none(to_reservation, broken) is None

    [record] = caplog.records
    assert vars(record)["fields"]["item_key"] == {"reservation_id": "R-1"}
    assert "secret" not in str(vars(record))


@pytest.mark.parametrize(
    "key",
    [
        {"product_id": "P-1", "warehouse_id": "main"},
        {"product_id": "P-1", "movement_id": "M-1"},
        {"reservation_id": "R-1", "payment_reference": "PAY-1"},
        {"customer_id": "C-1"},
    ],
    ids=" and ".join,
)
def test_an_item_that_cannot_be_read_is_named_by_every_part_of_its_key(key: dict[str, str]) -> None:
    found = parse_or_report(to_level, key | {"name": 5})

    assert isinstance(found, Unreadable)
    assert str(found).startswith(" ".join(key.values()) + ": ")
