"""One load test: stock, shoppers, and the books at its end."""

import time
from collections.abc import Sequence
from math import ceil

from tools.deployed_stack import DeployedStack
from tools.load_test.dispatcher import CALLS_AT_ONCE, Dispatcher, FellBehind
from tools.load_test.plan import BadPlan, Due, Plan
from tools.load_test.results import Outcome, Result, by_call
from tools.load_test.shoppers import Shoppers
from tools.load_test.stock import TrialStock
from tools.local import Stack
from tools.reconcile.__main__ import AGREES, compare
from tools.reconcile.account import Account

REHEARSAL_SECONDS = 2.0
PROGRESS_SECONDS = 2.0
CALLS_OF_A_SHOPPER = 3
WARM_UP_SHOPPERS = 4


class BooksDiffer(Exception):
    """The levels, reservations and movements differ after the test."""


def rehearse(plan: Plan, shoppers: Shoppers) -> None:
    """Prepare calls at the full rate without sending them.

    Raises:
        BadPlan: this machine cannot offer the rate.
    """

    def prepare(due: Due) -> None:
        shoppers.prepare(due)

    offer(plan, Dispatcher(prepare), plan.without_ramp(REHEARSAL_SECONDS))


def run(stack: Stack, plan: Plan) -> Sequence[Result]:
    """Offer the load, and compare the books. The products exist only meanwhile, whatever happens.

    Raises:
        BadPlan: this machine cannot offer the rate. Nothing of the test is left.
        BooksDiffer: what was sold is not what the books say.
        NotSettled: reservations of the test did not end in time.
    """
    stock = TrialStock(stack, plan.products)
    dispatcher = Dispatcher(lambda due: shoppers.make(due))
    shoppers = Shoppers(stack, stock.product_ids, lambda: dispatcher.elapsed)
    rehearse(plan, shoppers)
    _say(f"Stocking {plan.products} products …")
    try:
        # Twice the mean and more than a few: the arrivals are random, and each product gets its share in turn.
        stock.create(ceil(2 * plan.shoppers / plan.products) + 100)
        _say("Warming the functions up …")
        warm_up = [f"{shoppers.run_id}-warm-up-{number}" for number in range(WARM_UP_SHOPPERS)]
        shoppers.unpaid.update(warm_up)
        stock.warm_up(warm_up)
        offer(plan, dispatcher, plan, _Progress(shoppers, dispatcher))
    finally:
        _say("Waiting until each reservation has ended …")
        stock.settle(shoppers.unpaid, _say)
        code = compare(Account.of(DeployedStack.of_local(stack)), None)
        stock.remove()
    if code != AGREES:
        raise BooksDiffer("The books differ after the load test.")
    return shoppers.results


def offer(plan: Plan, dispatcher: Dispatcher, offered: Plan, on_tick: "_Progress | None" = None) -> None:
    """Make the calls of a plan, or a part of it.

    Raises:
        BadPlan: the calls fell behind.
    """
    try:
        dispatcher.run(offered.calls(), on_tick or (lambda: None))
    except FellBehind as error:
        possible = error.started_per_second / CALLS_OF_A_SHOPPER
        raise BadPlan(
            f"This machine cannot offer {plan.rate:g} shoppers per second: calls started {error.late:.1f} s late, with up "
            f"to {CALLS_AT_ONCE} at once, and about {possible:.0f} per second were offered. Choose a lower RATE."
        ) from error


class _Progress:
    """Prints every two seconds what was planned and answered so far."""

    def __init__(self, shoppers: Shoppers, dispatcher: Dispatcher) -> None:
        self._shoppers = shoppers
        self._dispatcher = dispatcher
        self._printed_at = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._printed_at < PROGRESS_SECONDS:
            return
        self._printed_at = time.monotonic()
        results = list(self._shoppers.results)
        errors = sum(result.outcome is Outcome.ERROR for result in results)
        waiting = self._dispatcher.started - len(results)
        slowest = f", p99 {1_000 * by_call(results)[-1].p99:.0f} ms" if results else ""
        _say(
            f"  {self._dispatcher.elapsed:.0f} s: {self._dispatcher.started} calls, {waiting} without an answer yet, "
            f"{errors} errors{slowest}"
        )


def _say(text: str) -> None:
    print(text, flush=True)
