"""Measures what one call over HTTP uses that is no checkout. Nothing else runs meanwhile, so no other calls are counted."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory_client import ChangeKind, Disposition, Line, StockChange

from tools.demo.checkout import CheckoutService
from tools.demo.costs.measure import calls_since
from tools.demo.costs.usage import Usage
from tools.demo.shopper import Shopper
from tools.local.stack import Stack

FED = 500  # changes: as many as one call may have
FEED = f"a feed of {FED} changes"
CHANGE = "a change of a cart, one line more and one less"
RETURN = "a return of one unit"

GROWS, SHRINKS = "KIT-0001", "KIT-0002"
CART = {
    "lines": [{"product_id": GROWS, "quantity": 1}, {"product_id": SHRINKS, "quantity": 2}],
    "order_id": "ORDER-1023",
    "customer_id": "CUSTOMER-7",
    "hold_seconds": 600,
}


def measure_calls(stack: Stack, calls_log: Path, run_id: str, levels: Sequence[tuple[str, str]]) -> list[Usage]:
    """Let a cart change, a sold unit come back, and a machine send a delivery of one unit to each of so many levels."""
    meter = _Meter(stack, calls_log)
    service = CheckoutService(stack)
    shopper = Shopper(service, f"{run_id}-measured-cart", CART)
    shopper.reserve()
    service.await_token(shopper.reservation_id)  # the execution writes nothing from here on
    cart = [Line(GROWS, 2), Line(SHRINKS, 1)]
    change = meter.usage(
        CHANGE, lambda: service.http.change_reservation(shopper.reservation_id, cart, key=f"{run_id}-change")
    )
    shopper.pay()
    service.await_end(shopper.reservation_id)
    back = {"reference": "RMA-1023", "key": f"{run_id}-return"}
    returned = meter.usage(
        RETURN,
        lambda: service.http.return_units(shopper.reservation_id, cart[1:], Disposition.RESTOCK, **back),
    )
    deliveries = [
        StockChange(product_id, ChangeKind.RECEIVED, warehouse_id, delta=1, reference=run_id)
        for product_id, warehouse_id in levels[:FED]
    ]
    feed = meter.usage(FEED, lambda: service.machine.feed_stock(deliveries, key=f"{run_id}-measured"))
    return [change, returned, feed]


@dataclass(frozen=True)
class _Meter:
    """Reads from the local AWS's log what a call used."""

    stack: Stack
    calls_log: Path

    def usage(self, outcome: str, call: Callable[[], Any]) -> Usage:
        """Make the call, and measure it."""
        began, started = time.monotonic(), datetime.now(UTC)
        call()
        seconds = time.monotonic() - began
        # On a busy machine a client may repeat the call. The repetition is refused by its key, and is no cost of one call.
        calls = [call for call in calls_since(started, self.calls_log, self.stack) if call["error"] is None]
        return Usage(
            outcome=outcome,
            states=0,
            function_seconds=(seconds,),
            calls=Counter(call["operation"] for call in calls),
            write_units=sum(call["write_units"] for call in calls),
            index_write_units=sum(call["index_write_units"] for call in calls),
            read_units=sum(call["read_units"] for call in calls),
            publishes=0,
            http_calls=1,
        )
