"""Payments to return: each is kept in a row of its own, is announced once, and is open until its money is returned."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import AlreadyDecided, PaymentNotFound, RefundConflict, ReservationNotFound, TransientError
from inventory.items import refund_item
from inventory.model import MoneyReturned, Refund, Reservation, Status, iso
from inventory.reservations.refunds import ADOPTED_MAX, refund_of_first_edition
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before, stale_index
from tests.support.shop import TASK_TOKEN, Shop, at_once, clock
from tests.support.shop.first_edition import keeps_in_its_row

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
RETURNED = MoneyReturned("REFUND-1", actor="ada", at=iso(NOON), note="bank transfer")


def sold(shop: Shop) -> Reservation:
    """A reservation that PAY-1 bought."""
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3), order_id="O-1")
    shop.pays(reservation, "PAY-1")
    return shop.commits(reservation)[0]


def refunds(shop: Shop) -> dict[str, Refund]:
    """Every payment to return or returned, by its reference."""
    rows = shop.rows(shop.tables.refunds)
    found = [shop.refund_store.find(row["reservation_id"], row["payment_reference"]) for row in rows]
    return {refund.payment_reference: refund for refund in found if refund}


def announced(shop: Shop) -> list[str]:
    """The payments that operations were notified of, in the order of the messages."""
    return [json.loads(message.message)["payment_reference"] for message in shop.topics.operations]


def row_bytes(shop: Shop) -> int:
    """The size of the only reservation's row, more or less."""
    [row] = shop.rows(shop.tables.reservations)
    return len(str(row))


def have_come_before(shop: Shop, reservation: Reservation, references: Sequence[str]) -> None:
    """Record surplus payments in bulk."""
    for start in range(0, len(references), 25):
        rows = [
            refund_item(Refund(reservation.reservation_id, reference, since=iso(NOON), is_announced=True))
            for reference in references[start : start + 25]
        ]
        puts: Any = [{"PutRequest": {"Item": to_attributes(row)}} for row in rows]
        assert not shop.client.batch_write_item(RequestItems={shop.tables.refunds: puts})["UnprocessedItems"]


def comes_before_its_reservation(shop: Shop) -> None:
    """PAY-1 is recorded for R-1, of which nothing is known yet."""
    shop.stocks("P-1", on_hand=10)
    with pytest.raises(ReservationNotFound):
        shop.pays("R-1", "PAY-1")


# --- recorded


def test_a_surplus_payment_is_kept_with_its_amount_and_currency(shop: Shop) -> None:
    shop.now = lambda: NOON
    reservation = sold(shop)

    shop.pays(reservation, "PAY-2", amount="24.90", currency="EUR")

    assert refunds(shop) == {
        "PAY-2": Refund(
            "R-1",
            "PAY-2",
            since=iso(NOON),
            reservation_status=shop.reservation(reservation).status,
            order_id="O-1",
            amount="24.90",
            currency="EUR",
            is_announced=True,
        )
    }


def test_thousands_of_surplus_payments_are_all_kept_and_the_row_of_their_reservation_does_not_grow(shop: Shop) -> None:
    reservation = sold(shop)
    first = "PAY-first" + "x" * 119  # the row has the latest reference, so all are equally long
    shop.pays(reservation, first)
    size = row_bytes(shop)
    references = {f"{number:04}" + "x" * 124 for number in range(3_197)}
    have_come_before(shop, reservation, sorted(references)[50:])

    paid = at_once(*[lambda known=known: shop.pays(reservation, known) for known in sorted(references)[:50]])

    assert not any(payment.fulfilled for payment in paid)
    assert set(shop.refunds.unfulfilled_payments(shop.reservation(reservation))) == {first, *references}
    assert row_bytes(shop) == size
    assert len(announced(shop)) == 51


def test_a_payment_for_an_unknown_reservation_is_kept_and_announced_once(shop: Shop) -> None:
    for _ in range(3):
        with pytest.raises(ReservationNotFound):
            shop.pays("R-9", "PAY-1", amount="5")

    assert refunds(shop)["PAY-1"].amount == "5"
    assert announced(shop) == ["PAY-1"]
    assert json.loads(shop.topics.operations[0].message)["status"] is None


