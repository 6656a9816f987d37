"""Complete HTTP calls on a local AWS of their own, compared with the bare boto3 calls that they make."""

import csv
import itertools
from typing import Any

import boto3
from inventory_client import CheckoutClient, Line, StorefrontClient
from rich.table import Table

from inventory.aws.changes import to_attributes
from inventory.live.published_store import product_key
from tools.bench.pairs import Pair, figures_of, measured, table_of_pairs
from tools.bench.part import step
from tools.demo.scenarios import EVENTS
from tools.demo.stock_loader import StockLoader
from tools.local import Stack, local_aws
from tools.local.ports import free_port
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT

CATALOGUE = EVENTS / "catalogue.csv"
ROUNDS = 20
PRODUCTS = 100


def figures() -> dict[str, float]:
    """Of each operation the median times of our call and of the bare calls, and their ratio."""
    step("starting a local AWS and deploying to it")
    with temporary_directory(PROJECT / ".local" / "bench") as directory, local_aws(free_port(), directory) as stack:
        return figures_of("http", measured(deployed_pairs(stack, PRODUCTS), rounds=ROUNDS))


def table(figures: dict[str, float]) -> Table:
    return table_of_pairs("Medians in milliseconds, complete HTTP calls on a local AWS", figures)


def deployed_pairs(stack: Stack, products: int) -> dict[str, Pair]:
    """The operations to measure: each is a pair of our call and the bare calls."""
    StockLoader(stack).load(CATALOGUE)
    storefront = StorefrontClient(stack.outputs["ApiUrl"], api_key=str(stack.storefront_api_key))
    signer = stack.checkout
    session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
    checkout = CheckoutClient(stack.outputs["ApiUrl"], session=session)
    tables, table = stack.client("dynamodb"), stack.outputs["InventoryTableName"]
    with CATALOGUE.open() as rows:
        product_ids = list(dict.fromkeys(row["product_id"] for row in csv.DictReader(rows)))[:products]
    numbers = itertools.count()

    published = stack.outputs["PublishedTableName"]

    def read(*ids: str) -> None:
        keys = [to_attributes(product_key(product_id)) for product_id in ids]
        tables.batch_get_item(RequestItems={published: {"Keys": keys, "ConsistentRead": True}})
        for product_id in ids:
            tables.query(
                TableName=table,
                KeyConditionExpression="product_id = :product_id",
                ExpressionAttributeValues={":product_id": {"S": product_id}},
                ConsistentRead=True,
            )

    def reserve() -> None:
        checkout.create_reservation([Line(product_ids[0], 1)], key=f"BENCH-{next(numbers)}", hold_seconds=600)

    def bare_transaction() -> None:
        key = {"reservation_id": {"S": f"BARE-{next(numbers)}"}}
        put = {"TableName": stack.outputs["ReservationsTableName"], "Item": key | {"status": {"S": "RELEASED"}}}
        update = {
            "TableName": table,
            "Key": _level(product_ids[0]),
            "UpdateExpression": "SET updated_at = updated_at",
            "ConditionExpression": "available >= :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        tables.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])

    return {
        "look up 1 product": (lambda: _list_stock(storefront, product_ids[:1]), lambda: read(product_ids[0])),
        f"look up {products} products": (lambda: _list_stock(storefront, product_ids), lambda: read(*product_ids)),
        "reserve 1 line, decided": (reserve, bare_transaction),
    }


def _list_stock(storefront: StorefrontClient, product_ids: list[str]) -> None:
    found, not_found = storefront.list_stock(product_ids)
    assert len(found) == len(product_ids) and not not_found


def _level(product_id: str) -> dict[str, Any]:
    return {"product_id": {"S": product_id}, "warehouse_id": {"S": "main"}}
