"""Opens the example shop on the running local AWS, and starts one if there is none. Ctrl-C stops what it started."""

import argparse
import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError

from inventory.errors import InventoryError
from tools.console import run_and_exit
from tools.demo.scenarios import EVENTS
from tools.demo.stock_loader import StockLoader
from tools.load.catalogue_file import BadCatalogue
from tools.load.progress import LoadProgress
from tools.local import Stack, local_aws, running_stack
from tools.local.errors import LocalAwsError
from tools.local.ports import first_taken, free_port
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.settings import LocalSettings
from tools.progress import timed
from tools.shop.errors import ShopError
from tools.shop.shop import Shop, open_shop, require_this_version, stock_feed

PORT_AFTER_THE_LOCAL_AWS = 4
HOLD_SECONDS = range(15, 3601)
LOOKS_EVERY_SECONDS = 2.0
CATALOGUE = EVENTS / "catalogue.csv"
FAILURES = (ShopError, LocalAwsError, BadCatalogue, InventoryError, ApiError, BotoCoreError, ClientError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the shop until Ctrl-C.

    Returns:
        0 after Ctrl-C in the open shop, 130 before it was open, 1 after an error.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.shop", description=__doc__)
    parser.add_argument("--hold-seconds", default="60", help="how long a shopper may take to pay; default: 60")
    text = parser.parse_args(arguments).hold_seconds
    forget_account_of_caller()
    interrupt_on_termination()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets a job in the background ignore it
    logging.basicConfig(format="%(asctime)s  %(message)s", datefmt="%H:%M:%S", level=logging.WARNING)
    logging.getLogger("checkout").setLevel(logging.INFO)
    try:
        hold_seconds = _seconds(text)
        with _stack() as stack:
            require_this_version(stack)
            _load_if_empty(stack)
            with open_shop(stack, port=_port(stack), hold_seconds=hold_seconds) as shop:
                return _keep_open(stack, _welcome(shop, stack, hold_seconds))
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


@contextmanager
def _stack() -> Iterator[Stack]:
    """The running local AWS, or one of our own, without the admin page: that needs no Node.js."""
    if stack := running_stack():
        print(f"Using the local AWS at {stack.endpoint_url}.")
        yield stack
        return
    settings = LocalSettings.from_env()
    port = settings.port
    if taken := first_taken(settings.ports):
        port = free_port()
        print(f"Port {taken} is in use by another program, so the local AWS uses port {port}.")
    with local_aws(port, step=timed) as own:
        yield replace(own, admin=None)  # its sign-in is for the admin page, which this one does not have
        print("Stopping the local AWS …", flush=True)


def _load_if_empty(stack: Stack) -> None:
    if next(stock_feed(stack).iterate_stock_levels(), None) is None:
        print("Loading the sample catalogue …", flush=True)
        StockLoader(stack).load(CATALOGUE, on_progress=LoadProgress())


def _keep_open(stack: Stack, welcome: str) -> int:
    """Print the links, and wait for Ctrl-C, which is how the shop is closed."""
    try:
        print(welcome, flush=True)
        while _is_running(stack):
            time.sleep(LOOKS_EVERY_SECONDS)
    except KeyboardInterrupt:
        print("\nThe shop is closed.", flush=True)
        return 0
    raise ShopError("The local AWS was stopped, so the shop is closed. Open it again: make shop")


def _is_running(stack: Stack) -> bool:
    with suppress(OSError), socket.create_connection(_address(stack), timeout=LOOKS_EVERY_SECONDS):
        return True
    return False


def _address(stack: Stack) -> tuple[str, int]:
    url = urlsplit(stack.endpoint_url)
    return str(url.hostname), int(url.port or 0)


def _port(stack: Stack) -> int:
    return _address(stack)[1] + PORT_AFTER_THE_LOCAL_AWS


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) not in HOLD_SECONDS:
        raise ShopError(f"A hold takes {HOLD_SECONDS[0]} to {HOLD_SECONDS[-1]} seconds, not {text!r}.")
    return int(text)


def _welcome(shop: Shop, stack: Stack, hold_seconds: int) -> str:
    return "\n".join(
        [
            "",
            "The shop is open, and there is one teapot left. Open both links, and buy it in one of them:",
            f"  Anna   {shop.url}/?shopper=anna",
            f"  Ben    {shop.url}/?shopper=ben",
            f"  Both   {shop.url}/race.html",
            *_admin_page(stack),
            "",
            f"Who reserves it has {hold_seconds} s to pay; the other page changes by itself. Ctrl-C closes the shop.",
            "",
        ]
    )


def _admin_page(stack: Stack) -> list[str]:
    if stack.admin is None:
        return []
    url = f"{stack.outputs['AdminUiUrl']}/#/stock?search=SHOP"
    return [f"  Stock  {url} (sign in as {stack.admin.username}, {stack.admin.password})"]


if __name__ == "__main__":
    run_and_exit(main)
