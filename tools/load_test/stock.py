"""The products of a load test: they exist only during it."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import boto3
from inventory_client import (
    AlreadyDecided,
    ApiError,
    CheckoutClient,
    Line,
    NotFound,
    PaymentOutcome,
    ReservationStatus,
    StorefrontClient,
)

from inventory.aws.sns import Topics
from inventory.errors import InventoryError
from inventory.model import Level, LevelKey, utc_now
from inventory.stock.changes import ChangeContext, StockChanges
from inventory.stock.counts import Count
from inventory.stock.ledger import Ledger
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.store import StockStore
from tools.deployed_stack import DeployedStack
from tools.local import Stack
from tools.trial_levels import delete_with_units

WAREHOUSE_ID = "main"
ACTOR = "load test"
WRITERS = 4
CANCELLERS = 8
SETTLED_WITHIN_SECONDS = 180
POLL_SECONDS = 2.0


class NotSettled(Exception):
    """Reservations of the test did not end in time."""


class TrialStock:
    """The levels of the test's products."""

    def __init__(self, stack: Stack, products: int) -> None:
        deployed = DeployedStack.of_local(stack)
        dynamodb, tables = self._dynamodb, self._tables = stack.client("dynamodb"), deployed.tables
        topics = Topics(
            lambda: stack.client("sns"),
            low_stock=deployed.output("LowStockTopicArn"),
            operations=deployed.output("OperationsTopicArn"),
        )
        self._store = StockStore(dynamodb, tables)
        calls = RepeatedCalls(dynamodb, tables, retention_days=1)
        ledger = Ledger(dynamodb, tables)
        self._changes = StockChanges(self._store, ledger, calls, LowStockAlerts(self._store, topics))
        signer = stack.checkout
        session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
        self._checkout = CheckoutClient(stack.outputs["ApiUrl"], session=session, timeout_seconds=60)
        key = str(stack.storefront_api_key)
        self._storefront = StorefrontClient(stack.outputs["ApiUrl"], api_key=key, timeout_seconds=60)
        self.product_ids = [f"LOAD-TEST-{number:04}" for number in range(products)]

    def create(self, units: int) -> None:
        """Stock so many units of each product."""
        self._of_each(lambda key: self._count(key, units))

    def warm_up(self, reservation_ids: Sequence[str]) -> None:
        """Let some shoppers buy before the test, at once: a cold start of the emulator is not one of AWS."""
        with ThreadPoolExecutor(len(reservation_ids)) as pool:
            list(pool.map(self._buy, reservation_ids))

    def settle(self, unpaid: Iterable[str], say: Callable[[str], None]) -> None:
        """Cancel what was not paid, and wait until nothing is held: until each paid order is committed.

        Raises:
            NotSettled: units are still held after a while.
        """
        open_ids = set(unpaid)
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        while True:
            with ThreadPoolExecutor(CANCELLERS) as pool:
                ended = pool.map(self._has_ended, sorted(open_ids))
                open_ids -= {one for one, has_ended in zip(sorted(open_ids), ended, strict=True) if has_ended}
            held = sum(level.reserved for level in self._levels())
            if not held and not open_ids:
                return
            if time.monotonic() > deadline:
                if not held:
                    return  # those that are left were never started, or failed
                raise NotSettled(f"{held} units are still held {SETTLED_WITHIN_SECONDS} s after the load test.")
            say(f"  {held} units are still held, {len(open_ids)} reservations are not decided …")
            time.sleep(POLL_SECONDS)

    def remove(self) -> None:
        """Delete the products; their movements and reservations stay until they expire."""
        self._of_each(self._delete)

    def _buy(self, key: str) -> None:
        self._storefront.list_stock(self.product_ids[:1])
        held = self._checkout.create_reservation([Line(self.product_ids[0], 1)], key=key)
        if held.status is ReservationStatus.HELD:
            self._checkout.record_payment(key, PaymentOutcome.SUCCEEDED, payment_reference=key)

    def _of_each(self, change: Callable[[LevelKey], None]) -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(change, [LevelKey(product_id, WAREHOUSE_ID) for product_id in self.product_ids]))

    def _count(self, key: LevelKey, units: int) -> None:
        counted = Count(key.product_id, key.warehouse_id, "Load test", "load-test", units, low_stock_threshold=0)
        self._changes.count(counted, ChangeContext(ACTOR, "load test"), utc_now())

    def _delete(self, key: LevelKey) -> None:
        level = self._store.level(key)
        if level and delete_with_units(self._dynamodb, self._tables, level, ACTOR):
            raise NotSettled(f"{key.product_id} cannot be deleted: it changed after the load test.")

    def _levels(self) -> Iterable[Level]:
        return filter(None, (self._store.level(LevelKey(one, WAREHOUSE_ID)) for one in self.product_ids))

    def _has_ended(self, reservation_id: str) -> bool:
        """Cancel a reservation; whether it needs no more of it."""
        try:
            self._checkout.cancel_reservation(reservation_id)
        except AlreadyDecided:
            return True
        except NotFound:
            return False  # its execution has not decided yet, was never started, or failed
        except (ApiError, InventoryError):
            return False
        return True
