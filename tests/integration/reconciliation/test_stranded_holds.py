"""Stranded holds: they are settled, and pending notifications are sent, after any loss of an execution or a signal."""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import boto3
import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.sns import LowStockAlert
from inventory.aws.task_tokens import SignalResult
from inventory.model import LevelKey, Line, Reservation, Status, iso
from inventory.reconciliation.due_queue import UNDECIDED
from inventory.reconciliation.stranded_holds import DEFER_FOR, GRACE, Event, _by_first_level
from inventory.reservations.payments import RecordedPayment
from tests.support.aws_calls import Answer, recorded, refusal
from tests.support.fault_injection import BUSY_DAY, hooked, injected_faults, just_before, lost_responses, stale_index
from tests.support.handlers import Functions
from tests.support.shop import TASK_TOKEN, Shop, at_once
from tests.support.shop.bulk_holds import hold_in_bulk
from tests.support.shop.drift import tampers
from tests.support.shop.first_edition import keeps_in_its_row

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
HOLD = timedelta(seconds=600)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_noon(shop: Shop) -> None:
    """It is noon in the shop, unless a test sets another time."""
    shop.now = lambda: NOON


def held(shop: Shop, *, quantity: int = 3, **more: Any) -> Reservation:
    """A hold that expires ten minutes past noon."""
    return shop.holds(("P-1", quantity), hold_seconds=600, **more)


# --- holds


def test_a_stranded_hold_is_released(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)

    found = shop.reconciles(later=HOLD)

    left = shop.reservation(reservation)
    assert found == {"stranded": 1, "released": 1}
    assert (left.status, left.reason) == ("RELEASED", "EXPIRED")
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_hold_whose_execution_never_waited_is_released(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3), hold_seconds=600)

    shop.reconciles(later=HOLD)

    assert shop.reservation(reservation).status == "RELEASED"
    assert shop.reconciles(later=HOLD + MINUTE) == {"unnotified": 1}
    assert shop.signals.sent == []


def test_a_stranded_paid_reservation_is_committed(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    reservation = held(shop)
    shop.pays(reservation)

    found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 1, "committed": 1}
    assert shop.reservation(reservation).status == "COMMITTED"
    assert (shop.level("P-1").on_hand, shop.level("P-1").available) == (7, 7)
    assert [json.loads(sent.message)["reservation_id"] for sent in shop.topics.low_stock] == ["R-1"]
    shop.adds_up()


@pytest.mark.parametrize("pays", [False, True])
def test_a_reservation_within_its_hold_or_grace_is_unchanged(shop: Shop, pays: bool) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    if pays:
        shop.pays(reservation)
    before = shop.reservation(reservation)

    assert shop.reconciles(later=-GRACE) == {}
    assert shop.reconciles(later=HOLD - timedelta(milliseconds=1)) == {}
    assert shop.reservation(reservation) == before


def test_an_extended_hold_is_unchanged(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.now = lambda: NOON + HOLD / 2
    shop.extends(reservation)
    shop.now = lambda: NOON

    assert shop.reconciles(later=HOLD) == {}
    assert shop.reservation(reservation).status == "HELD"


def test_a_second_run_finds_nothing_to_settle(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    for _ in range(3):
        held(shop, quantity=1)

    found = [shop.reconciles(later=HOLD), shop.reconciles(later=HOLD)]

    assert found == [{"stranded": 3, "released": 3}, {}]
    shop.adds_up()


def test_concurrent_runs_settle_what_one_run_settles(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=30)
    for index in range(12):
        reservation = held(shop, quantity=1)
        if index % 2:
            shop.pays(reservation)

    at_once(*[lambda: shop.reconciles(later=HOLD)] * 3)

    assert (shop.level("P-1").on_hand, shop.level("P-1").reserved) == (24, 0)
    shop.adds_up()


# --- changes between the read and the write


def test_a_payment_during_the_run_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.pays(reservation)):
        found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 1}
    assert shop.reservation(reservation).status == "PAID"
    assert shop.reconciles(later=HOLD + MINUTE)["committed"] == 1
    shop.adds_up()


