"""Nothing stranded: what became of no hold, whatever was lost, becomes of it here.

A reservation is stranded when its execution was stopped, failed, never went on or never heard. Which of these is not
asked: the row decides as always, so to settle one whose execution still runs does no harm. That finds the row decided.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.aws.dynamodb import Item
from inventory.aws.sns import Topics
from inventory.aws.task_tokens import Signals
from inventory.errors import InventoryError, TransientError
from inventory.items import to_reservation
from inventory.model import ReleaseReason, Reservation, Status
from inventory.observability import logger
from inventory.reconciliation.due_queue import UNDECIDED, UNNOTIFIED, DueStore, Queue
from inventory.reservations.outbox import announce_payment, end_wait
from inventory.reservations.store import ReservationStore
from inventory.reservations.telemetry import record_outcome
from inventory.stock.low_stock_alerts import Claimant, send_low_stock_alerts
from inventory.stock.store import StockStore

# For so long what is due is the workflow's own, which mostly needs a second. With a run every minute a hold is seen to
# 20 s + 60 s after its end at the latest: that leaves 10 s of the 90 s within which every reservation is decided.
GRACE = timedelta(seconds=20)
# What failed for another reason than being busy will fail again: meanwhile whatever else is due comes first.
DEFER_FOR = timedelta(minutes=10)
WORKERS = 16


class Event(StrEnum):
    """What a run found of one reservation, and what it did or failed to do about it."""

    STRANDED = "stranded"
    UNNOTIFIED = "untold"
    COMMITTED = "committed"
    RELEASED = "released"
    SIGNALLED = "signalled"
    ANNOUNCED = "announced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One run over what is due: where it reads and writes, and its moment."""

    due: DueStore
    reservations: ReservationStore
    stock: StockStore
    signals: Signals
    topics: Topics
    now: datetime

    def run(self, has_time: Callable[[], bool]) -> Counter[Event]:
        """See to what is due, the longest due first, while there is time; the next run goes on where this one stops.

        First all that is undecided, as that keeps units from being sold; telling is slow while Step Functions or SNS is
        down.
        """
        return self._drain(UNDECIDED, self._decide, has_time) + self._drain(UNNOTIFIED, self._notify, has_time)

    def _drain(
        self, queue: Queue, process: Callable[[Reservation], list[Event]], has_time: Callable[[], bool]
    ) -> Counter[Event]:
        def process_all(rows: Iterable[Item]) -> list[Event]:
            return [event for row in rows if has_time() for event in self._process(row, queue, process)]

        found = Event.STRANDED if queue is UNDECIDED else Event.UNNOTIFIED
        events: Counter[Event] = Counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            for rows in self.due.due(queue, self.now - GRACE):
                events[found] += len(rows)
                for seen in pool.map(process_all, _by_first_line(rows)):
                    events.update(seen)
                if not has_time():
                    break
        return events

    def _process(self, row: Item, queue: Queue, process: Callable[[Reservation], list[Event]]) -> list[Event]:
        try:
            return process(to_reservation(row))
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not stand in the way of all the others
            # No trace: what it shows of a request may carry a token.
            reason = str(error) if isinstance(error, InventoryError) else type(error).__name__
            logger.error("a reservation could not be seen to", reservation_id=row["reservation_id"], reason=reason)
            delay = timedelta() if isinstance(error, TransientError) else DEFER_FOR
        try:
            self.due.defer(queue, row, self.now + delay)
        except TransientError:  # DynamoDB takes nothing: the next run comes upon it again
            logger.warning("a reservation could not be put off", reservation_id=row["reservation_id"])
        return [Event.FAILED]

    def _decide(self, reservation: Reservation) -> list[Event]:
        """Settle what its workflow should have settled; its execution, if it runs after all, is told by the next run."""
        if reservation.status is Status.PAID:
            reservation = self.reservations.commit(reservation, self.now, forget_token=False)
            claimant = Claimant.sale(reservation.reservation_id).with_unique_token()
            send_low_stock_alerts(reservation.keys(), claimant, stock=self.stock, topics=self.topics, now=self.now)
        else:
            reservation = self.reservations.release(
                reservation, ReleaseReason.EXPIRED, self.now, forget_token=False, unless_extended=True
            )
        record_outcome(reservation, self.now)
        match reservation.status:
            case Status.COMMITTED:
                return [Event.COMMITTED]
            case Status.RELEASED:
                return [Event.RELEASED]
            case _:
                return []  # a payment or an extension came first

    def _notify(self, reservation: Reservation) -> list[Event]:
        """Send what is owed of a reservation.

        Raises:
            Busy: something did not get through; it stays owed.
        """
        events = []
        for reference in sorted(reservation.payments_to_announce):
            reservation = announce_payment(
                reservation, reference, reservations=self.reservations, topics=self.topics, now=self.now
            )
            events.append(Event.ANNOUNCED)
        if reservation.is_decided and reservation.task_token:
            events.append(Event.SIGNALLED)
        if end_wait(reservation, reservations=self.reservations, signals=self.signals).notify_since:
            raise TransientError(f"not everyone could be told of reservation {reservation.reservation_id}")
        return events


def _by_first_line(rows: Iterable[Item]) -> list[list[Item]]:
    """Rows that meet at one level, to be written one after the other: side by side they would hinder each other."""
    groups = defaultdict(list)
    for row in rows:
        line: Item = next(iter(row.get("lines", ())), {})
        groups[line.get("product_id"), line.get("warehouse_id")].append(row)
    return list(groups.values())
