"""Property: whatever happens to one row of each table, jobs and lists process all the others."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import admin_api
import storefront_api
from inventory import dependencies
from inventory.admin.figures.overview_store import OverviewStore
from inventory.admin.level_list import LevelList
from inventory.admin.list_store import ListStore
from inventory.admin.row_store import RowStore
from inventory.admin.search.reservations import ReservationSearch
from inventory.aws.changes import to_attributes
from inventory.live.published_store import PublishedStore
from inventory.settings import BrowserSettings, StorefrontSettings
from tests.support.http.gateway import Caller
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop
from tests.support.shop.shops import Shops

Row = dict[str, Any]

HOLD = timedelta(seconds=900)
KEYS = {
    "inventory": ("product_id", "warehouse_id"),
    "reservations": ("reservation_id",),
    "movements": ("product_id", "movement_id"),
    "customers": ("customer_id",),
    "refunds": ("reservation_id", "payment_reference"),
}
# DynamoDB itself refuses another type in the key of an index: these can only be missing or another text.
INDEXED = {"category", "phase", "phase_at", "order_id", "pending_notification", "notify_since", "status_at"}

ABSENT = "(absent)"
# One value of each type that an attribute can have.
VALUES: list[Any] = [
    "text",
    "",
    Decimal(-3),
    Decimal("1.5"),
    Decimal("1e90"),
    True,
    b"bytes",
    [],
    ["x"],
    [{"product_id": "BAD", "warehouse_id": "main", "quantity": Decimal(-2)}],
    {},
    {"a": Decimal(1)},
    {"a set"},
    {Decimal(1)},
    ABSENT,
]


def a_busy_shop(shop: Shop) -> None:
    """Each table has a row that will be mutilated, whose ids are BAD, and good ones."""
    for name in ("BAD", "GOOD"):
        shop.stocks(name, on_hand=10, low_stock_threshold=9)
        shop.adjusts(-1, name)
        customer = {"customer_id": name, "order_id": f"O-{name}"}
        shop.holds((name, 1), reservation_id=f"{name}-1", **customer)
        shop.cancels(shop.holds((name, 1), reservation_id=f"{name}-2", **customer))
        shop.pays(shop.reservation(f"{name}-2"), f"PAY-{name}")


def mutilate(shop: Shop, table: str, changes: dict[str, Any]) -> None:
    """Change or remove attributes of the rows of one table that are called BAD."""
    name = getattr(shop.tables, table)
    for row in shop.rows(name):
        if any(str(row[key]).startswith(("BAD", "PAY-BAD")) for key in KEYS[table]):
            changed = {k: v for k, v in (row | changes).items() if not (isinstance(v, str) and v == ABSENT)}
            with suppress(ClientError):  # DynamoDB refuses it: then no tool can have written it
                shop.client.put_item(TableName=name, Item=to_attributes(changed))


def attributes_of(table: str) -> list[str]:
    """The attributes of a table's rows that are no keys."""
    names = {
        "inventory": "name category on_hand reserved available low_stock_threshold low_stock_alerted version"
        " updated_at allocated active low_stock_alert_by low_stock_alert_at edit_id counted_as_of described_at",
        "reservations": "status phase phase_at lines hold_seconds hold_max longest_hold_seconds requested_id execution_name created_at held_until order_id"
        " customer_id reason shortages payment_reference rescued tracked decided_at released_by release_note"
        " payments_to_announce payments_announced has_refunds cancelled_after_expiry pending_notification notify_since task_token expire_at",
        "movements": "warehouse_id moved_at kind delta actor reason reference units allocated_delta",
        "customers": "active_holds held_units changes",
        "refunds": "status status_at since requested_id reservation_status order_id amount currency pending_notification"
        " notify_since reference note returned_by expire_at",
    }
    return names[table].split()


