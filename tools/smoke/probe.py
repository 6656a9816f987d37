"""The product that is tried with, and what a shop does with it."""

import time
from uuid import uuid4

from inventory_client import AlreadyDecided, CheckoutClient, Line, NotFound, Reservation, StorefrontClient

from inventory.aws.sns import Topics
from inventory.model import Adjustment, Level, LevelKey, utc_now
from inventory.stock.changes import ChangeContext, Count, StockChanges
from inventory.stock.ledger import Ledger
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.store import StockStore
from tools.deployed_stack import DeployedStack

PRODUCT_ID, WAREHOUSE_ID = "SMOKE-PROBE", "smoke"
UNITS = 10  # on the shelf before and after
HOLD_SECONDS = 60  # what is left behind all the same ends by itself
DECIDED_SECONDS = 30
POLL_SECONDS = 0.3
ENDED = ("COMMITTED", "RELEASED", "REJECTED", "UNFULFILLED")


class Unexpected(Exception):
    """The stack answered something else than it should."""


class Probe:
    """The reserved product of one stack, and one run's reservations of it."""

    def __init__(self, stack: DeployedStack) -> None:
        """Use a stack with its caller's credentials; raises NoStack."""
        url = stack.output("ApiUrl")
        key = stack.client("apigateway").get_api_key(apiKey=stack.output("StorefrontApiKeyId"), includeValue=True)
        self.run_id = f"smoke-{uuid4().hex[:12]}"
        self._checkout = CheckoutClient(url, session=stack.session)
        self._storefront = StorefrontClient(url, api_key=key["value"])
        dynamodb = stack.client("dynamodb")
        topics = Topics(
            lambda: stack.client("sns"),
            low_stock=stack.output("LowStockTopicArn"),
            operations=stack.output("OperationsTopicArn"),
        )
        self._stock = StockStore(dynamodb, stack.tables)
        self._changes = StockChanges(self._stock, Ledger(dynamodb, stack.tables), LowStockAlerts(self._stock, topics))
        self._actor = stack.caller
        self._started: list[str] = []

    def stock(self) -> None:
        """See to it that all units are on the shelf; a run that was killed may have left fewer."""
        level = self._stock.level(LevelKey(PRODUCT_ID, WAREHOUSE_ID))
        if level is None or level.on_hand < UNITS:
            counted = Count(PRODUCT_ID, WAREHOUSE_ID, "Smoke test", "smoke", on_hand=UNITS, low_stock_threshold=0)
            context = ChangeContext(self._actor, "smoke test", self.run_id)
            self._changes.count(counted, context, utc_now())

    def level(self) -> Level:
        """The product's level, strongly consistent."""
        level = self._stock.level(LevelKey(PRODUCT_ID, WAREHOUSE_ID))
        if level is None:
            raise Unexpected(f"{PRODUCT_ID} has gone")
        return level

    def await_shown(self, units: int) -> None:
        """Wait until a storefront is shown so many units: its reads may be a moment behind."""
        deadline = time.monotonic() + DECIDED_SECONDS
        while (shown := self._storefront.product(PRODUCT_ID).available) != units:
            if time.monotonic() > deadline:
                raise Unexpected(f"a storefront is shown {shown} units, not {units}")
            time.sleep(POLL_SECONDS)

    def hold(self, what_for: str) -> str:
        """Hold one unit; answers the reservation's id."""
        key = f"{self.run_id}-{what_for}"
        self._started.append(key)
        self._checkout.reserve([Line(PRODUCT_ID, 1, WAREHOUSE_ID)], key=key, hold_seconds=HOLD_SECONDS)
        self._await(key, "HELD")
        return key

    def cancel(self, reservation_id: str) -> None:
        """Give it back."""
        self._checkout.cancel(reservation_id)
        self._await(reservation_id, "RELEASED")

    def pay(self, reservation_id: str) -> None:
        """Pay for it, and wait until it is sold."""
        self._checkout.pay(reservation_id, payment_reference=self.run_id)
        self._await(reservation_id, "COMMITTED")

    def tidy_up(self) -> None:
        """Cancel what is held and put back what was sold; again changes nothing."""
        for reservation_id in self._started:
            if self._ended(reservation_id).status == "COMMITTED":
                returned = Adjustment(reservation_id, PRODUCT_ID, WAREHOUSE_ID, 1, "smoke test", reservation_id)
                self._changes.adjust(returned, self._actor, utc_now())

    def _ended(self, reservation_id: str) -> Reservation:
        """The reservation as it ended, cancelled if it had not."""
        try:
            return self._checkout.cancel(reservation_id)
        except AlreadyDecided:
            return self._await(reservation_id, *ENDED)
        except NotFound:  # its execution came to nothing, or has still to begin
            return Reservation(reservation_id, "NONE")

    def _await(self, reservation_id: str, *statuses: str) -> Reservation:
        deadline = time.monotonic() + DECIDED_SECONDS
        while (reservation := self._look_up(reservation_id)).status not in statuses:
            if reservation.status in ENDED or time.monotonic() > deadline:
                raise Unexpected(f"{reservation_id} is {reservation.status}, not {' or '.join(statuses)}")
            time.sleep(POLL_SECONDS)
        return reservation

    def _look_up(self, reservation_id: str) -> Reservation:
        try:
            return self._checkout.reservation(reservation_id)
        except NotFound:
            return Reservation(reservation_id, "NONE")
