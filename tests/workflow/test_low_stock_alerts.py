"""Low-stock alerts of the workflow: published once for each crossing, and never in the way of the order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import check_low_stock
from inventory.model import utc_now
from inventory.stock.low_stock_alerts import OVERDUE, Claimant
from tests.support.identifiers import IDENTIFIERS, as_stored
from tests.support.shop import Shop
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkouts, ExecutionResult
from tests.support.workflow.cloud import Cloud, published
from tests.support.workflow.fault_injection import only_calls_with, refuse, run_before

SNS_IS_DOWN = refuse("InternalFailure", 500)


def sells(checkouts: Checkouts, *lines: tuple[str, int]) -> ExecutionResult:
    """A complete checkout, which is paid."""
    checkout = checkouts.starts(*lines).waits()
    checkout.is_paid()
    return checkout.ends()


def test_a_sale_that_makes_a_level_low_publishes_and_settles_the_alert(
    shop: Shop, checkouts: Checkouts, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8, name="Mug", category="kitchen")

    result = sells(checkouts, ("P-1", 3))

    [sent] = published(low_stock_topic)
    assert result.output["status"] == "COMMITTED"
    assert result.states[-2:] == ["PublishLowStock", "SettleAlert"]
    assert sent["subject"] == "Low stock: Mug"
    assert sent["attributes"] == {"product_id": "P-1", "warehouse_id": "main", "category": "kitchen"}
    assert datetime.fromisoformat(sent["message"].pop("at")) <= utc_now()
    assert sent["message"] == {
        "type": "LOW_STOCK",
        "product_id": "P-1",
        "warehouse_id": "main",
        "name": "Mug",
        "on_hand": 7,
        "available": 7,
        "low_stock_threshold": 8,
        "reservation_id": "R-1",
    }
    assert pending(shop) == []


def test_one_crossing_is_published_once(shop: Shop, checkouts: Checkouts, low_stock_topic: str) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)

    sells(checkouts, ("P-1", 3))
    later = sells(checkouts, ("P-1", 3))

    assert len(published(low_stock_topic)) == 1
    assert later.states[-1] == "AlertLowStock"


def test_every_level_that_a_sale_makes_low_has_its_own_message(
    shop: Shop, checkouts: Checkouts, low_stock_topic: str
) -> None:
    products = [f"P-{number}" for number in range(8)]
    for product in products:
        shop.stocks(product, on_hand=10, low_stock_threshold=8)

    sells(checkouts, *((product, 3) for product in products))

    assert sorted(sent["message"]["product_id"] for sent in published(low_stock_topic)) == products
    assert pending(shop) == []


def test_an_order_of_45_products_with_any_identifiers_alerts_for_each(
    shop: Shop, checkouts: Checkouts, low_stock_topic: str
) -> None:
    odd = ["{% $states.input %}", "\U0001f6d2" * 128, '"' * 128, *map(as_stored, IDENTIFIERS)]
    products = sorted(odd[:45])
    for product in products:
        shop.stocks(product, on_hand=10, low_stock_threshold=8, name=product, category=product)

    result = sells(checkouts, *((product, 3) for product in products))

    sent = published(low_stock_topic)
    assert result.output["status"] == "COMMITTED"
    assert sorted(message["message"]["product_id"] for message in sent) == products
    for message in sent:
        product = message["message"]["product_id"]
        assert message["attributes"] == {"product_id": product, "warehouse_id": "main", "category": product}
    assert pending(shop) == []


def test_a_name_is_published_unchanged(shop: Shop, checkouts: Checkouts, low_stock_topic: str) -> None:
    name = """Mug "XL" '\\n' {% $states.input %} ${LowStockTopicArn} Größe 大 {"a": [1]}"""
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8, name=name)

    sells(checkouts, ("P-1", 3))

    [sent] = published(low_stock_topic)
    assert sent["message"]["name"] == name
    assert sent["subject"].startswith("""Low stock: Mug "XL" '\\n' {% $states.input %}""")


def test_an_order_succeeds_while_sns_is_down_and_the_scheduled_check_sends_its_alert_later(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    cloud.always_inject("PublishLowStock", SNS_IS_DOWN)

    result = sells(checkouts, ("P-1", 3))
    pending_after_the_order = pending(shop)
    sent_at_once = functions.invoke("CheckLowStockFunction", "{}")
    monkeypatch.setattr(check_low_stock, "utc_now", lambda: utc_now() + OVERDUE + timedelta(seconds=1))
    sent_when_overdue = functions.invoke("CheckLowStockFunction", "{}")

    [sent] = published(low_stock_topic)
    assert (result.status, result.output["status"]) == ("SUCCEEDED", "COMMITTED")
    assert result.states[-2:] == ["PublishLowStock", "AlertDelayed"]
    assert cloud.calls["PublishLowStock"] == 4
    assert pending_after_the_order == [str(Claimant.sale("R-1"))]
    assert (sent_at_once, sent_when_overdue) == ({"alerts_sent": 0}, {"alerts_sent": 1})
    assert sent["message"]["reservation_id"] == "R-1"
    assert pending(shop) == []


def test_an_alert_that_cannot_be_published_does_not_stop_the_others(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    shop.stocks("P-2", on_hand=10, low_stock_threshold=8)
    cloud.always_inject("PublishLowStock", only_calls_with("P-1", SNS_IS_DOWN))

    result = sells(checkouts, ("P-1", 3), ("P-2", 3))

    assert result.output["status"] == "COMMITTED"
    assert [sent["message"]["product_id"] for sent in published(low_stock_topic)] == ["P-2"]
    assert pending(shop) == [str(Claimant.sale("R-1"))]


def test_an_alert_that_cannot_be_settled_is_sent_again(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)
    cloud.always_inject("SettleAlert", refuse("ThrottlingException"))

    result = sells(checkouts, ("P-1", 3))
    pending_after_the_order = pending(shop)
    monkeypatch.setattr(check_low_stock, "utc_now", lambda: utc_now() + OVERDUE + timedelta(seconds=1))
    functions.invoke("CheckLowStockFunction", "{}")

    assert result.output["status"] == "COMMITTED"
    assert result.states[-2:] == ["SettleAlert", "AlertDelayed"]
    assert cloud.calls["SettleAlert"] == 7
    assert pending_after_the_order == [str(Claimant.sale("R-1"))]
    assert len(published(low_stock_topic)) == 2
    assert pending(shop) == []


def test_an_execution_that_publishes_late_does_not_settle_a_newer_crossing(
    shop: Shop, checkouts: Checkouts, cloud: Cloud, low_stock_topic: str
) -> None:
    shop.stocks("P-1", on_hand=10, low_stock_threshold=8)

    def cross_again() -> None:
        shop.adjusts(+10)
        shop.sells(("P-1", 10), reservation_id="NEWER")

    cloud.inject("SettleAlert", run_before(cross_again))

    result = sells(checkouts, ("P-1", 3))

    assert result.output["status"] == "COMMITTED"
    assert result.states[-2:] == ["SettleAlert", "AlertDelayed"]
    assert len(published(low_stock_topic)) == 1
    assert pending(shop) == [str(Claimant.sale("NEWER"))]


def pending(shop: Shop) -> list[Any]:
    """The claimants of pending alerts, by the rows of the levels."""
    return [row["low_stock_alert_by"] for row in shop.rows(shop.tables.inventory) if "low_stock_alert_by" in row]
