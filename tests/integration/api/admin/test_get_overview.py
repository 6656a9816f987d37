"""The overview over HTTP: counts of levels, holds and decisions, and whether they are complete."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from inventory.admin.figures import overview
from inventory.model import iso
from tests.support.aws_calls import Answer, refusal
from tests.support.fault_injection import hooked
from tests.support.http.gateway import Caller
from tests.support.shop import Shop
from tests.support.template.openapi import definition

NOW = datetime.fromisoformat("2026-03-02T12:20:00Z")


@pytest.fixture(autouse=True)
def now(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is twenty past twelve."""
    shop.now = lambda: NOW
    monkeypatch.setattr("admin_routes.overview.utc_now", lambda: NOW)


def overview_of(caller: Caller) -> dict[str, Any]:
    """The overview, checked against its documented schema."""
    answer = caller.get("/admin/overview")
    assert answer.status == 200, answer
    components = definition()["components"]
    OAS30Validator(components["schemas"]["Overview"] | {"components": components}).validate(answer.content)
    content: dict[str, Any] = answer.content
    return content


def outcomes(overview: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The decisions of each hour that has any."""
    counted = {hour.pop("hour"): hour for hour in overview["reservations"]["hours"]}
    return {
        hour: {name: n for name, n in counts.items() if n} for hour, counts in counted.items() if any(counts.values())
    }


def test_an_empty_shop_has_zeros(manager: Caller) -> None:
    empty = overview_of(manager)

    assert empty["as_of"] == iso(NOW)
    assert empty["stock"] == {"levels": 0, "in_stock": 0, "low_stock": 0, "out_of_stock": 0}
    assert empty["holds"] == {"active": 0, "units": 0, "ending_soon": None}
    assert (empty["unfulfilled"], empty["categories"], empty["warehouses"]) == (0, [], [])
    assert (empty["is_complete"], empty["reservations"]["is_complete"]) == (True, True)
    assert empty["reservations"]["since"] == "2026-03-01T13:00:00.000Z"
    assert outcomes(empty) == {}


def test_levels_and_their_held_units_are_counted(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10, category="kitchen")
    shop.stocks("P-2", on_hand=3, low_stock_threshold=3, category="garden")
    shop.stocks("P-2", on_hand=0, category="garden", warehouse_id="outlet")
    shop.stocks("P-3", on_hand=4, category="Bath")
    shop.holds(("P-3", 4))
    shop.pays(shop.holds(("P-1", 2)))
    shop.cancels(shop.holds(("P-1", 1)))
    shop.reserves(("P-1", 99))

    counted = overview_of(manager)

    assert counted["stock"] == {"levels": 4, "in_stock": 1, "low_stock": 1, "out_of_stock": 2}
    assert counted["holds"] == {"active": 2, "units": 6, "ending_soon": None}
    assert counted["categories"] == ["Bath", "garden", "kitchen"]
    assert counted["warehouses"] == ["main", "outlet"]


def test_decisions_are_counted_by_hour_and_outcome(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)

    def at(ago: timedelta) -> None:
        shop.now = lambda: NOW - ago

    at(timedelta(hours=24))  # twenty minutes too early
    shop.sells(("P-1", 1))
    at(timedelta(hours=23, minutes=20))  # the first moment that counts
    shop.sells(("P-1", 1))
    at(timedelta(hours=2))
    shop.sells(("P-1", 1))
    shop.sells(("P-1", 1))
    shop.cancels(shop.holds(("P-1", 1)))
    shop.reserves(("P-1", 1_000))
    at(timedelta())
    cancelled = shop.holds(("P-1", 1))
    shop.cancels(cancelled)
    shop.pays(cancelled)

    counted = overview_of(manager)

    assert counted["unfulfilled"] == 1
    assert outcomes(counted) == {
        "2026-03-01T13:00:00.000Z": {"committed": 1},
        "2026-03-02T10:00:00.000Z": {"committed": 2, "released": 1, "rejected": 1},
        "2026-03-02T12:00:00.000Z": {"unfulfilled": 1},
    }


def test_an_invalid_row_does_not_break_the_overview(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    for number, on_hand in enumerate(({"S": "many"}, {"N": "1.5"}, None)):
        item = {"product_id": {"S": f"X-{number}"}, "warehouse_id": {"S": "main"}, "category": {"S": "kitchen"}}
        shop.client.put_item(
            TableName=shop.tables.inventory,
            Item=item | ({"on_hand": on_hand} if on_hand else {}),
        )

    assert overview_of(manager)["stock"]["levels"] == 1


def test_more_than_one_page_is_counted(manager: Caller, shop: Shop) -> None:
    long_text = "x" * 390_000  # three of these exceed one page of DynamoDB (1 MB)
    for number in range(4):
        shop.stocks(f"P-{number}")
        shop.client.update_item(
            TableName=shop.tables.inventory,
            Key={"product_id": {"S": f"P-{number}"}, "warehouse_id": {"S": "main"}},
            UpdateExpression="SET note = :note",
            ExpressionAttributeValues={":note": {"S": long_text}},
        )

    assert overview_of(manager)["stock"]["levels"] == 4


@pytest.mark.parametrize(("bound", "complete"), [(3, True), (2, False)])
def test_incomplete_counts_are_marked_as_incomplete(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch, bound: int, complete: bool
) -> None:
    monkeypatch.setattr(overview, "DECIDED_MAX", bound)
    for number in range(3):
        shop.stocks(f"P-{number}")
        shop.sells((f"P-{number}", 1))

    counted = overview_of(manager)

    assert counted["reservations"]["is_complete"] is complete
    assert (counted["is_complete"], counted["stock"]["levels"]) == (True, 3)
    assert outcomes(counted) == {"2026-03-02T12:00:00.000Z": {"committed": bound}}


# --- parts that fail


def refused_reads(table: str, index: str | None) -> Callable[..., Answer | None]:
    """Refuses to read a table, or one of its indexes."""

    def refuse(params: dict[str, Any], **_: Any) -> Answer | None:
        request = json.loads(params["body"])
        is_refused = (request.get("TableName"), request.get("IndexName")) == (table, index)
        return refusal("AccessDeniedException") if is_refused else None

    return refuse


@pytest.mark.parametrize(
    ("table", "index", "unavailable"),
    [
        ("inventory", None, ["stock"]),
        ("reservations", "by_phase", ["holds", "reservations"]),
        ("refunds", "by_status", ["money_to_return"]),
    ],
    ids=["levels", "reservations", "refunds"],
)
def test_a_part_that_fails_leaves_the_others(
    manager: Caller, shop: Shop, table: str, index: str | None, unavailable: list[str]
) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 2))
    whole = overview_of(manager)

    with hooked(shop.client, "before-call", refused_reads(getattr(shop.tables, table), index)):
        partial = overview_of(manager)

    assert partial["unavailable"] == unavailable and whole["unavailable"] == []
    assert partial["is_complete"]  # what was read
    for name in ("stock", "money_to_return", "reservations"):
        assert partial[name] == (None if name in unavailable else whole[name])
    assert partial["holds"]["active"] == (None if "holds" in unavailable else 1)
    assert partial["holds"]["units"] == (None if "stock" in unavailable else 2)
