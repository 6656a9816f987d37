"""The test product of the smoke test, and the calls that a shop makes for it."""

import time
from uuid import uuid4

from inventory_client import (
    AlreadyDecided,
    CheckoutClient,
    Line,
    NotFound,
    PaymentOutcome,
    ReservationStatus,
    StorefrontClient,
)

from inventory.aws.dynamodb import FailedCondition
from inventory.aws.sns import Topics
from inventory.model import Adjustment, Level, LevelKey, utc_now
from inventory.stock.changes import ChangeContext, StockChanges
from inventory.stock.counts import Count
from inventory.stock.ledger import Ledger
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.store import StockStore
from tools.deployed_stack import DeployedStack
from tools.smoke.errors import Unexpected
from tools.trial_levels import delete_with_units

PRODUCT_ID, WAREHOUSE_ID = "SMOKE-PROBE", "smoke"
UNITS = 10  # in stock during a run
HOLD_SECONDS = 120  # if the cleanup fails, the holds expire after this time
DECIDED_SECONDS = 60
POLL_SECONDS = 0.3
REMOVAL_PAUSES = (0.0, 0.5, 1.0, 2.0)  # in seconds, before each attempt
FINAL = (
    ReservationStatus.COMMITTED,
    ReservationStatus.RELEASED,
    ReservationStatus.REJECTED,
    ReservationStatus.UNFULFILLED,
)


class Probe:
    """The test product of one stack, and one run's reservations of it."""

    def __init__(self, stack: DeployedStack) -> None:
        """Call a stack with the caller's credentials; raises NoStack."""
        url = stack.output("ApiUrl")
        key = stack.client("apigateway").get_api_key(apiKey=stack.output("StorefrontApiKeyId"), includeValue=True)
        self.run_id = f"smoke-{uuid4().hex[:12]}"
        self.checkout = CheckoutClient(url, session=stack.session)
        self.storefront_key: str = key["value"]
        self._storefront = StorefrontClient(url, api_key=self.storefront_key)
        dynamodb = stack.client("dynamodb")
        topics = Topics(
            lambda: stack.client("sns"),
            low_stock=stack.output("LowStockTopicArn"),
            operations=stack.output("OperationsTopicArn"),
        )
        self._stock = StockStore(dynamodb, stack.tables)
        calls = RepeatedCalls(dynamodb, stack.tables, retention_days=1)
        alerts = LowStockAlerts(self._stock, topics)
        self._changes = StockChanges(self._stock, Ledger(dynamodb, stack.tables), calls, alerts)
        self._actor = stack.caller
        self._started: list[str] = []
        self._products: list[str] = []
        self._dynamodb, self._tables = dynamodb, stack.tables

    def set_stock(self, product_id: str = PRODUCT_ID, units: int = UNITS) -> None:
        """Make sure that so many units are in stock; a run that was killed may have left fewer."""
        self._products.append(product_id)
        level = self._stock.level(LevelKey(product_id, WAREHOUSE_ID))
        if level is None or level.on_hand < units:
            counted = Count(product_id, WAREHOUSE_ID, "Smoke test", "smoke", on_hand=units, low_stock_threshold=0)
            context = ChangeContext(self._actor, "smoke test", self.run_id)
            self._changes.count(counted, context, utc_now())

    def level(self) -> Level:
        """The product's level, from a strongly consistent read."""
        level = self._stock.level(LevelKey(PRODUCT_ID, WAREHOUSE_ID))
        if level is None:
            raise Unexpected(f"the product {PRODUCT_ID} does not exist any more")
        return level

    def await_available(self, units: int) -> None:
        """Wait until a storefront sees this number of units; its reads may be slightly stale.

        A storefront shows the warehouses that a line may be taken from, and this one only with Sourcing NAMED.
        """
        deadline = time.monotonic() + DECIDED_SECONDS
        while (available := self._shown()) not in (units, None):
            if time.monotonic() > deadline:
                raise Unexpected(f"a storefront sees {available} units, not {units}")
            time.sleep(POLL_SECONDS)

    def _shown(self) -> int | None:
        """The units that a storefront sees; None if it does not show this warehouse."""
        shown = self._storefront.get_stock(PRODUCT_ID).warehouses
        return next((found.available for found in shown if found.warehouse_id == WAREHOUSE_ID), None)

    def hold(self, label: str) -> str:
        """Hold one unit, and return the reservation's id."""
        key = self.new_reservation_id(label)
        self.checkout.create_reservation([Line(PRODUCT_ID, 1, WAREHOUSE_ID)], key=key, hold_seconds=HOLD_SECONDS)
        self.await_held(key)
        return key

    def await_held(self, reservation_id: str) -> None:
        """Wait until a reservation holds its units."""
        self._await(reservation_id, ReservationStatus.HELD)

    def new_reservation_id(self, label: str) -> str:
        """An id for a reservation, which is ended by `clean_up`."""
        reservation_id = f"{self.run_id}-{label}"
        self._started.append(reservation_id)
        return reservation_id

    def cancel(self, reservation_id: str) -> None:
        """Cancel a reservation, and wait until its units are released."""
        self.checkout.cancel_reservation(reservation_id)
        self._await(reservation_id, ReservationStatus.RELEASED)

    def pay(self, reservation_id: str) -> None:
        """Pay for a reservation, and wait until its units are sold."""
        self.checkout.record_payment(reservation_id, PaymentOutcome.SUCCEEDED, payment_reference=self.run_id)
        self._await(reservation_id, ReservationStatus.COMMITTED)

    def clean_up(self) -> None:
        """Cancel open holds and restore sold units. A second call changes nothing."""
        for reservation_id in self._started:
            if self._end(reservation_id) is ReservationStatus.COMMITTED:
                returned = Adjustment(reservation_id, PRODUCT_ID, WAREHOUSE_ID, 1, "smoke test", reservation_id)
                self._changes.adjust(returned, self._actor, utc_now())

    def remove_products(self) -> None:
        """Delete the products: a shop does not want to see them in its lists and exports. Their movements stay."""
        for product_id in dict.fromkeys(self._products):
            if not any(self._is_deleted(product_id, pause) for pause in REMOVAL_PAUSES):
                raise Unexpected(f"{product_id} cannot be deleted: units of it are held. Run this again in two minutes")

    def _is_deleted(self, product_id: str, pause: float) -> bool:
        """Whether the product does not exist any more after this attempt."""
        time.sleep(pause)
        level = self._stock.level(LevelKey(product_id, WAREHOUSE_ID))
        return level is None or not self._delete(level)

    def _delete(self, level: Level) -> tuple[FailedCondition, ...]:
        return delete_with_units(self._dynamodb, self._tables, level, self._actor)

    def _end(self, reservation_id: str) -> ReservationStatus | None:
        """Cancel the reservation if it is still open, and return its final status."""
        try:
            return self.checkout.cancel_reservation(reservation_id).status
        except AlreadyDecided:
            return self._await(reservation_id, *FINAL)
        except NotFound:  # its execution failed, or has not started yet
            return None

    def _await(self, reservation_id: str, *statuses: ReservationStatus) -> ReservationStatus:
        deadline = time.monotonic() + DECIDED_SECONDS
        while (status := self._status(reservation_id)) not in statuses:
            if status in FINAL or time.monotonic() > deadline:
                raise Unexpected(f"{reservation_id} is {status}, not {' or '.join(statuses)}")
            time.sleep(POLL_SECONDS)
        return status

    def _status(self, reservation_id: str) -> ReservationStatus:
        try:
            return self.checkout.get_reservation(reservation_id).status
        except NotFound:
            return ReservationStatus.PENDING
