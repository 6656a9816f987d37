"""The publication of many changes at once: each product and reservation by itself, their events in few calls."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from datetime import datetime
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from inventory.aws.queues import Queue
from inventory.errors import InventoryError, TransientError
from inventory.items import UNREADABLE, Unreadable
from inventory.live.events import Event
from inventory.live.products.publisher import ProductClaim, Products
from inventory.live.reservations.publisher import ReservationClaim, Reservations
from inventory.live.targets.event_bus import EventBus
from inventory.model import LevelKey
from inventory.observability import logger
from inventory.values import dataclass

AT_ONCE = 16  # products or reservations

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="publish")
_senders = ThreadPoolExecutor(1, thread_name_prefix="send")

Subject = TypeVar("Subject")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the changes of one product or reservation; nothing is set if everything was published."""

    failed: bool = False  # it must be published again
    push_failed: bool = False  # its push must be made again; its events were sent
    unreadable: str | None = None  # what is wrong with the row of the publisher, or of the reservation
    unreadable_levels: Mapping[LevelKey, Unreadable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """Publishes products and reservations.

    Args:
        has_time: whether another one may be begun.
    """

    of_products: Products
    of_reservations: Reservations
    bus: EventBus
    undelivered_events: Queue
    clock: Callable[[], datetime]
    has_time: Callable[[], bool]

    def products(self, product_ids: Collection[str]) -> dict[str, Outcome]:
        """Publish what has changed of products."""
        rows = self.of_products.published.products(product_ids)
        claims = self._each(rows, lambda product_id: self.of_products.claim(_readable(rows[product_id])))
        events = [event for claim in claims.values() if isinstance(claim, ProductClaim) for event in claim.row.pending]
        delivery = _senders.submit(self._deliver, events)  # pushes do not wait for EventBridge

        def complete(product_id: str) -> Outcome:
            claim = claims[product_id]
            if isinstance(claim, Outcome):
                return claim
            is_published = self.of_products.complete(claim, delivery.result)
            is_sent = all(event.event_id in delivery.result() for event in claim.row.pending)
            return Outcome(failed=not is_sent, push_failed=not is_published, unreadable_levels=claim.unreadable)

        return self._each(claims, complete)

    def reservations(self, names: Collection[str]) -> dict[str, Outcome]:
        """Publish what has happened to reservations; nothing of those that were deleted meanwhile."""
        rows = self.of_reservations.published.reservations(names)
        items = self.of_reservations.items(names)
        claims = self._each(items, lambda name: self.of_reservations.claim(_readable(rows[name]), items[name]))
        delivered = self._deliver(
            event for claim in claims.values() if isinstance(claim, ReservationClaim) for event in claim.row.pending
        )

        def complete(name: str) -> Outcome:
            claim = claims[name]
            if isinstance(claim, Outcome):
                return claim
            self.of_reservations.settle(claim.row, delivered)
            is_sent = all(event.event_id in delivered for event in claim.row.pending)
            return Outcome(failed=not (is_sent and claim.is_all))

        return dict.fromkeys(names, Outcome()) | self._each(claims, complete)

    def events(self, events: Iterable[Event]) -> frozenset[str]:
        """Send events that were put into the queue; the ids of those that arrived."""
        return self.bus.send(events, self.clock())

    def _deliver(self, events: Iterable[Event]) -> frozenset[str]:
        """Send events, or put them into the queue from which they are sent later; the ids of those that arrived."""
        waiting = list(events)
        accepted = self.bus.send(waiting, self.clock())
        left = [event for event in waiting if event.event_id not in accepted]
        if not left:
            return accepted
        try:
            self.undelivered_events.put(event.to_json() for event in left)
        except TransientError:
            logger.exception("events stay in their outboxes", events=len(left))
            return accepted
        return accepted | {event.event_id for event in left}

    def _each(
        self, subjects: Iterable[Subject], action: Callable[[Subject], Result]
    ) -> dict[Subject, "Result | Outcome"]:
        """Do something for each, side by side; one that fails leaves the others alone."""

        def attempt(subject: Subject) -> "Result | Outcome":
            if not self.has_time():
                return Outcome(failed=True)
            try:
                return action(subject)
            except UNREADABLE as error:
                logger.exception("a row cannot be published", subject=subject)
                return Outcome(unreadable=repr(error))
            except (InventoryError, ClientError, BotoCoreError):
                logger.exception("a change could not be published", subject=subject)
                return Outcome(failed=True)

        subjects = list(subjects)
        return dict(zip(subjects, _threads.map(attempt, subjects), strict=True))


def _readable(row: "Result | Unreadable") -> Result:
    if isinstance(row, Unreadable):
        raise TypeError(str(row))
    return row