def test_an_extension_during_the_run_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)

    def extend_at_the_last_moment() -> None:
        shop.now = lambda: NOON + HOLD
        shop.extends(reservation)

    with just_before(shop.client, "TransactWriteItems", extend_at_the_last_moment):
        shop.reconciles(later=HOLD)

    assert shop.reservation(reservation).status == "HELD"
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_a_timeout_during_the_run_changes_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.times_out(reservation)):
        shop.reconciles(later=HOLD)

    assert shop.reservation(reservation).status == "RELEASED"
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_an_alert_that_the_workflow_claims_during_the_run_is_left_to_the_workflow(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    reservation = held(shop)
    shop.pays(reservation)
    claimed: list[LowStockAlert] = []

    with just_before(shop.client, "TransactWriteItems", lambda: claimed.extend(shop.commits(reservation)[1])):
        shop.reconciles(later=HOLD)

    assert [alert.key for alert in claimed] == [LevelKey("P-1", "main")]
    assert shop.topics.low_stock == []
    shop.adds_up()


def test_an_execution_that_starts_to_wait_during_the_run_is_signalled_by_the_next_run(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3), hold_seconds=600)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.waits(reservation)):
        shop.reconciles(later=HOLD)
    shop.reconciles(later=HOLD + MINUTE)

    assert shop.signals.sent == [("EXPIRED", TASK_TOKEN)]


# --- an index that is late


def sells(shop: Shop, reservation: Reservation) -> None:
    """Pay and commit a hold."""
    shop.pays(reservation)
    shop.commits(reservation)


def row_of(shop: Shop, reservation: Reservation) -> dict[str, Any]:
    """The row of a reservation as it is stored, for an index that is late."""
    [row] = [row for row in shop.rows(shop.tables.reservations) if row["reservation_id"] == reservation.reservation_id]
    return row


