"""The smoke test leaves no product in the shop's lists and exports."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from inventory.model import LevelKey
from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import Shop, create_tables, names_of
from tools.deployed_stack import DeployedStack
from tools.smoke import probe as probes
from tools.smoke.errors import Unexpected
from tools.smoke.probe import PRODUCT_ID, UNITS, WAREHOUSE_ID, Probe

KEY = LevelKey(PRODUCT_ID, WAREHOUSE_ID)


@pytest.fixture
def shop() -> Shop:
    """A shop with a product of its own."""
    client = memory_client(Database())
    shop = Shop(client, create_tables(client))
    shop.stocks("P-1", on_hand=5)
    return shop


@pytest.fixture
def published() -> list[Any]:
    """The messages that were sent."""
    return []


@pytest.fixture
def probe(shop: Shop, published: list[Any], monkeypatch: pytest.MonkeyPatch) -> Probe:
    """The products of a smoke test in this shop."""
    monkeypatch.setattr(probes, "REMOVAL_PAUSES", (0.0, 0.0))
    clients = {
        "dynamodb": shop.client,
        "apigateway": SimpleNamespace(get_api_key=lambda **_: {"value": "key"}),
        "sns": SimpleNamespace(publish=lambda **message: published.append(message)),
        "sts": SimpleNamespace(get_caller_identity=lambda: {"Arn": "arn:aws:iam::123456789012:user/ops"}),
    }
    outputs = {f"{resource}Name": name for resource, name in names_of(shop.tables).items()} | {
        "ApiUrl": "https://api.example",
        "StorefrontApiKeyId": "id",
        "LowStockTopicArn": "arn:low",
        "OperationsTopicArn": "arn:ops",
    }
    session = boto3.Session("key", "secret", region_name="us-east-1")
    return Probe(DeployedStack(lambda service: clients[service], session, outputs, "inventory", is_on_aws=True))


def test_products_are_deleted_without_an_alert_and_the_books_agree(
    probe: Probe, shop: Shop, published: list[Any]
) -> None:
    for product_id in (PRODUCT_ID, "SMOKE-CONTENTION"):
        probe.set_stock(product_id)

    probe.remove_products()

    assert {row["product_id"] for row in shop.rows(shop.tables.inventory)} == {"P-1"}
    assert sum(row["delta"] for row in shop.rows(shop.tables.movements) if row["product_id"] == PRODUCT_ID) == 0
    assert published == []
    shop.adds_up()


def test_a_product_can_be_used_again_after_its_deletion(probe: Probe, shop: Shop) -> None:
    for _ in range(2):
        probe.set_stock()
        assert probe.level().available == UNITS
        probe.remove_products()

    assert shop.stock_store.level(KEY) is None
    shop.adds_up()


def test_a_product_of_which_units_are_held_stays_and_is_named(probe: Probe, shop: Shop) -> None:
    probe.set_stock()
    shop.reserves({"product_id": PRODUCT_ID, "warehouse_id": WAREHOUSE_ID, "quantity": 1})

    with pytest.raises(Unexpected, match=f"{PRODUCT_ID} cannot be deleted: units of it are held"):
        probe.remove_products()

    level = shop.stock_store.level(KEY)
    assert level is not None and level.reserved == 1
    shop.adds_up()


def test_a_run_that_made_no_product_deletes_nothing(probe: Probe, shop: Shop) -> None:
    probe.remove_products()

    shop.adds_up()
