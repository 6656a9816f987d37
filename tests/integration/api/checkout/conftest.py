"""The checkout API over the tables of a shop, with a fake workflow."""

import pytest

import checkout_api
from inventory import dependencies
from inventory.reservations.checkout import Checkouts
from inventory.reservations.order_list import OrderList
from inventory.settings import CustomerSettings, Settings
from tests.support.http.fake_workflow import FakeWorkflow
from tests.support.http.gateway import Caller
from tests.support.shop import Shop

CART = {"lines": [{"product_id": "P-1", "quantity": 2}], "order_id": "1001"}
PAID = {"outcome": "SUCCEEDED", "payment_reference": "PAY-1"}


@pytest.fixture
def workflow(shop: Shop) -> FakeWorkflow:
    """A fake workflow that decides at once."""
    return FakeWorkflow(shop)


@pytest.fixture
def service(shop: Shop, workflow: FakeWorkflow, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A checkout service, in a shop with ten units of P-1."""
    shop.stocks("P-1", on_hand=10)
    tables = shop.tables
    settings = Settings(
        inventory_table_name=tables.inventory,
        reservations_table_name=tables.reservations,
        movements_table_name=tables.movements,
        customers_table_name=tables.customers,
        refunds_table_name=tables.refunds,
        failed_executions_table_name=tables.failed_executions,
        idempotency_table_name=tables.idempotency,
        published_table_name=tables.published,
        read_model_table_name=tables.read_model,
        ledger_checkpoints_table_name=tables.ledger_checkpoints,
        low_stock_topic_arn="low",
        operations_topic_arn="ops",
        longest_hold_seconds=86_400,
        reservation_retention_days=365,
    )
    for name, connection in {
        "reservation_store": shop.reservation_store,
        "reservations": shop.reservations,
        "payments": shop.payments,
        "hold_changes": shop.hold_changes,
        "sold_units": shop.sold_units,
        "order_list": OrderList(shop.client, shop.tables),
        "checkouts": Checkouts(shop.reservation_store, shop.stock_store, workflow),
        "settings": settings,
        "customer_settings": CustomerSettings(shop.limits.holds_max, shop.limits.units_max, False),
    }.items():
        monkeypatch.setattr(dependencies, name, lambda connection=connection: connection)
    monkeypatch.setattr(dependencies, "hold_policy", lambda: shop.policy)
    return Caller(checkout_api.handler)
