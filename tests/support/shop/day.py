"""A day in a shop: many use cases at random, each of which writes rows that a stream hands over."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from inventory.errors import InventoryError
from inventory.model import Reservation
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.shop import TASK_TOKEN, Shop

PRODUCTS = ("P-1", "P-2", "P-3")
WAREHOUSES = ("main", "north")
STEP = timedelta(seconds=20)


class ShopDay:
    """What happens in a shop, from a seed. All that must not leave the component is in `secrets`."""

    def __init__(self, shop: Shop, seed: int, morning: datetime) -> None:
        self.shop = shop
        self.now = morning
        self.secrets = {TASK_TOKEN}
        self.orders: set[str] = set()
        self.payments: set[str] = set()
        self.happened: list[str] = []
        self._draw = random.Random(seed)
        self._reservations: list[Reservation] = []
        self._names = 0
        shop.now = lambda: self.now
        shop.sourcing = SourcingPolicy(WAREHOUSES, Sourcing.SPLIT)
        shop.tracks_dispatch = seed % 2 == 0

    def opens(self) -> None:
        """The shelves are filled."""
        for product_id in PRODUCTS:
            for warehouse_id in WAREHOUSES:
                self.shop.stocks(product_id, on_hand=12, warehouse_id=warehouse_id, low_stock_threshold=4)

    def goes_on(self) -> None:
        """One more use case; what the shop refuses happens, too."""
        self.now += STEP
        step = self._draw.choice(STEPS)
        with suppress(InventoryError):
            step(self)
            self.happened.append(step.__name__)

    # --- the use cases

    def reserve(self) -> None:
        customer, order = self._secret("customer"), self._new("order")
        self.orders.add(order)
        lines = [(product_id, self._draw.randint(1, 7)) for product_id in self._draw.sample(PRODUCTS, 2)]
        held = self.shop.reserves(
            *lines, reservation_id=self._new("R"), customer_id=customer, order_id=order, **self._accept()
        )
        self.shop.waits(held)
        self._reservations.append(held)

    def pay(self) -> None:
        self._pay(self._any())

    def sell(self) -> None:
        reservation = self._any()
        self._pay(reservation)
        self.shop.commits(reservation)

    def decline(self) -> None:
        self.shop.declines(self._any(), retry=self._draw.random() < 0.3)

    def time_out(self) -> None:
        self.shop.times_out(self._any())

    def cancel(self) -> None:
        self.shop.cancels(self._any())

    def extend(self) -> None:
        self.shop.extends(self._any())

    def change_cart(self) -> None:
        line = (self._draw.choice(PRODUCTS), self._draw.randint(1, 3))
        self.shop.changes(self._any(), line, key=self._secret("key"))

    def dispatch(self) -> None:
        self.shop.dispatches(self._any(), reference=self._secret("parcel"))

    def take_back(self) -> None:
        reservation = self._any()
        line = (reservation.lines[0].product_id, 1)
        disposition = self._draw.choice(("RESTOCK", "DISCARD"))
        self.shop.returns(reservation, line, disposition=disposition, reference=self._secret("return"))

    def adjust(self) -> None:
        self.shop.adjusts(self._draw.choice((-3, 5, 8)), *self._level(), request_id=self._secret("request"))

    def count(self) -> None:
        product_id, warehouse_id = self._level()
        self.shop.stocks(product_id, self._draw.choice((0, 6, 15)), warehouse_id=warehouse_id, low_stock_threshold=4)

    def retire_or_bring_back(self) -> None:
        level = self._level()
        self.shop.retires(*level, active=not self.shop.level(*level).active)

    def spread(self) -> None:
        self.shop.spreads(self._draw.choice((1, 3)), *self._level())

    def write_by_hand(self) -> None:
        """Another tool writes a level anew, and no function of ours runs."""
        self.shop.has_by_hand("P-4", self._draw.choice((0, 5)))

    def run_the_jobs(self) -> None:
        self.shop.reconciles()
        self.shop.checks_low_stock()

    # --- what they need

    def _pay(self, reservation: Reservation) -> None:
        reference = self._new("payment")
        self.payments.add(reference)
        self.shop.pays(reservation, reference, amount="24.90", currency="EUR")

    def _any(self) -> Reservation:
        if not self._reservations:
            self.reserve()
        return self._draw.choice(self._reservations[-4:])

    def _level(self) -> tuple[str, str]:
        return self._draw.choice(PRODUCTS), self._draw.choice(WAREHOUSES)

    def _accept(self) -> dict[str, Any]:
        return {"accept": "PARTIAL"} if self._draw.random() < 0.3 else {}

    def _secret(self, kind: str) -> str:
        name = self._new(kind)
        self.secrets.add(name)
        return name

    def _new(self, kind: str) -> str:
        self._names += 1
        return f"{kind}-{self._names:05}"


STEPS: tuple[Callable[[ShopDay], None], ...] = (
    *([ShopDay.reserve, ShopDay.reserve, ShopDay.sell, ShopDay.change_cart] * 4),
    *([ShopDay.pay, ShopDay.cancel, ShopDay.time_out, ShopDay.take_back, ShopDay.adjust] * 2),
    ShopDay.decline,
    ShopDay.extend,
    ShopDay.dispatch,
    ShopDay.count,
    ShopDay.retire_or_bring_back,
    ShopDay.spread,
    ShopDay.write_by_hand,
    ShopDay.run_the_jobs,
)
