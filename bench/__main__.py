"""`make bench`: what our code adds to the calls that it must make, and what many live holds add to a reserve."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.crowd import add_holds
from bench.deployed import deployed_pairs
from bench.handlers import api_event, storefront_handler
from inventory.model import utc_now
from inventory.requests import ReservationRequest
from inventory.reservations import reserve
from local import local_aws
from local.ports import free_port
from tests.dynamodb_local import dynamodb_local
from tests.shop import Shop, new_shop

ROUNDS = 200
WARM_UP = 20
PRODUCTS = 100
FEW_HOLDS, MANY_HOLDS = 10, 20_000


@dataclass(frozen=True)
class Measured:
    """One comparison: milliseconds at the median, and what ours costs relative to the bare calls."""

    what: str
    ours_milliseconds: float
    bare_milliseconds: float

    @property
    def ratio(self) -> float:
        return self.ours_milliseconds / self.bare_milliseconds


def main() -> int:
    """Measure in this process against DynamoDB Local, and over HTTP on a local AWS."""
    argparse.ArgumentParser(prog="make bench", description=__doc__).parse_args()
    console = Console()
    with dynamodb_local() as url:
        shop = new_shop(url)
        console.print("Stocking the shop …")
        for number in range(PRODUCTS):
            for warehouse in ("main", "north", "south"):
                shop.stocks(f"P-{number}", on_hand=1_000_000, warehouse_id=warehouse)
        measures: list[tuple[str, Callable[[], tuple[float, float]]]] = [
            ("look up 1 product", lambda: _lookup(shop, url, 1)),
            (f"look up {PRODUCTS} products", lambda: _lookup(shop, url, PRODUCTS)),
            ("reserve 1 line", lambda: _reserve(shop)),
            (f"reserve 1 line with {FEW_HOLDS:,} live holds, against none", lambda: _crowded(url, FEW_HOLDS)),
            (f"reserve 1 line with {MANY_HOLDS:,} live holds, against none", lambda: _crowded(url, MANY_HOLDS)),
        ]
        measured = []
        for name, measure in measures:
            console.print(f"Measuring: {name} …")
            measured.append(Measured(name, *measure()))
    _show(console, "Medians in milliseconds, DynamoDB Local, in process", measured)
    console.print("Starting a local AWS and deploying to it …")
    with TemporaryDirectory() as directory, local_aws(free_port(), Path(directory)) as stack:
        over_http = []
        for name, (ours, bare) in deployed_pairs(stack, PRODUCTS).items():
            console.print(f"Measuring: {name} …")
            over_http.append(Measured(name, *_medians(ours, bare, rounds=ROUNDS // 10, warm_up=WARM_UP // 5)))
    _show(console, "Medians in milliseconds, whole HTTP calls on the local AWS, its gateway included", over_http)
    return 0


def _show(console: Console, title: str, measured: Sequence[Measured]) -> None:
    table = Table(title=title, title_justify="left")
    for column in ("what", "ours", "bare boto3 calls", "ours / bare"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for row in measured:
        table.add_row(row.what, f"{row.ours_milliseconds:.2f}", f"{row.bare_milliseconds:.2f}", f"{row.ratio:.2f}")
    console.print(table)


def _lookup(shop: Shop, url: str, products: int) -> tuple[float, float]:
    """The storefront's function, whole, against the queries that it must make, one after the other."""
    product_ids = [f"P-{number}" for number in range(products)]
    handle = storefront_handler(shop, url)
    event = (
        api_event("/inventory/{product_id}", path={"product_id": product_ids[0]})
        if products == 1
        else api_event("/inventory", query={"product_ids": ",".join(product_ids)})
    )

    def ours() -> None:
        assert handle(event)["statusCode"] == 200

    def bare() -> None:
        for product_id in product_ids:
            shop.client.query(
                TableName=shop.tables.inventory,
                KeyConditionExpression="product_id = :product_id",
                ExpressionAttributeValues={":product_id": {"S": product_id}},
                ConsistentRead=True,
            )

    return _medians(ours, bare, rounds=ROUNDS if products == 1 else ROUNDS // 10)


def _reserve(shop: Shop) -> tuple[float, float]:
    """The use case against the one transaction that it must make."""
    names = iter(range(10_000_000))

    def ours() -> None:
        _hold(shop, f"OURS-{next(names)}", "P-0")

    def bare() -> None:
        shop.client.transact_write_items(TransactItems=_bare_hold(shop, f"BARE-{next(names)}", "P-1"))

    return _medians(ours, bare, rounds=ROUNDS)


def _crowded(url: str, holds: int) -> tuple[float, float]:
    """A reserve of a product with many live holds against one of a product without any."""
    shop = new_shop(url)
    for product_id in ("CROWDED", "QUIET"):
        shop.stocks(product_id, on_hand=1_000_000)
    add_holds(shop, "CROWDED", holds)
    names = iter(range(10_000_000))
    return _medians(
        lambda: _hold(shop, f"C-{next(names)}", "CROWDED"),
        lambda: _hold(shop, f"Q-{next(names)}", "QUIET"),
        rounds=ROUNDS,
    )


def _hold(shop: Shop, reservation_id: str, product_id: str) -> None:
    request = ReservationRequest.parse({"lines": [{"product_id": product_id, "quantity": 1}]})
    held = reserve(reservation_id, request, reservations=shop.reservations, now=utc_now())
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


def _medians(
    ours: Callable[[], None], bare: Callable[[], None], *, rounds: int, warm_up: int = WARM_UP
) -> tuple[float, float]:
    """Both by turns, so that a slow moment of the machine meets both."""
    for _ in range(warm_up):
        ours()
        bare()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, taken in zip((ours, bare), times, strict=True):
            started = time.perf_counter()
            call()
            taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    sys.exit(main())
