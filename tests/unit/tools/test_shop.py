"""`make shop`: where it listens, which files it serves, what it puts on the shelf, and what it says when it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from inventory_client import (
    ChangeKind,
    ChangeResult,
    ChangeStatus,
    Stock,
    StockChange,
    StockClient,
    StockList,
    StockStatus,
    StorefrontClient,
    WarehouseStock,
)

from tools.local.errors import OtherVersion
from tools.local.settings import PROJECT
from tools.local.stack import Credentials, SignIn, Stack
from tools.shop import __main__ as command
from tools.shop.errors import ShopError
from tools.shop.pages import Pages
from tools.shop.products import Product, put_on_shelf, read_products
from tools.shop.shop import listen, require_this_version

CALLER = Credentials("AKIAEXAMPLE", "secret")
STACK = Stack(
    endpoint_url="http://127.0.0.1:4566",
    stepfunctions_endpoint_url="http://127.0.0.1:4566",
    region="us-east-1",
    outputs={
        "ApiUrl": "http://127.0.0.1:4566/_aws/execute-api/abc/v1",
        "AdminUiUrl": "http://127.0.0.1:4568",
        "LiveStockRealtimeUrl": "ws://abc.appsync-realtime-api.us-east-1.localhost:4566/event/realtime",
    },
    operator=CALLER,
    checkout=CALLER,
    stock_feed=CALLER,
    storefront_api_key="key-of-the-storefront",
    admin=SignIn("admin", "password-of-the-admin"),
)
TEAPOT = Product("TEAPOT", "Teapot", price_cents=6_800, units=1, low_stock_threshold=3)
CLOSED_WITHIN_SECONDS = 30


@dataclass
class FakeShelf:
    """The units that are available of each product, for both clients."""

    available: dict[str, int] = field(default_factory=dict)
    changes: list[StockChange] = field(default_factory=list)
    answers: ChangeStatus = ChangeStatus.APPLIED

    def list_stock(self, product_ids: Sequence[str]) -> StockList:
        """The products that exist."""
        found = [product_id for product_id in product_ids if product_id in self.available]
        return StockList([a_stock(product_id, self.available[product_id]) for product_id in found], [])

    def feed_stock(self, changes: Sequence[StockChange], *, key: str) -> list[ChangeResult]:
        """Apply the changes, unless others are quicker."""
        if self.answers is not ChangeStatus.APPLIED:
            return [ChangeResult(index, self.answers) for index in range(len(changes))]
        self.changes += changes
        for change in changes:
            before = self.available.get(change.product_id, 0)
            self.available[change.product_id] = (
                change.on_hand if change.on_hand is not None else before + (change.delta or 0)
            )
        return [ChangeResult(index, ChangeStatus.APPLIED) for index in range(len(changes))]


def a_stock(product_id: str, units: int) -> Stock:
    """A product in the two warehouses of the local AWS."""
    places = (WarehouseStock("outlet", 9, StockStatus.IN_STOCK), WarehouseStock("main", units, StockStatus.LOW_STOCK))
    return Stock(product_id, product_id, 9, StockStatus.IN_STOCK, places, "")


def puts(shelf: FakeShelf) -> None:
    put_on_shelf([TEAPOT], cast("StorefrontClient", shelf), cast("StockClient", shelf))


@pytest.mark.parametrize("units", [0, 1, 7])
def test_one_teapot_is_left_whatever_was_bought_before(units: int) -> None:
    shelf = FakeShelf({"TEAPOT": units, "KIT-0001": 185})

    puts(shelf)

    assert shelf.available == {"TEAPOT": 1, "KIT-0001": 185}


def test_a_new_teapot_has_its_name() -> None:
    shelf = FakeShelf()

    puts(shelf)

    [change] = shelf.changes
    assert (change.kind, change.on_hand, change.name) == (ChangeKind.COUNTED, 1, "Teapot")


def test_a_shelf_that_others_change_all_the_time_is_given_up() -> None:
    with pytest.raises(ShopError, match="Close the other shops"):
        puts(FakeShelf({"TEAPOT": 4}, answers=ChangeStatus.BELOW_RESERVED))


def test_a_shelf_that_cannot_be_filled_says_why() -> None:
    with pytest.raises(ShopError, match="refuses the stock of the example shop"):
        puts(FakeShelf(answers=ChangeStatus.INVALID))


def test_every_product_has_what_the_page_shows() -> None:
    shown = json.loads((PROJECT / "examples" / "storefront" / "products.json").read_text())

    assert [product.units for product in read_products()].count(1) == 1, "there is one teapot to race for"
    for product in shown:
        assert {"line", "facts"} <= set(product)
        assert (PROJECT / "examples" / "storefront" / product["picture"]).exists()


def test_only_the_files_of_the_shop_are_served() -> None:
    pages = Pages(STACK)

    for path in ("/", "/race.html", "/shop.css", "/shop.js", "/checkout.js", "/inventory-widget.js", "/products.json"):
        assert pages.find(path), path
    for path in ("/README.md", "/../checkout/server.py", "/%2e%2e/checkout/server.py", "//etc/passwd", "/pictures", ""):
        assert pages.find(path) is None, path


def test_the_page_learns_where_the_api_is_and_gets_no_other_key() -> None:
    page = Pages(STACK).find("/config.json")

    assert page
    assert json.loads(page[1]) == {"api_url": STACK.outputs["ApiUrl"], "api_key": "key-of-the-storefront"}


def test_the_content_security_policy_allows_nothing_inline_and_only_the_component() -> None:
    page = Pages(STACK).find("/")

    assert page
    policy = page[0]["Content-Security-Policy"]
    assert "unsafe" not in policy and "*" not in policy
    assert "connect-src 'self' http://127.0.0.1:4566 ws://abc.appsync-realtime-api.us-east-1.localhost:4566;" in policy


def test_a_port_that_is_taken_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        server = listen(taken, Pages(STACK))

    assert server.server_port != taken
    server.server_close()


@pytest.mark.parametrize("missing", ["LiveStockRealtimeUrl", "ApiUrl"])
def test_a_local_aws_of_an_older_version_is_refused(missing: str) -> None:
    outputs = {name: value for name, value in STACK.outputs.items() if name != missing}

    with pytest.raises(OtherVersion, match="another version.*make down up"):
        require_this_version(replace(STACK, outputs=outputs))


@pytest.mark.parametrize("missing", ["storefront_api_key", "stock_feed"])
def test_a_local_aws_without_the_callers_of_a_shop_is_refused(missing: str) -> None:
    changes: dict[str, Any] = {missing: None}

    with pytest.raises(OtherVersion, match=missing):
        require_this_version(replace(STACK, **changes))


@pytest.mark.parametrize("text", ["", "soon", "5", "-1", "99999"])
def test_a_hold_that_is_too_short_or_too_long_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--hold-seconds", text]) == 1

    assert "A hold takes 15 to 3600 seconds" in capsys.readouterr().err


# `make shop &` in a script: its shell lets it ignore Ctrl-C.
IN_THE_BACKGROUND = """
import contextlib, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
import tools.shop.__main__ as command
from tests.unit.tools.test_shop import STACK
from tools.shop.shop import Shop
command._stack = lambda: contextlib.nullcontext(STACK)
command.require_this_version = command._load_if_empty = lambda stack: None
command._port, command._is_running = (lambda stack: 1), (lambda stack: {is_running})
command.open_shop = lambda stack, port, hold_seconds: contextlib.nullcontext(Shop("http://127.0.0.1:4570", None))
sys.exit(command.main([]))
"""


def in_the_background(*, is_running: bool) -> subprocess.Popen[str]:
    """The command with an open shop, of which nothing is real."""
    return subprocess.Popen(
        [sys.executable, "-c", IN_THE_BACKGROUND.format(is_running=is_running)],
        cwd=PROJECT,
        env={"PYTHONPATH": "functions:clients/python:.", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reads_until(command: subprocess.Popen[str], text: str) -> str:
    """What the command prints up to a line with a text."""
    assert command.stdout
    printed = ""
    for line in iter(command.stdout.readline, ""):
        printed += line
        if text in line:
            break
    return printed


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_shop_prints_its_links_and_closes_when_it_is_stopped(stop: signal.Signals) -> None:
    with in_the_background(is_running=True) as shop:
        printed = reads_until(shop, "Ctrl-C closes the shop")
        shop.send_signal(stop)
        rest, errors = shop.communicate(timeout=CLOSED_WITHIN_SECONDS)

    assert "http://127.0.0.1:4570/?shopper=anna" in printed and "http://127.0.0.1:4570/?shopper=ben" in printed
    assert "http://127.0.0.1:4568/#/stock?search=SHOP (sign in as admin, password-of-the-admin)" in printed
    assert "The shop is closed." in rest
    assert (shop.returncode, errors) == (0, "")


def test_the_shop_closes_when_the_local_aws_is_stopped() -> None:
    with in_the_background(is_running=False) as shop:
        _, errors = shop.communicate(timeout=CLOSED_WITHIN_SECONDS)

    assert "The local AWS was stopped" in errors
    assert shop.returncode == 1
