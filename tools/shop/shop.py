"""Opens the example shop over a stack of a local AWS."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from inventory_client import CheckoutClient, StockClient, StorefrontClient

from examples.checkout.checkout import Checkout
from examples.checkout.provider import PretendedProvider
from examples.checkout.records import Records
from examples.checkout.server import WEBHOOK_PATH, CheckoutServer
from tools.local import Stack
from tools.local.errors import OtherVersion
from tools.local.settings import HOST
from tools.local.stack import Credentials
from tools.shop.errors import ShopError
from tools.shop.pages import CLIENT, FROM_THE_CLIENT, Pages
from tools.shop.products import put_on_shelf, read_products

OUTPUTS = ("ApiUrl", "LiveStockRealtimeUrl")
PORTS_TRIED = 6  # up to the first port of the next local AWS
TIMEOUT_SECONDS = 60.0  # on a busy machine the emulators answer late
SLOWER_THAN_THE_HOLD_SECONDS = 5


@dataclass(frozen=True)
class Shop:
    """The open shop."""

    url: str
    provider: PretendedProvider


@contextmanager
def open_shop(stack: Stack, *, port: int, hold_seconds: int) -> Iterator[Shop]:
    """The example storefront and checkout service, for the duration of the block.

    Args:
        stack: the deployed component.
        port: where the shop listens; if the port is in use, one behind it or any other.
        hold_seconds: how long a shopper may take to pay.

    Raises:
        ShopError: the stack or a file is not that of this version.
    """
    require_this_version(stack)
    products = read_products()
    storefront = StorefrontClient(_url(stack), api_key=str(stack.storefront_api_key), timeout_seconds=TIMEOUT_SECONDS)
    put_on_shelf(products, storefront, stock_feed(stack))
    secret = secrets.token_bytes(32)  # the provider and the checkout share it
    server = listen(port, Pages(stack))
    provider = PretendedProvider(server.url + WEBHOOK_PATH, secret, hold_seconds + SLOWER_THAN_THE_HOLD_SECONDS)
    checkout = Checkout(
        stock=CheckoutClient(_url(stack), session=_signer(stack, stack.checkout), timeout_seconds=TIMEOUT_SECONDS),
        provider=provider,
        webhook_secret=secret,
        prices={product.product_id: product.price_cents for product in products},
        records=Records(),
        hold_seconds=hold_seconds,
    )
    thread = threading.Thread(target=server.serve, args=(checkout,), daemon=True)
    thread.start()
    try:
        yield Shop(server.url, provider)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listen(port: int, pages: Pages) -> CheckoutServer:
    """A server at this port or, if it is in use, at the next free one."""
    for candidate in (*range(port, port + PORTS_TRIED), 0):
        try:
            return CheckoutServer((HOST, candidate), pages.find)
        except OSError:
            continue
    raise ShopError("No port of this machine is free for the shop.")


def require_this_version(stack: Stack) -> None:
    """Refuse a local AWS that was started from another version of this project.

    Raises:
        OtherVersion: something that the shop needs is missing.
        ShopError: a file of the shop is missing.
    """
    missing = [name for name in OUTPUTS if name not in stack.outputs]
    missing += [name for name in ("storefront_api_key", "stock_feed") if getattr(stack, name) is None]
    if missing:
        raise OtherVersion(f"it has no {missing[0]}")
    for name in FROM_THE_CLIENT:
        if not (CLIENT / name).exists():
            raise ShopError(f"The file {CLIENT / name} is missing. Restore it: git checkout -- clients/javascript")


def stock_feed(stack: Stack) -> StockClient:
    """A client for changes of the stock."""
    return StockClient(_url(stack), session=_signer(stack, stack.stock_feed or stack.operator))


def _url(stack: Stack) -> str:
    return stack.outputs["ApiUrl"]


def _signer(stack: Stack, credentials: Credentials) -> boto3.Session:
    return boto3.Session(credentials.access_key_id, credentials.secret_access_key, region_name=stack.region)
