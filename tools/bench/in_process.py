"""The functions in this process with DynamoDB Local, compared with the bare boto3 calls that they make."""

import itertools
import os
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from inventory.aws.changes import to_attributes
from inventory.live.published_store import product_key
from inventory.model import utc_now
from inventory.reservations.reservation_request import ReservationRequest
from storefront_api import handler
from tests.support.dynamodb_local import dynamodb_local
from tests.support.handlers import NAMES
from tests.support.http.gateway import CONTEXT, ApiRequest
from tests.support.shop import Shop, names_of, new_shop
from tests.support.shop.bulk_holds import hold_in_bulk
from tests.support.template.source import environment
from tools.bench.pairs import Pair, figures_of, measured, table_of_pairs
from tools.bench.part import step

WAREHOUSES = ("main", "north", "south")


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    products: int
    live_holds: tuple[int, ...]


COMPLETE = Scale(rounds=200, products=100, live_holds=(10, 20_000))


def figures(scale: Scale = COMPLETE) -> dict[str, float]:
    """Of each operation the median times of our code and of the bare calls, and their ratio."""
    step("starting DynamoDB Local and loading the products")
    with dynamodb_local() as url:
        pairs = in_process_pairs(url, scale.products, scale.live_holds)
        return figures_of("overhead", measured(pairs, rounds=scale.rounds))


def table(figures: dict[str, float]) -> Table:
    return table_of_pairs("Medians in milliseconds, in this process with DynamoDB Local", figures)


def in_process_pairs(url: str, products: int, live_holds: tuple[int, ...]) -> dict[str, Pair]:
    """The operations to measure in a shop with a number of products: each is a pair of our call and the bare calls."""
    shop = new_shop(url)
    for number in range(products):
        for warehouse in WAREHOUSES:
            shop.stocks(f"P-{number}", on_hand=1_000_000, warehouse_id=warehouse)
    crowded = {
        f"reserve 1 line with {holds:,} live holds, compared with none": _crowded(url, holds) for holds in live_holds
    }
    return {
        "look up 1 product": _lookup(shop, url, 1),
        f"look up {products} products": _lookup(shop, url, products),
        "reserve 1 line": _reserve(shop),
    } | crowded


def _lookup(shop: Shop, url: str, products: int) -> Pair:
    """The complete storefront function, compared with its reads, one after the other."""
    product_ids = [f"P-{number}" for number in range(products)]
    os.environ |= environment(NAMES | names_of(shop.tables)) | {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    event = (
        ApiRequest("GET", f"/inventory/{product_ids[0]}")
        if products == 1
        else ApiRequest("GET", "/inventory", query={"product_ids": ",".join(product_ids)})
    ).event()

    def ours() -> None:
        assert handler(event, CONTEXT)["statusCode"] == 200

    def bare() -> None:
        keys = [to_attributes(product_key(product_id)) for product_id in product_ids]
        shop.client.batch_get_item(RequestItems={shop.tables.published: {"Keys": keys, "ConsistentRead": True}})
        for product_id in product_ids:
            shop.client.query(
                TableName=shop.tables.inventory,
                KeyConditionExpression="product_id = :product_id",
                ExpressionAttributeValues={":product_id": {"S": product_id}},
                ConsistentRead=True,
            )

    return ours, bare


def _reserve(shop: Shop) -> Pair:
    """The use case, compared with its one transaction."""
    numbers = itertools.count()

    def bare() -> None:
        shop.client.transact_write_items(TransactItems=_bare_hold(shop, f"BARE-{next(numbers)}", "P-0"))

    return lambda: _hold(shop, f"OURS-{next(numbers)}", "P-0"), bare


def _crowded(url: str, holds: int) -> Pair:
    """A reservation of a product with many live holds, compared with one of a product without holds."""
    shop = new_shop(url)
    for product_id in ("CROWDED", "QUIET"):
        shop.stocks(product_id, on_hand=1_000_000)
    crowd = ReservationRequest.parse({"lines": [{"product_id": "CROWDED", "quantity": 1}], "hold_seconds": 86_400})
    now = utc_now()
    hold_in_bulk(shop, [crowd.held(f"CROWD-{number}", shop.policy, now) for number in range(holds)])
    numbers = itertools.count()
    return (
        lambda: _hold(shop, f"C-{next(numbers)}", "CROWDED"),
        lambda: _hold(shop, f"Q-{next(numbers)}", "QUIET"),
    )


def _hold(shop: Shop, reservation_id: str, product_id: str) -> None:
    request = ReservationRequest.parse({"lines": [{"product_id": product_id, "quantity": 1}]})
    held = shop.reservations.reserve(reservation_id, request, shop.policy, utc_now())
    assert held.status == "HELD"


def _bare_hold(shop: Shop, reservation_id: str, product_id: str) -> Any:
    return [
        {
            "Put": {
                "TableName": shop.tables.reservations,
                "Item": {"reservation_id": {"S": reservation_id}, "status": {"S": "HELD"}},
                "ConditionExpression": "attribute_not_exists(reservation_id)",
            }
        },
        {
            "Update": {
                "TableName": shop.tables.inventory,
                "Key": {"product_id": {"S": product_id}, "warehouse_id": {"S": "main"}},
                "UpdateExpression": "SET available = available - :one, reserved = reserved + :one",
                "ConditionExpression": "available >= :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        },
    ]
