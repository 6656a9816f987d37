"""Payments to return whose announcement is pending: each is announced once, and one that fails stops no other."""

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.items import refund_key
from inventory.model import Refund, iso
from inventory.reconciliation.stranded_holds import DEFER_FOR, GRACE
from tests.support.aws_calls import Answer, refusal
from tests.support.fault_injection import hooked, just_before, stale_index
from tests.support.shop import Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
MOMENT = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_noon(shop: Shop) -> None:
    """It is noon in the shop, unless a test sets another time."""
    shop.now = lambda: NOON


def records_refund(shop: Shop, reference: str = "PAY-1") -> dict[str, Any]:
    """Record a payment to return at noon, without its announcement; its row."""
    shop.refund_store.add(Refund("R-1", reference, iso(NOON)))
    return row_of(shop, reference)


def row_of(shop: Shop, reference: str = "PAY-1") -> dict[str, Any]:
    """The row of a payment to return."""
    [row] = [row for row in shop.rows(shop.tables.refunds) if row["payment_reference"] == reference]
    return row


def removes(shop: Shop, attribute: str, reference: str = "PAY-1") -> None:
    """Remove an attribute of a payment's row, as another tool might."""
    shop.client.update_item(
        TableName=shop.tables.refunds,
        Key={name: {"S": value} for name, value in refund_key("R-1", reference).items()},
        UpdateExpression="REMOVE #attribute",
        ExpressionAttributeNames={"#attribute": attribute},
    )


def announced(shop: Shop) -> list[str]:
    """The payments of which operations were notified."""
    return sorted(json.loads(sent.message)["payment_reference"] for sent in shop.topics.operations)


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why payments could not be announced, by the log."""
    return [
        vars(record)["fields"]["reason"]
        for record in caplog.records
        if record.message == "a refund could not be announced"
    ]


def test_a_payment_is_announced_after_the_grace_in_which_its_own_run_announces_it(shop: Shop) -> None:
    records_refund(shop)

    found = [shop.reconciles(later=later) for later in (-GRACE, -MOMENT, timedelta(), MINUTE)]

    assert found == [{}, {}, {"unnotified": 1, "announced": 1}, {}]
    assert announced(shop) == ["PAY-1"]


def test_announcements_end_when_the_time_is_up_and_the_next_run_continues(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.reconciliation.due_refunds.BATCH_GET_MAX", 10)
    references = [f"PAY-{number:02}" for number in range(35)]
    for reference in references:
        records_refund(shop, reference)
    steps = itertools.count()

    found = [shop.reconciles(has_time=lambda: next(steps) < 4), shop.reconciles()]

    assert found == [{"unnotified": 10, "announced": 4}, {"unnotified": 31, "announced": 31}]
    assert announced(shop) == references


# --- failures


def test_a_payment_that_sns_refuses_is_due_again_at_once(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    records_refund(shop)
    shop.topics.working = False

    found = shop.reconciles(later=MINUTE)

    assert found == {"unnotified": 1, "failed": 1}
    assert row_of(shop)["notify_since"] == iso(NOON + GRACE + MINUTE)
    [reason] = reasons(caplog)
    assert reason.startswith("the payment PAY-1 is recorded as unfulfilled, but operations could not be notified")


def test_a_payment_that_cannot_be_read_is_put_off_and_its_content_is_not_logged(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    for reference in ("PAY-1", "PAY-2"):
        records_refund(shop, reference)
    removes(shop, "since", "PAY-1")

    found = shop.reconciles()

    assert found == {"unnotified": 2, "announced": 1, "failed": 1}
    assert row_of(shop, "PAY-1")["notify_since"] == iso(NOON + GRACE + DEFER_FOR)
    assert reasons(caplog) == ["KeyError"]


def test_a_payment_that_can_be_neither_announced_nor_put_off_does_not_stop_the_others(shop: Shop) -> None:
    for reference in ("PAY-1", "PAY-2"):
        records_refund(shop, reference)
    removes(shop, "since", "PAY-1")
    before = row_of(shop, "PAY-1")

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> Answer | None:
        is_put_off = model.name == "UpdateItem" and "PAY-1" in str(params["body"])
        return refusal("AccessDeniedException") if is_put_off else None

    with hooked(shop.client, "before-call", refuse):
        found = shop.reconciles()

    assert found == {"unnotified": 2, "announced": 1, "failed": 1}
    assert row_of(shop, "PAY-1") == before
    assert announced(shop) == ["PAY-2"]


def test_a_payment_that_another_run_announced_meanwhile_is_not_put_off(shop: Shop) -> None:
    records_refund(shop)
    shop.topics.working = False

    def announce() -> None:
        shop.topics.working = True
        shop.reconciles()

    with just_before(shop.client, "UpdateItem", announce):
        found = shop.reconciles()

    assert found == {"unnotified": 1, "failed": 1}
    assert "notify_since" not in row_of(shop)
    assert shop.reconciles(later=MINUTE) == {}


# --- an index that is late


def test_an_announced_payment_that_the_index_still_lists_is_not_announced_again(shop: Shop) -> None:
    before = records_refund(shop)
    shop.reconciles()

    with stale_index(shop.client, shop.tables.refunds, "by_pending_notification", before):
        found = shop.reconciles(later=MINUTE)

    assert (found, announced(shop)) == ({}, ["PAY-1"])


def test_a_payment_that_the_index_still_lists_by_its_earlier_time_stays_put_off(shop: Shop) -> None:
    before = records_refund(shop)
    [[due]] = shop.due_refunds.due(NOON)
    shop.due_refunds.defer(due, NOON + DEFER_FOR)

    with stale_index(shop.client, shop.tables.refunds, "by_pending_notification", before):
        found = shop.reconciles(later=MINUTE)

    assert (found, announced(shop)) == ({}, [])


@pytest.mark.parametrize("attribute", ["pending_notification", "notify_since"])
def test_a_payment_that_lost_its_place_in_the_index_does_not_stop_the_others(shop: Shop, attribute: str) -> None:
    before = records_refund(shop, "PAY-1")
    records_refund(shop, "PAY-2")
    removes(shop, attribute, "PAY-1")

    with stale_index(shop.client, shop.tables.refunds, "by_pending_notification", before):
        found = shop.reconciles()

    assert found == {"unnotified": 1, "announced": 1}
    assert announced(shop) == ["PAY-2"]
