"""Low-stock alerts: one alert for each downward crossing of the threshold, pending until it is published."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.sns import LowStockAlert
from inventory.errors import AlertsFailed, TransientError
from inventory.items import level_item
from inventory.model import Level, iso
from inventory.stock import low_stock_alerts
from inventory.stock.low_stock_alerts import OVERDUE, Claimant
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before
from tests.support.shop import Shop, at_once


def sent(shop: Shop) -> list[dict[str, Any]]:
    """The messages of the low-stock topic."""
    return [json.loads(announcement.message) for announcement in shop.topics.low_stock]


def sent_of(shop: Shop) -> Counter[str]:
    """How many alerts were published for each product."""
    return Counter(message["product_id"] for message in sent(shop))


# --- crossing by a sale


def test_a_sale_that_makes_a_level_low_returns_the_alert(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5, name="Mug", category="kitchen")

    [alert] = shop.sells(("P-1", 3), reservation_id="R-1")

    assert alert.to_json() | {"message": None, "claimant": None} == {
        "product_id": "P-1",
        "warehouse_id": "main",
        "claimant": None,
        "subject": "Low stock: Mug",
        "message": None,
        "category": "kitchen",
    }
    assert json.loads(alert.announcement.message) | {"at": None} == {
        "type": "LOW_STOCK",
        "product_id": "P-1",
        "warehouse_id": "main",
        "name": "Mug",
        "on_hand": 4,
        "available": 4,
        "low_stock_threshold": 5,
        "reservation_id": "R-1",
        "at": None,
    }


@pytest.mark.parametrize(("on_hand", "alerts"), [(9, 0), (8, 1), (7, 1)])
def test_a_level_is_low_at_its_threshold_and_below(shop: Shop, on_hand: int, alerts: int) -> None:
    shop.stocks("P-1", on_hand=on_hand, low_stock_threshold=5)

    with recorded(shop.client) as calls:
        assert len(shop.sells(("P-1", 3))) == alerts

    claims = [call for call in calls if call.operation == "UpdateItem" and "low_stock" in str(call.request)]
    assert len(claims) == alerts, "a level that does not become low is not written for it"


@pytest.mark.parametrize("on_hand", [8, 12])
def test_each_crossing_is_counted_once(shop: Shop, on_hand: int, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[object] = []
    monkeypatch.setattr(low_stock_alerts, "measure", measured.append)
    shop.stocks("P-1", on_hand=on_hand, low_stock_threshold=5)

    shop.sells(("P-1", 3))
    shop.adjusts(-1)
    shop.checks_low_stock(later=2 * OVERDUE)

    assert measured == ([{"LowStockAlerts": 1}] if on_hand == 8 else [])


def test_a_crossing_that_the_check_finds_is_counted_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[object] = []
    monkeypatch.setattr(low_stock_alerts, "measure", measured.append)
    shop.has_by_hand("P-1", on_hand=3, low_stock_threshold=5)
    shop.topics.working = False

    shop.checks_low_stock()
    shop.checks_low_stock(later=2 * OVERDUE)

    assert measured == [{"LowStockAlerts": 1}]


def test_a_level_that_rises_before_its_alert_is_claimed_has_no_alert(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    shop.reservation_store.commit(shop.reservation(reservation), shop.now())

    with just_before(shop.client, "UpdateItem", lambda: shop.adjusts(+10)):
        _, alerts = shop.commits(reservation)

    assert alerts == []
    assert (shop.level().on_hand, shop.level().low_stock_alerted) == (14, False)


def test_a_hold_makes_nothing_low(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    shop.holds(("P-1", 7))

    assert shop.checks_low_stock(later=2 * OVERDUE) == 0


def test_a_sale_returns_an_alert_for_each_level_that_it_makes_low(shop: Shop) -> None:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=7, low_stock_threshold=5 if product != "P-2" else 0)

    alerts = shop.sells(("P-1", 3), ("P-2", 3), ("P-3", 3))

    assert sorted(alert.key.product_id for alert in alerts) == ["P-1", "P-3"]


def test_a_level_that_is_already_low_is_not_alerted_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))

    with recorded(shop.client) as calls:
        assert shop.sells(("P-1", 1)) == []
    assert "low_stock_alerted" not in str([call.request for call in calls]), "nothing is claimed that was sent"
    assert shop.checks_low_stock(later=2 * OVERDUE) == 0
    assert sent_of(shop) == {"P-1": 1}


def test_a_level_that_is_low_from_the_start_is_not_alerted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3, low_stock_threshold=5)

    assert shop.sells(("P-1", 1)) == []
    assert shop.checks_low_stock(later=2 * OVERDUE) == 0


def test_a_repeated_commit_returns_the_same_alert_until_it_is_published(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    _, first = shop.commits(reservation)
    _, again = shop.commits(reservation)
    shop.publishes(again)

    _, afterwards = shop.commits(reservation)

    assert [alert.claimant for alert in again] == [alert.claimant for alert in first]
    assert afterwards == []
    assert sent_of(shop) == {"P-1": 1}


def test_concurrent_sales_have_one_alert_for_one_crossing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=12, low_stock_threshold=10)

    claimed: list[list[LowStockAlert]] = at_once(*[lambda: shop.sells(("P-1", 1))] * 12)

    assert sum(map(len, claimed)) == 1
    shop.adds_up()


def test_concurrent_commits_of_one_sale_claim_one_alert(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)

    runs = at_once(*[lambda: shop.commits(reservation)] * 4)

    claimants = {alert.claimant for _, alerts in runs for alert in alerts}
    assert claimants == {str(Claimant.sale(reservation.reservation_id))}
    assert shop.level("P-1").low_stock_alert_by in claimants


# --- crossing by hand, or by a rescue


def test_an_adjustment_that_crosses_the_threshold_is_alerted_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    shop.adjusts(-3)
    shop.adjusts(-1)

    [message] = sent(shop)
    [*_, movement] = sorted(shop.rows(shop.tables.movements), key=lambda movement: str(movement["movement_id"]))[:2]
    assert (message["on_hand"], message["movement_id"]) == (4, movement["movement_id"])
    assert shop.level("P-1").low_stock_alert_by is None


def test_a_count_that_crosses_the_threshold_is_alerted_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    shop.stocks("P-1", on_hand=5, low_stock_threshold=5)
    shop.stocks("P-1", on_hand=4, low_stock_threshold=5)

    assert sent_of(shop) == {"P-1": 1}


def test_a_threshold_raised_to_the_stock_is_alerted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    shop.stocks("P-1", on_hand=7, low_stock_threshold=7)

    [message] = sent(shop)
    [edit] = [movement for movement in shop.rows(shop.tables.movements) if movement["kind"] == "EDITED"]
    assert (message["low_stock_threshold"], message["movement_id"]) == (7, edit["movement_id"])


def test_a_rescue_that_crosses_the_threshold_is_alerted_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)

    shop.pays(reservation)
    shop.pays(reservation)

    [message] = sent(shop)
    assert message["reservation_id"] == reservation.reservation_id
    assert shop.checks_low_stock(later=2 * OVERDUE) == 0


# --- armed again above the threshold


def test_an_adjustment_above_the_threshold_arms_the_alert_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))
    shop.adjusts(+2)

    [alert] = shop.sells(("P-1", 1))

    assert json.loads(alert.announcement.message)["on_hand"] == 5


def test_a_count_above_the_threshold_arms_the_alert_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))
    shop.stocks("P-1", on_hand=20, low_stock_threshold=5)

    assert shop.sells(("P-1", 14)) == []
    assert len(shop.sells(("P-1", 1))) == 1


def test_a_lower_threshold_arms_the_alert_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))
    shop.stocks("P-1", on_hand=4, low_stock_threshold=2)

    assert len(shop.sells(("P-1", 2))) == 1


def is_counted_above(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=20, low_stock_threshold=5)


def is_adjusted_above(shop: Shop) -> None:
    shop.adjusts(+16)


def is_restocked_by_another_tool(shop: Shop) -> None:
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET on_hand = :units, available = :units",
        ExpressionAttributeValues={":units": {"N": "20"}},
    )
    assert shop.checks_low_stock() == 0


@pytest.mark.parametrize("rise", [is_counted_above, is_adjusted_above, is_restocked_by_another_tool])
def test_a_level_that_rose_keeps_nothing_of_its_last_alert(shop: Shop, rise: Callable[[Shop], None]) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.sells(("P-1", 3))  # claimed, and not settled

    rise(shop)

    [row] = shop.rows(shop.tables.inventory)
    assert row["low_stock_alerted"] is False
    assert not {"low_stock_alert_by", "low_stock_alert_at"} & row.keys()


@pytest.mark.parametrize(
    ("change", "reads"),
    [
        (is_counted_above, (1, 1)),  # the level; and the test reads it
        (is_adjusted_above, (3, 1)),  # the level and the earlier decisions; and the level that is answered
    ],
)
def test_a_change_of_a_level_that_was_not_low_needs_no_alert(
    shop: Shop, change: Callable[[Shop], None], reads: tuple[int, int]
) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)

    with recorded(shop.client) as calls:
        change(shop)

    before, after = (["BatchGetItem"] * number for number in reads)
    assert [call.operation for call in calls] == [*before, "TransactWriteItems", *after]


def test_an_adjustment_that_leaves_the_level_low_does_not_arm_the_alert_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 5)))
    shop.adjusts(+3)

    assert shop.sells(("P-1", 1)) == []
    assert sent_of(shop) == {"P-1": 1}


def test_an_alert_that_is_published_late_does_not_settle_a_newer_crossing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    older = shop.sells(("P-1", 3))
    shop.adjusts(+10)
    newer = shop.sells(("P-1", 10))

    shop.publishes(older)

    assert shop.level("P-1").low_stock_alert_by == newer[0].claimant
    assert shop.checks_low_stock(later=2 * OVERDUE) == 1


# --- pending


def test_an_overdue_alert_is_sent_by_the_scheduled_check(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.sells(("P-1", 3), reservation_id="R-1")

    too_soon = shop.checks_low_stock(later=OVERDUE - timedelta(minutes=1))
    overdue = shop.checks_low_stock(later=OVERDUE + timedelta(minutes=1))
    again = shop.checks_low_stock(later=3 * OVERDUE)

    assert (too_soon, overdue, again) == (0, 1, 0)
    [message] = sent(shop)
    assert message["reservation_id"] == "R-1"


def test_a_claim_of_a_new_crossing_is_not_taken_over_before_it_is_overdue(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    shop.commits(reservation)
    began = shop.now()

    def cross_again() -> None:
        """The execution, which took long to retry, claims the alert of the next crossing as its own."""
        shop.now = lambda: began + OVERDUE
        shop.adjusts(+10)
        other = shop.holds(("P-1", 10))
        shop.pays(other)
        shop.reservation_store.commit(shop.reservation(other), shop.now())
        assert len(shop.commits(reservation)[1]) == 1

    claimant = shop.level("P-1").low_stock_alert_by
    with just_before(shop.client, "UpdateItem", cross_again):
        taken_over = shop.alerts.check(began + 2 * OVERDUE - timedelta(seconds=1))

    assert taken_over == 0
    assert shop.level("P-1").low_stock_alert_by == claimant
    assert shop.alerts.check(began + 2 * OVERDUE) == 1


def test_of_concurrent_checks_exactly_one_sends_an_overdue_alert(shop: Shop) -> None:
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=7, low_stock_threshold=5)
        shop.sells((product, 3))

    at_once(*[lambda: shop.checks_low_stock(later=2 * OVERDUE)] * 4)

    assert sent_of(shop) == {"P-1": 1, "P-2": 1, "P-3": 1}


@pytest.mark.parametrize("is_claimed", [True, False], ids=["overdue", "unclaimed"])
def test_an_alert_that_another_check_claims_meanwhile_is_left_to_it(shop: Shop, is_claimed: bool) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    if is_claimed:
        shop.sells(("P-1", 3))
    else:
        shop.has_by_hand("P-1", on_hand=4, low_stock_threshold=5)
    began = shop.now()

    def another_check_cannot_send() -> None:
        shop.topics.working = False
        shop.alerts.check(began + 2 * OVERDUE)
        shop.topics.working = True

    with just_before(shop.client, "UpdateItem", another_check_cannot_send):
        sent_meanwhile = shop.alerts.check(began + 2 * OVERDUE)

    assert (sent_meanwhile, sent(shop)) == (0, [])
    assert shop.alerts.check(began + 3 * OVERDUE) == 1
    [message] = sent(shop)
    assert message.get("movement_id") is None
    assert message["at"] == iso(began + 3 * OVERDUE)


def test_an_unclaimed_crossing_is_sent_by_the_next_check(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    shop.reservation_store.commit(shop.reservation(reservation), shop.now())  # and then the function crashed

    at_once(*[shop.checks_low_stock] * 4)

    assert sent_of(shop) == {"P-1": 1}
    assert shop.commits(reservation)[1] == []


def test_an_alert_that_the_check_has_sent_is_not_sent_by_its_first_claimant(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    shop.commits(reservation)
    shop.checks_low_stock(later=2 * OVERDUE)

    _, alerts = shop.commits(reservation)

    assert alerts == []


# --- SNS is down


def test_the_alert_of_a_sale_is_not_lost_while_sns_is_down(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.topics.working = False
    delayed = shop.publishes(shop.sells(("P-1", 3)))
    still_down = shop.checks_low_stock(later=2 * OVERDUE)
    shop.topics.working = True

    back = shop.checks_low_stock(later=4 * OVERDUE)

    assert (delayed, still_down, back) == (0, 0, 1)
    assert sent_of(shop) == {"P-1": 1}


def test_an_adjustment_is_made_while_sns_is_down_and_alerted_later(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.topics.working = False
    adjusted = shop.adjusts(-3)
    shop.topics.working = True

    shop.checks_low_stock(later=2 * OVERDUE)

    assert adjusted.on_hand == 4
    assert sent_of(shop) == {"P-1": 1}
    shop.adds_up()


def test_a_rescue_is_made_while_sns_is_down_and_alerted_later(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)
    shop.topics.working = False
    payment = shop.pays(reservation)
    shop.topics.working = True

    shop.checks_low_stock(later=2 * OVERDUE)

    assert payment.fulfilled
    assert sent_of(shop) == {"P-1": 1}


# --- written by another tool


def test_a_low_level_that_another_tool_wrote_is_alerted_once_by_the_check(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=3, low_stock_threshold=5)

    first, again = shop.checks_low_stock(), shop.checks_low_stock(later=2 * OVERDUE)

    assert (first, again) == (1, 0)
    [message] = sent(shop)
    assert (message["product_id"], message["on_hand"], message["movement_id"]) == ("P-1", 3, None)


def test_a_level_that_another_tool_wrote_is_sold_alerted_and_armed_like_any_other(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7, low_stock_threshold=5)

    shop.publishes(shop.sells(("P-1", 3)))
    shop.adjusts(+10)
    shop.publishes(shop.sells(("P-1", 10)))

    assert sent_of(shop) == {"P-1": 2}


def test_the_alert_of_a_level_that_another_tool_wrote_waits_for_sns(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=3, low_stock_threshold=5)
    shop.topics.working = False
    down = shop.checks_low_stock()
    shop.topics.working = True

    back = shop.checks_low_stock(later=2 * OVERDUE)

    assert (down, back) == (0, 1)


def test_a_level_that_another_tool_restocked_is_armed_again_by_the_check(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5)
    shop.publishes(shop.sells(("P-1", 3)))
    low = shop.level("P-1")
    restocked = level_item(replace(low, on_hand=20, available=20, version=low.version + 1))
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(restocked))
    shop.checks_low_stock()

    assert len(shop.sells(("P-1", 15))) == 1


# --- the message


@pytest.mark.parametrize("name", ["Tasse für Tee ☕", "Mug\nBcc: everyone", "M" * 200])
def test_a_subject_is_short_and_ascii_for_every_product_name(shop: Shop, name: str) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5, name=name)

    [alert] = shop.sells(("P-1", 3))

    subject = alert.announcement.subject
    assert subject.startswith("Low stock: ")
    assert len(subject) < 100 and subject.isascii() and subject.isprintable()
    assert json.loads(alert.announcement.message)["name"] == name


def test_a_product_without_a_category_can_be_announced(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, low_stock_threshold=5, category="-")

    [alert] = shop.sells(("P-1", 3))

    assert alert.announcement.attributes == {"product_id": "P-1", "warehouse_id": "main", "category": "-"}


def test_an_invalid_row_does_not_stop_the_check(shop: Shop) -> None:
    broken = {"product_id": "A-1", "warehouse_id": "main", "on_hand": 1, "low_stock_threshold": 5}
    row = to_attributes(broken | {"low_stock_alerted": False})
    shop.client.put_item(TableName=shop.tables.inventory, Item=row)
    shop.has_by_hand("P-1", on_hand=1, low_stock_threshold=5)

    assert shop.checks_low_stock() == 1


@pytest.mark.parametrize("error", [RuntimeError("a defect"), TransientError("busy")], ids=repr)
def test_a_level_that_cannot_be_checked_does_not_stop_the_others(
    shop: Shop, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    for product in ("P-1", "P-2", "P-3"):
        shop.has_by_hand(product, on_hand=1, low_stock_threshold=5)
    claim_alert = shop.stock_store.claim_alert

    def claim(read: Level, claimant: str, now: datetime) -> Level | None:
        if read.product_id == "P-2":
            raise error
        return claim_alert(read, claimant, now)

    monkeypatch.setattr(shop.stock_store, "claim_alert", claim)

    with pytest.raises(AlertsFailed, match="the alerts of 1 levels could not be processed; 2 were sent"):
        shop.checks_low_stock()

    assert sorted(alert.attributes["product_id"] for alert in shop.topics.low_stock) == ["P-1", "P-3"]
