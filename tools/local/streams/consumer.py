"""Reads one stream for one event source mapping, and delivers what it reads to the function."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from tools.local.streams.delivery import Batch, Delivery
from tools.local.streams.mapping import StreamMapping

# A consumer is woken by every write. This is how soon it sees that its mapping was changed or deleted.
IDLE_SECONDS = 1.0
GATHER_SECONDS = 0.05

logger = logging.getLogger(__name__)


class Stream(Protocol):
    """The records of a stream, from the oldest one; a position counts them."""

    def read(self, mapping: StreamMapping, position: int, limit: int) -> tuple[int, Batch]:
        """Records from a position on, and the position of the first one: what is too old has left the stream."""
        ...

    def matching(self, mapping: StreamMapping, records: Batch) -> Batch:
        """The records that the filters of the mapping let through."""
        ...


class Consumer:
    """The thread of one mapping. Its shard waits while a batch is retried, as on AWS."""

    def __init__(self, stream: Stream, delivery: Delivery, settings: Callable[[], StreamMapping | None]) -> None:
        self._stream = stream
        self._delivery = delivery
        self._settings = settings
        self._position = 0
        self._written = threading.Event()

    def start_at(self, position: int) -> None:
        """Read from this position on."""
        self._position = position

    def wake(self) -> None:
        """Let it read at once: something was written."""
        self._written.set()

    def run(self) -> None:
        """Consume until the mapping is deleted."""
        while (mapping := self._settings()) is not None:
            try:
                if not (mapping.is_enabled and self.consume(mapping)):
                    self._written.wait(IDLE_SECONDS)
            except Exception:
                logger.exception("the mapping %s cannot consume", mapping.id)
                time.sleep(IDLE_SECONDS)

    def consume(self, mapping: StreamMapping) -> bool:
        """Deliver one batch. The result is False if there is none."""
        self._written.clear()
        start, records = self._batch(mapping)
        if not records:
            return False
        matching = self._stream.matching(mapping, records)
        if not matching or self._delivery.deliver(mapping, matching):
            self._position = start + len(records)
        return True

    def _batch(self, mapping: StreamMapping) -> tuple[int, Batch]:
        """The next batch. With a window, the consumer gathers records for so long, or until the batch is full."""
        start, records = self._stream.read(mapping, self._position, mapping.batch_size)
        deadline = time.monotonic() + mapping.window_seconds
        while records and len(records) < mapping.batch_size and time.monotonic() < deadline:
            self._written.wait(min(GATHER_SECONDS, max(0.0, deadline - time.monotonic())))
            self._written.clear()
            start, records = self._stream.read(mapping, self._position, mapping.batch_size)
        return start, records