def test_a_hold_that_the_index_still_lists_by_its_earlier_end_is_unchanged(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    before = row_of(shop, reservation)
    shop.now = lambda: NOON + HOLD / 2
    shop.extends(reservation)
    shop.now = lambda: NOON

    with stale_index(shop.client, shop.tables.reservations, "by_phase", before):
        found = shop.reconciles(later=HOLD)

    assert found == {}
    assert shop.reservation(reservation).status == "HELD"
    shop.adds_up()


@pytest.mark.parametrize("end", [sells, Shop.times_out])
def test_a_decided_reservation_that_the_index_still_lists_is_not_counted_as_stranded(
    shop: Shop, end: Callable[[Shop, Reservation], object]
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    before = row_of(shop, reservation)
    end(shop, reservation)
    decided = shop.reservation(reservation)

    with stale_index(shop.client, shop.tables.reservations, "by_phase", before):
        found = shop.reconciles(later=HOLD)

    assert found == {}
    assert shop.reservation(reservation) == decided


def test_a_row_that_lost_its_place_in_the_index_does_not_stop_the_others(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    broken, other = held(shop), held(shop)
    before = row_of(shop, broken)
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": broken.reservation_id}},
        UpdateExpression="REMOVE phase_at",
    )

    with stale_index(shop.client, shop.tables.reservations, "by_phase", before):
        found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 1, "released": 1}
    assert shop.reservation(other).status == "RELEASED"


def rewrites(shop: Shop, reservation: Reservation, **attributes: str) -> None:
    """Change the row of a reservation directly, as a defect or another tool might."""
    row = row_of(shop, reservation) | attributes
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row))


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why reservations could not be processed, by the log."""
    failed = "a reservation could not be processed"
    return [vars(record)["fields"]["reason"] for record in caplog.records if record.message == failed]


def test_due_reservations_of_one_level_are_settled_one_after_the_other(shop: Shop) -> None:
    # Side by side their transactions would conflict at that level.
    shop.stocks("P-1", on_hand=30)
    shop.stocks("P-2", on_hand=30)
    for _ in range(4):
        held(shop)
        shop.holds(("P-2", 1), hold_seconds=600)
    shop.holds(("P-1", 1), ("P-2", 1), hold_seconds=600)

    [batch] = shop.due_queue.due(UNDECIDED, NOON + HOLD)

    groups = {group[0].first_level: len(group) for group in _by_first_level(batch)}
    assert groups == {LevelKey("P-1", "main"): 5, LevelKey("P-2", "main"): 4}


def test_a_sent_notification_that_the_index_still_lists_is_not_sent_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.signals.result = "FAILED"
    shop.cancels(reservation)
    before = row_of(shop, reservation)
    shop.signals.result = "DELIVERED"
    shop.reconciles()
    sent = list(shop.signals.sent)

    with stale_index(shop.client, shop.tables.reservations, "by_pending_notification", before):
        found = shop.reconciles(later=MINUTE)

    assert (found, shop.signals.sent) == ({}, sent)


# --- signals


@pytest.mark.parametrize(("end", "reason"), [(Shop.cancels, "CANCELLED"), (Shop.declines, "PAYMENT_FAILED")])
def test_a_failed_signal_is_repeated_until_it_is_delivered(
    shop: Shop, end: Callable[[Shop, Reservation], object], reason: str
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.signals.result = "FAILED"
    end(shop, reservation)

    failed_again = shop.reconciles()
    shop.signals.result = "DELIVERED"
    delivered = shop.reconciles(later=MINUTE)
    afterwards = shop.reconciles(later=2 * MINUTE)

    assert (failed_again, delivered, afterwards) == (
        {"unnotified": 1, "failed": 1},
        {"unnotified": 1, "signalled": 1},
        {},
    )
    assert shop.signals.sent == [(reason, TASK_TOKEN)] * 3
    assert shop.reservation(reservation).task_token is None


def test_a_signal_after_the_end_of_the_wait_is_not_repeated(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.signals.result = "FAILED"
    shop.cancels(held(shop))
    shop.signals.result = "EXPIRED"

    shop.reconciles()

    assert shop.reconciles(later=MINUTE) == {}


def test_an_execution_that_waits_longer_than_its_hold_is_signalled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held(shop)
    shop.reconciles(later=HOLD)

    shop.reconciles(later=HOLD + MINUTE)

    assert shop.signals.sent == [("EXPIRED", TASK_TOKEN)]


# Step Functions could not be reached, or the execution was stopped.
@pytest.mark.parametrize("result", ["FAILED", "EXPIRED"])
def test_a_payment_that_could_not_be_signalled_is_committed_before_its_hold_ends(
    result: SignalResult, shop: Shop
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.signals.result = result
    shop.pays(reservation)
    shop.signals.result = "DELIVERED"

    found = [shop.reconciles(), shop.reconciles(later=MINUTE)]

    assert found == [{"stranded": 1, "committed": 1}, {"unnotified": 1, "signalled": 1}]
    assert shop.reservation(reservation).status == "COMMITTED"
    assert shop.signals.sent == [("paid", TASK_TOKEN)] * 2
    shop.adds_up()


def test_a_payment_of_an_execution_that_was_stopped_before_its_wait_is_committed_before_its_hold_ends(
    shop: Shop,
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.pays(shop.reserves(("P-1", 3), hold_seconds=600))

    assert shop.reconciles() == {"stranded": 1, "committed": 1}
    shop.adds_up()


def test_repeated_payments_do_not_put_off_the_commit(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.signals.result = "EXPIRED"
    shop.pays(reservation)
    shop.now = lambda: NOON + MINUTE
    shop.pays(reservation)

    assert shop.reconciles(later=-GRACE) == {"stranded": 1, "committed": 1}


def test_a_late_payment_does_not_hide_a_failed_signal(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.signals.result = "FAILED"
    shop.cancels(reservation)
    shop.pays(reservation)
    shop.signals.result = "DELIVERED"

    shop.reconciles()

    assert shop.reservation(reservation).status == "UNFULFILLED"
    assert shop.signals.sent[-1] == ("CANCELLED", TASK_TOKEN)
    assert shop.reconciles(later=MINUTE) == {}


# --- payments to refund


def announced(shop: Shop) -> Counter[str]:
    """How often each payment was announced to operations."""
    return Counter(json.loads(sent.message)["payment_reference"] for sent in shop.topics.operations)


def while_sns_is_down(shop: Shop, call: Callable[[], RecordedPayment]) -> None:
    shop.topics.working = False
    at_once(call)
    shop.topics.working = True


def test_a_failed_announcement_is_sent_when_sns_works_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.cancels(reservation)
    while_sns_is_down(shop, lambda: shop.pays(reservation))

    found = [shop.reconciles(), shop.reconciles(later=MINUTE)]

    assert found == [{"unnotified": 1, "announced": 1}, {}]
    assert announced(shop) == {"PAY-1": 1}


def test_a_second_payment_is_announced_without_a_change_of_the_reservation(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.pays(reservation)
    while_sns_is_down(shop, lambda: shop.pays(reservation, "PAY-2"))

    shop.reconciles()

    left = shop.reservation(reservation)
    assert (left.status, left.task_token, left.notify_since) == ("PAID", TASK_TOKEN, None)
    assert announced(shop) == {"PAY-2": 1}


def test_a_payment_that_the_first_edition_kept_is_announced_and_its_paid_reservation_is_not_signalled(
    shop: Shop,
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.pays(reservation)
    keeps_in_its_row(shop, reservation.reservation_id, to_announce=["PAY-2"])

    found = shop.reconciles()

    assert found == {"unnotified": 2, "announced": 1}
    assert announced(shop) == {"PAY-2": 1}
    assert shop.signals.sent == [("paid", TASK_TOKEN)]


def test_a_notification_stays_pending_while_sns_is_down(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.cancels(reservation)
    while_sns_is_down(shop, lambda: shop.pays(reservation))
    shop.topics.working = False
    assert shop.reconciles() == {"unnotified": 1, "failed": 1}
    shop.topics.working = True

    assert shop.reconciles(later=MINUTE) == {"unnotified": 1, "announced": 1}


# --- conflicts, throttling and lost responses


def test_everything_is_settled_in_a_few_runs_despite_faults(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)
    for index in range(24):
        reservation = held(shop, quantity=1)
        if index % 3 == 0:
            shop.pays(reservation)

    with injected_faults(shop.client, BUSY_DAY):
        for minutes in range(5):
            at_once(partial(shop.reconciles, later=HOLD + minutes * MINUTE))

    assert (shop.level("P-1").on_hand, shop.level("P-1").reserved) == (92, 0)
    assert shop.reconciles(later=HOLD + 10 * MINUTE) == {}
    shop.adds_up()


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems"])
def test_a_lost_response_changes_nothing(shop: Shop, operation: str) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)

    with lost_responses(shop.client, operation):
        shop.reconciles(later=HOLD)

    assert shop.reservation(reservation).status == "RELEASED"
    assert shop.level("P-1").available == 10
    shop.adds_up()


# --- a backlog


PRODUCTS = 50


def backlog(shop: Shop, number: int, *, product: Callable[[int], str], first: timedelta) -> None:
    """Create holds of one unit each, which expired one millisecond after another, and reserve their units."""
    holds = [
        Reservation(
            f"{product(index)}-{index:05d}",
            Status.HELD,
            (Line(product(index), "main", 1),),
            hold_seconds=600,
            created_at="2026-03-01T11:00:00.000Z",
            held_until=iso(NOON + first + timedelta(milliseconds=index)),
        )
        for index in range(number)
    ]
    hold_in_bulk(shop, holds)


def poison(shop: Shop, number: int) -> None:
    """Create the oldest holds: their level has no reserved units for them, and one row is invalid."""
    shop.stocks("POISON", on_hand=number)
    backlog(shop, number, product=lambda _: "POISON", first=-timedelta(hours=1))
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "POISON"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET reserved = :none, available = on_hand",
        ExpressionAttributeValues={":none": {"N": "0"}},
    )
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": "POISON-00000"}},
        UpdateExpression="REMOVE #lines",
        ExpressionAttributeNames={"#lines": "lines"},
    )


def test_a_backlog_of_5_000_holds_behind_poison_is_settled_in_one_run(shop: Shop) -> None:
    for index in range(PRODUCTS):
        shop.stocks(f"P-{index}", on_hand=200)
    backlog(shop, 5_000, product=lambda index: f"P-{index % PRODUCTS}", first=-HOLD)
    poison(shop, 150)

    found = shop.reconciles()

    assert found == {"stranded": 5_150, "released": 5_000, "failed": 150}
    assert {level["reserved"] for level in shop.rows(shop.tables.inventory)} == {0}


def test_5_000_holds_of_one_product_are_settled_with_65_transactions(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5_000)
    backlog(shop, 5_000, product=lambda _: "P-1", first=-HOLD)
    for index in range(0, 5_000, 500):
        shop.pays(f"P-1-{index:05d}")

    with recorded(shop.client) as calls:
        found = shop.reconciles()

    made = Counter(call.operation for call in calls)
    assert found == {"stranded": 5_000, "released": 4_990, "committed": 10}
    assert made["TransactWriteItems"] <= 55 + 10  # of up to 99 holds, and one for each payment
    assert made.total() <= 65 + 50 + 9 + 50 + 40  # rows, pages of nine partitions, and the alerts of ten sales
    level = shop.level("P-1")
    assert (level.on_hand, level.available, level.reserved) == (4_990, 4_990, 0)


def time_for(steps: int) -> Callable[[], bool]:
    """Time for this many transactions, rows or pages."""
    taken = itertools.count()
    return lambda: next(taken) < steps


def test_a_run_stops_when_its_time_is_up_and_the_next_run_continues(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=400)
    backlog(shop, 250, product=lambda _: "P-1", first=-HOLD)

    first = shop.reconciles(has_time=time_for(2))
    settled = {row["reservation_id"] for row in shop.rows(shop.tables.reservations) if row["status"] == "RELEASED"}
    second = shop.reconciles()

    assert first["released"] + second["released"] == 250
    assert first["released"] == 198, "two transactions of 99"
    assert {f"P-1-{index:05d}" for index in range(100)} <= settled, "the oldest holds come first"
    assert (shop.level("P-1").available, shop.level("P-1").reserved) == (400, 0)


def test_no_more_is_read_when_the_time_is_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.reconciliation.stranded_holds.AT_A_TIME", 10)
    shop.stocks("P-1", on_hand=25)
    backlog(shop, 25, product=lambda _: "P-1", first=-HOLD)

    found = [shop.reconciles(has_time=time_for(1)), shop.reconciles()]

    assert found == [{"stranded": 10, "released": 10}, {"stranded": 15, "released": 15}]


def test_poison_that_always_fails_does_not_starve_the_newest_hold(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    poison(shop, 250)
    newest = held(shop)

    for minutes in range(2):  # each run has time for less than the poison alone
        found = shop.reconciles(later=HOLD + minutes * MINUTE, has_time=time_for(160))

    assert found["failed"] < 160
    assert shop.reservation(newest).status == "RELEASED"


def test_a_hold_that_fails_is_not_deferred_if_it_was_extended_meanwhile(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    tampers(shop, reserved=-3)  # its release fails

    def extend() -> None:
        shop.now = lambda: NOON + HOLD
        shop.extends(reservation)

    with just_before(shop.client, "UpdateItem", extend):
        found = shop.reconciles(later=HOLD)

    row = row_of(shop, reservation)
    assert found == {"stranded": 1, "failed": 1}
    assert row["phase_at"] == row["held_until"] == iso(NOON + 2 * HOLD)


def test_a_hold_that_can_be_neither_settled_nor_deferred_does_not_stop_the_others(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    poison(shop, 1)
    other = held(shop)

    def refuse(model: Any, **_: Any) -> Answer | None:
        return refusal("AccessDeniedException") if model.name == "UpdateItem" else None

    with hooked(shop.client, "before-call", refuse):
        found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 2, "released": 1, "failed": 1}
    assert shop.reservation(other).status == "RELEASED"


def test_a_decided_reservation_that_is_listed_as_active_is_reported_and_not_settled_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = held(shop)
    shop.times_out(reservation)
    rewrites(shop, reservation, phase="ACTIVE")
    before = row_of(shop, reservation)

    found = shop.reconciles(later=HOLD)

    assert found == {"stranded": 1, "failed": 1}
    assert row_of(shop, reservation) == before | {"phase_at": iso(NOON + GRACE + HOLD + DEFER_FOR)}
    assert reasons(caplog) == ["it is RELEASED, but is listed as active"]


def test_a_hold_that_cannot_be_read_is_reported_without_its_content(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.stocks("P-1", on_hand=10)
    rewrites(shop, held(shop), status="secret")

    assert shop.reconciles(later=HOLD) == {"stranded": 1, "failed": 1}

    assert reasons(caplog) == ["ValueError"]


def test_poison_is_retried_after_a_pause(shop: Shop) -> None:
    poison(shop, 1)
    shop.reconciles()

    assert shop.reconciles(later=DEFER_FOR / 2) == {}
    assert shop.reconciles(later=DEFER_FOR + GRACE) == {"stranded": 1, "failed": 1}


# --- the function


def test_the_function_returns_what_it_did_and_the_version_of_the_sdk(shop: Shop, functions: Functions) -> None:
    functions.serve(shop)

    found = functions.invoke("reconcile_holds", {})

    assert found.pop("sdk_version") == boto3.__version__
    assert found == dict.fromkeys(Event, 0)