def test_a_reservation_that_is_deleted_while_a_surplus_payment_is_recorded_does_not_lose_it(shop: Shop) -> None:
    reservation = sold(shop)
    key = {"reservation_id": {"S": reservation.reservation_id}}

    def delete() -> None:
        shop.client.delete_item(TableName=shop.tables.reservations, Key=key)

    with just_before(shop.client, "TransactWriteItems", delete), pytest.raises(ReservationNotFound):
        shop.pays(reservation, "PAY-2")

    assert set(refunds(shop)) == {"PAY-2"}
    assert announced(shop) == ["PAY-2"]


def test_a_payment_that_came_before_its_reservation_and_was_cancelled_with_it_is_returned_once(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    shop.cancels(shop.holds(("P-1", 3), reservation_id="R-1"))

    payment = shop.pays("R-1")

    assert payment.reservation.status == "UNFULFILLED"
    assert set(refunds(shop)) == {"PAY-1"}
    assert announced(shop) == ["PAY-1"]


def test_a_payment_that_came_before_its_reservation_and_bought_it_is_not_returned(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    shop.holds(("P-1", 3), reservation_id="R-1")
    assert shop.pays("R-1").fulfilled

    with recorded(shop.client) as calls, pytest.raises(AlreadyDecided):
        shop.refunds.return_payment("R-1", "PAY-1", RETURNED)

    assert [call.operation for call in calls] == ["GetItem", "GetItem", "DeleteItem"], "it is withdrawn"
    assert refunds(shop) == {}
    shop.adds_up()


# --- announced


def test_a_payment_whose_announcement_failed_is_announced_by_the_next_run_only_once(shop: Shop) -> None:
    reservation = sold(shop)
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays(reservation, "PAY-2")
    with pytest.raises(TransientError):
        shop.pays("R-9", "PAY-3")
    failed = shop.reconciles()
    shop.topics.working = True

    found = [shop.reconciles(later=timedelta(minutes=minutes)) for minutes in (1, 2)]

    assert failed == {"unnotified": 2, "failed": 2}
    assert found == [{"unnotified": 2, "announced": 2}, {}]
    assert sorted(announced(shop)) == ["PAY-2", "PAY-3"]


def test_an_announced_or_put_off_refund_that_the_index_still_lists_is_not_announced(shop: Shop) -> None:
    reservation = sold(shop)
    shop.topics.working = False
    for reference in ("PAY-2", "PAY-3"):
        with pytest.raises(TransientError):
            shop.pays(reservation, reference)
    announced_one, put_off = shop.rows(shop.tables.refunds)
    shop.topics.working = True
    shop.refund_store.mark_announced(refunds(shop)[announced_one["payment_reference"]])
    [due] = [due for batch in shop.due_refunds.due(shop.now()) for due in batch]
    shop.due_refunds.defer(due, shop.now() + timedelta(hours=1))

    for row in (announced_one, put_off):
        with stale_index(shop.client, shop.tables.refunds, "by_pending_notification", row):
            assert shop.reconciles() == {}

    assert announced(shop) == []


def test_a_refund_that_changed_meanwhile_is_not_put_off(shop: Shop) -> None:
    reservation = sold(shop)
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays(reservation, "PAY-2")

    with just_before(shop.client, "UpdateItem", lambda: shop.refund_store.mark_announced(refunds(shop)["PAY-2"])):
        shop.reconciles()

    [row] = shop.rows(shop.tables.refunds)
    assert not {"notify_since", "pending_notification"} & row.keys()


def test_a_refund_that_cannot_be_read_does_not_stop_the_others(shop: Shop) -> None:
    reservation = sold(shop)
    shop.topics.working = False
    for reference in ("PAY-2", "PAY-3"):
        with pytest.raises(TransientError):
            shop.pays(reservation, reference)
    shop.topics.working = True
    shop.client.update_item(
        TableName=shop.tables.refunds,
        Key={"reservation_id": {"S": "R-1"}, "payment_reference": {"S": "PAY-2"}},
        UpdateExpression="REMOVE since",
    )

    assert shop.reconciles() == {"unnotified": 2, "announced": 1, "failed": 1}
    assert shop.reconciles(later=timedelta(minutes=1)) == {}, "the other is put off"
    assert announced(shop) == ["PAY-3"]


def test_a_refund_that_is_withdrawn_while_it_is_announced_does_not_come_back(shop: Shop) -> None:
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays("R-9", "PAY-1")
    shop.topics.working = True

    with just_before(shop.client, "UpdateItem", lambda: shop.refund_store.withdraw(refunds(shop)["PAY-1"])):
        shop.reconciles()

    assert shop.rows(shop.tables.refunds) == []


# --- listed


def test_a_payment_that_bought_its_reservation_after_all_is_not_listed_with_its_refunds(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    shop.holds(("P-1", 3), reservation_id="R-1")
    for reference in ("PAY-1", "PAY-2"):
        shop.pays("R-1", reference)

    listed = shop.refunds.of_reservation(shop.reservation("R-1"))

    assert [refund.payment_reference for refund in listed] == ["PAY-2"]
    assert set(refunds(shop)) == {"PAY-2"}


def test_a_refund_that_cannot_be_read_does_not_hide_the_others_of_its_reservation(shop: Shop) -> None:
    reservation = sold(shop)
    for reference in ("PAY-2", "PAY-3"):
        shop.pays(reservation, reference)
    shop.client.update_item(
        TableName=shop.tables.refunds,
        Key={"reservation_id": {"S": "R-1"}, "payment_reference": {"S": "PAY-2"}},
        UpdateExpression="REMOVE since",
    )

    listed = shop.refunds.of_reservation(shop.reservation(reservation))

    assert [refund.payment_reference for refund in listed] == ["PAY-3"]


def test_a_refund_is_only_compared_with_its_reservation_if_that_was_unknown_to_its_payment(shop: Shop) -> None:
    shop.pays(sold(shop), "PAY-2")
    refund = refunds(shop)["PAY-2"]

    with recorded(shop.client) as calls:
        assert shop.refunds.is_due(refund)

    assert calls == []


def test_refunds_are_only_read_for_a_reservation_that_has_some(shop: Shop) -> None:
    reservation = sold(shop)

    with recorded(shop.client) as calls:
        assert shop.refunds.of_reservation(reservation) == []
        assert shop.refunds.unfulfilled_payments(reservation) == []
        assert shop.refunds.adopt(reservation) == reservation

    assert calls == []


def test_the_references_of_refunds_are_read_without_their_content(shop: Shop) -> None:
    reservation = sold(shop)
    shop.pays(reservation, "PAY-2")

    with recorded(shop.client) as calls:
        assert shop.refund_store.payment_references_of("R-1", most=10) == ["PAY-2"]

    assert [call.request["ProjectionExpression"] for call in calls] == ["payment_reference"]


# --- returned


def test_a_returned_payment_keeps_who_returned_it_and_expires(shop: Shop) -> None:
    shop.pays(sold(shop), "PAY-2")

    refund = shop.refunds.return_payment("R-1", "PAY-2", RETURNED)

    assert refund.returned == RETURNED
    assert refunds(shop) == {"PAY-2": refund}
    [row] = shop.rows(shop.tables.refunds)
    assert row["expire_at"] == int((NOON + timedelta(days=365)).timestamp())


def test_an_open_payment_never_expires(shop: Shop) -> None:
    shop.pays(sold(shop), "PAY-2")

    [row] = shop.rows(shop.tables.refunds)

    assert "expire_at" not in row


def test_the_same_return_again_answers_the_same_and_another_one_is_a_conflict(shop: Shop) -> None:
    shop.pays(sold(shop), "PAY-2")
    first = shop.refunds.return_payment("R-1", "PAY-2", RETURNED)

    again = shop.refunds.return_payment("R-1", "PAY-2", MoneyReturned("REFUND-1", actor="bob", at=iso(NOON)))
    with pytest.raises(RefundConflict):
        shop.refunds.return_payment("R-1", "PAY-2", MoneyReturned("REFUND-2", actor="bob", at=iso(NOON)))

    assert again == first
    assert refunds(shop) == {"PAY-2": first}


def test_of_two_returns_at_once_one_is_kept(shop: Shop) -> None:
    shop.pays(sold(shop), "PAY-2")
    returns = [MoneyReturned(f"REFUND-{number}", actor="ada", at=iso(NOON)) for number in (1, 2)]

    results = at_once(
        *[lambda returned=returned: shop.refunds.return_payment("R-1", "PAY-2", returned) for returned in returns]
    )

    assert sorted(type(result).__name__ for result in results) == ["Refund", "RefundConflict"]


@pytest.mark.parametrize(("reservation_id", "reference"), [("R-1", "PAY-1"), ("R-1", "PAY-9"), ("R-9", "PAY-1")])
def test_a_payment_that_bought_or_never_came_cannot_be_returned(
    shop: Shop, reservation_id: str, reference: str
) -> None:
    sold(shop)

    with pytest.raises(PaymentNotFound):
        shop.refunds.return_payment(reservation_id, reference, RETURNED)


def never_comes(shop: Shop) -> None:
    pass


def is_held(shop: Shop) -> None:
    shop.holds(("P-1", 3), reservation_id="R-1")


def is_bought_by_another_payment(shop: Shop) -> None:
    is_held(shop)
    shop.pays("R-1", "PAY-2")


def cannot_be_read(shop: Shop) -> None:
    row: Any = {"reservation_id": {"S": "R-1"}, "status": {"S": "LOST"}}
    shop.client.put_item(TableName=shop.tables.reservations, Item=row)


@pytest.mark.parametrize("reservation", [never_comes, is_held, is_bought_by_another_payment, cannot_be_read])
def test_a_payment_that_came_before_its_reservation_and_did_not_buy_it_is_returned(
    shop: Shop, reservation: Callable[[Shop], None]
) -> None:
    comes_before_its_reservation(shop)
    reservation(shop)

    refund = shop.refunds.return_payment("R-1", "PAY-1", RETURNED)

    assert refund.returned == RETURNED
    assert refunds(shop)["PAY-1"] == refund


def test_a_payment_that_buys_its_reservation_while_it_is_returned_is_not_returned(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    refund = refunds(shop)["PAY-1"]

    def buys_it_and_is_read() -> None:
        is_held(shop)
        shop.pays("R-1", "PAY-1")
        assert not shop.refunds.is_due(refund)

    with just_before(shop.client, "UpdateItem", buys_it_and_is_read), pytest.raises(AlreadyDecided):
        shop.refunds.return_payment("R-1", "PAY-1", RETURNED)

    assert shop.rows(shop.tables.refunds) == []
    shop.adds_up()


def test_a_refund_that_is_returned_while_it_is_withdrawn_is_kept(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    refund = refunds(shop)["PAY-1"]
    is_held(shop)
    shop.pays("R-1", "PAY-1")

    with just_before(shop.client, "DeleteItem", lambda: shop.refund_store.return_payment("R-1", "PAY-1", RETURNED)):
        shop.refunds.is_due(refund)

    assert refunds(shop)["PAY-1"].returned == RETURNED


def test_a_payment_that_was_returned_and_buys_its_reservation_later_stays_returned(shop: Shop) -> None:
    comes_before_its_reservation(shop)
    returned = shop.refunds.return_payment("R-1", "PAY-1", RETURNED)
    is_held(shop)
    shop.pays("R-1", "PAY-1")

    again = shop.refunds.return_payment("R-1", "PAY-1", RETURNED)

    assert again == returned
    assert refunds(shop) == {"PAY-1": returned}


def test_a_returned_payment_that_is_reported_again_stays_returned(shop: Shop) -> None:
    reservation = sold(shop)
    shop.pays(reservation, "PAY-2")
    returned = shop.refunds.return_payment("R-1", "PAY-2", RETURNED)

    again = shop.pays(reservation, "PAY-2")

    assert not again.fulfilled
    assert refunds(shop) == {"PAY-2": returned}
    assert announced(shop) == ["PAY-2"]


# --- rows of the first edition


def test_payments_of_the_first_edition_are_still_shown(shop: Shop) -> None:
    sold(shop)
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"], to_announce=["PAY-3"])
    shop.pays("R-1", "PAY-4")

    reservation = shop.reservation("R-1")

    shown = reservation.to_admin_json(shop.refunds.unfulfilled_payments(reservation))
    assert shown["unfulfilled_payments"] == ["PAY-2", "PAY-3", "PAY-4"]


def test_a_payment_of_the_first_edition_that_is_reported_again_is_not_announced_again(shop: Shop) -> None:
    sold(shop)
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"])

    again = shop.pays("R-1", "PAY-2")

    assert not again.fulfilled
    assert announced(shop) == []
    assert set(refunds(shop)) == {"PAY-2"}


def test_pending_announcements_of_the_first_edition_are_sent_once(shop: Shop) -> None:
    sold(shop)
    references = [f"PAY-{number}" for number in range(2, ADOPTED_MAX + 12)]
    keeps_in_its_row(shop, "R-1", announced=["PAY-old"], to_announce=references)

    for minutes in range(5):
        shop.reconciles(later=timedelta(minutes=minutes))

    assert sorted(announced(shop)) == sorted(references)
    assert set(refunds(shop)) == {"PAY-old", *references}
    reservation = shop.reservation("R-1")
    assert (reservation.payments_to_announce, reservation.payments_announced) == (frozenset(), frozenset())
    assert reservation.notify_since is None
    assert set(shop.refunds.unfulfilled_payments(reservation)) == {"PAY-old", *references}


def test_a_row_that_is_deleted_while_its_payments_move_to_rows_of_their_own_is_not_written_again(shop: Shop) -> None:
    sold(shop)
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"])
    key = {"reservation_id": {"S": "R-1"}}

    def delete() -> None:
        shop.client.delete_item(TableName=shop.tables.reservations, Key=key)

    with just_before(shop.client, "UpdateItem", delete), pytest.raises(ReservationNotFound):
        shop.refunds.adopt(shop.reservation("R-1"))

    assert shop.rows(shop.tables.reservations) == []
    assert set(refunds(shop)) == {"PAY-2"}


def test_a_paid_reservation_whose_payments_are_announced_keeps_the_token_of_its_execution(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    paid = shop.holds(("P-1", 3))
    shop.pays(paid, "PAY-1")
    keeps_in_its_row(shop, paid.reservation_id, to_announce=["PAY-2"])

    shop.reconciles()

    assert announced(shop) == ["PAY-2"]
    assert (shop.reservation(paid).task_token, shop.reservation(paid).notify_since) == (TASK_TOKEN, None)


@pytest.mark.parametrize("kept", [{"announced": ["PAY-2"]}, {"to_announce": ["PAY-2"]}], ids=" ".join)
def test_a_payment_of_the_first_edition_can_be_returned(shop: Shop, kept: dict[str, list[str]]) -> None:
    sold(shop)
    keeps_in_its_row(shop, "R-1", **kept)

    refund = shop.refunds.return_payment("R-1", "PAY-2", RETURNED)

    assert refund.returned == RETURNED
    assert announced(shop) == []
    reservation = shop.reservation("R-1")
    assert shop.refunds.of_reservation(reservation) == [refund]
    assert shop.refunds.unfulfilled_payments(reservation) == ["PAY-2"]


def test_the_refunds_of_a_reservation_include_those_of_the_first_edition(shop: Shop) -> None:
    reservation = sold(shop)
    shop.pays(reservation, "PAY-2")
    keeps_in_its_row(shop, "R-1", announced=["PAY-2", "PAY-3"], to_announce=["PAY-4"])

    reservation = shop.reservation(reservation)

    kept = Refund("R-1", "PAY-3", reservation.decided_at or "", Status.COMMITTED, order_id="O-1", is_announced=True)
    assert shop.refunds.of_reservation(reservation) == [
        refunds(shop)["PAY-2"],
        kept,
        replace(kept, payment_reference="PAY-4", is_announced=False),
    ]


def test_a_payment_of_the_first_edition_is_as_old_as_the_decision_or_the_reservation(shop: Shop) -> None:
    shop.now = clock(NOON)
    committed = sold(shop)
    paid = shop.pays(shop.holds(("P-1", 1))).reservation

    found = [refund_of_first_edition(reservation, "PAY-2").since for reservation in (committed, paid)]

    assert found == [committed.decided_at, paid.created_at]
    assert committed.decided_at != committed.created_at


def test_a_payment_of_the_first_edition_is_announced_without_a_signal_to_an_execution_that_waits(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    paid = shop.pays(shop.holds(("P-1", 3))).reservation
    keeps_in_its_row(shop, "R-1", to_announce=["PAY-2"])
    shop.signals.sent.clear()

    for minutes in range(2):
        shop.reconciles(later=timedelta(minutes=minutes))

    assert announced(shop) == ["PAY-2"]
    assert shop.signals.sent == []
    assert shop.reservation(paid) == replace(paid, has_refunds=True), "its token stays"


# --- repeated calls, with a payment in between


@pytest.mark.parametrize("end", [Shop.cancels, Shop.declines])
def test_a_cancellation_or_decline_after_the_expiry_is_kept_over_a_rescue(
    shop: Shop, end: Callable[[Shop, Reservation], object]
) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)
    end(shop, reservation)

    assert shop.pays(reservation).reservation.status == "COMMITTED"

    assert shop.reservation(reservation).cancelled_after_expiry
    shop.adds_up()


def test_nobody_is_asked_to_return_a_payment_that_was_returned(shop: Shop) -> None:
    reservation = sold(shop)
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays(reservation, "PAY-2")
    shop.topics.working = True

    shop.refunds.return_payment(reservation.reservation_id, "PAY-2", RETURNED)
    shop.reconciles(later=timedelta(hours=1))

    assert announced(shop) == []
    [row] = shop.rows(shop.tables.refunds)
    assert not {"notify_since", "pending_notification"} & row.keys()