@st.composite
def mutilations(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A table, and up to three attributes with other values."""
    table = draw(st.sampled_from(sorted(KEYS)))
    names = draw(st.lists(st.sampled_from(attributes_of(table)), min_size=1, max_size=3, unique=True))
    values = st.sampled_from(VALUES)
    texts = st.sampled_from(["text", ABSENT])
    return table, {name: draw(texts if name in INDEXED else values) for name in names}


@pytest.fixture
def callers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[pytest.MonkeyPatch, Caller, Caller]]:
    yield monkeypatch, Caller(admin_api.handler), Caller(storefront_api.handler)


def serve(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    """Let the APIs work with the tables of a shop."""
    lists, rows = ListStore(shop.client, shop.tables), RowStore(shop.client, shop.tables)
    reader: Any = FakeReadModel(shop)
    services: dict[str, Any] = {
        "stock_store": shop.stock_store,
        "reservation_store": shop.reservation_store,
        "refunds": shop.refunds,
        "published_store": PublishedStore(shop.client, shop.tables),
        "list_store": lists,
        "row_store": rows,
        "read_model": reader,
        "level_list": LevelList(lists, rows, reader),
        "reservation_search": ReservationSearch(lists, rows, reader),
        "overview_store": OverviewStore(shop.client, shop.tables),
        "browser_settings": BrowserSettings("*"),
        "storefront_settings": StorefrontSettings("no-store", 0),
        "sourcing_policy": shop.sourcing,
    }
    for name, service in services.items():
        monkeypatch.setattr(dependencies, name, lambda service=service: service)


def listed(caller: Caller, path: str, field: str, **query: str) -> set[str]:
    """What one page of a list shows."""
    answer = caller.get(path, **query)
    assert answer.status == 200, (path, query, answer)
    return {item[field] for item in answer.content["items"]}


@given(mutilation=mutilations())
@settings(
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_one_mutilated_row_never_stops_the_others(
    mutilation: tuple[str, dict[str, Any]],
    shops: Shops,
    callers: tuple[pytest.MonkeyPatch, Caller, Caller],
) -> None:
    monkeypatch, manager, storefront = callers
    with shops.open() as shop:
        a_busy_shop(shop)
        mutilate(shop, *mutilation)
        serve(monkeypatch, shop)

        the_lists_show_the_others(manager, storefront)
        the_jobs_process_the_others(shop)


def the_lists_show_the_others(manager: Caller, storefront: Caller) -> None:
    for query in ({}, {"sort": "name"}, {"category": "kitchen"}, {"search": "good"}, {"status": "LOW_STOCK"}):
        assert "GOOD" in listed(manager, "/admin/inventory", "product_id", **query), query
    for query in ({}, {"search": "GOOD-1"}, {"search": "O-GOOD"}, {"product_id": "GOOD"}):
        assert "GOOD-1" in listed(manager, "/admin/reservations", "reservation_id", **query), query
    assert listed(manager, "/admin/inventory/GOOD/movements", "product_id") == {"GOOD"}
    assert manager.get("/admin/inventory/BAD/movements").status == 200
    assert "GOOD-2" in listed(manager, "/admin/refunds", "reservation_id")
    assert "GOOD" in manager.get("/admin/export").content
    assert manager.get("/admin/overview").status == 200
    assert "GOOD" in listed(storefront, "/inventory", "product_id", product_ids="BAD,GOOD")


def the_jobs_process_the_others(shop: Shop) -> None:
    found = shop.finds_drift()
    assert "GOOD" not in [drift.level.product_id for drift in found.drifts]
    assert "GOOD" not in [drift.customer_id for drift in found.customers]
    shop.takes_over(found)
    shop.reconciles(later=HOLD)
    assert shop.reservation("GOOD-1").status == "RELEASED"
    shop.reconciles(later=2 * HOLD)
    shop.checks_low_stock(later=HOLD)
    assert "GOOD" in {alert.attributes["product_id"] for alert in shop.topics.low_stock}
    assert shop.held_by("GOOD") == (0, 0)
