"""Fills a stack with a day of a shop: what runs out, holds that end soon, payments to return, and failed orders."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import EVENTS
from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import Stack
from tools.pictures.orders import OTHERS, TRIED_AGAIN, Order, holds, sales
from tools.rebuild.rebuilding import rebuild

CATALOGUES = (EVENTS / "catalogue.csv", Path(__file__).parent / "shelves.csv")
CUSTOMERS_AT_ONCE = 4
FIGURES_WITHIN_SECONDS = 240.0  # on a busy machine
COUNTING = "Waiting until the figures have the sales"
POLL_SECONDS = 5.0
STOPPED = Order("SO-2026-10543", "C-20183", (("KIT-0009", 2),), holds, hold_seconds=3_600)

Progress = Callable[[str], object]


def fill(stack: Stack, progress: Progress) -> None:
    """Load the catalogues, let the customers come, and rebuild the read model, so that lists and figures have it all.

    Args:
        progress: gets a sentence after each catalogue and each order.
    """
    loader = StockLoader(stack)
    for path in CATALOGUES:
        loader.load(path)
        progress(f"loaded {path.name}")
    service = CheckoutService(stack)
    _serve(sales(), service, progress)
    for order in TRIED_AGAIN:  # one after the other: it is one customer
        order.does(order, service)
    _serve(OTHERS, service, progress)
    _stop_an_execution(stack, service)
    rebuild(DeployedStack.of_local(stack), progress)


def await_figures(stack: Stack) -> None:
    """Wait for the sales of the last days: a merge counts a sale two minutes later, and the next merge may be a minute away."""
    manager = Manager(stack)
    functions, function = stack.client("lambda"), stack.outputs["MergeReadModelFunctionName"]
    deadline = time.monotonic() + FIGURES_WITHIN_SECONDS
    while not manager.gets("/admin/attention")["items"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"No product runs out {FIGURES_WITHIN_SECONDS:.0f} s after the sales.")
        time.sleep(POLL_SECONDS)
        functions.invoke(FunctionName=function, Payload=b"{}")


def _serve(orders: Iterable[Order], service: CheckoutService, progress: Progress) -> None:
    orders = list(orders)
    with ThreadPoolExecutor(CUSTOMERS_AT_ONCE) as customers:
        # In the order of the list: what is shown first is the same in each run.
        for number, _ in enumerate(customers.map(lambda order: order.does(order, service), orders), start=1):
            progress(f"served {number} of {len(orders)} customers")


def _stop_an_execution(stack: Stack, service: CheckoutService) -> None:
    holds(STOPPED, service)
    arn = service.execution_arn(STOPPED.reservation_id)
    stack.client("stepfunctions").stop_execution(executionArn=arn, error="Deployment", cause="Stopped by hand.")
