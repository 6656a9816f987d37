"""What the shop itself remembers: the attempts to pay an order, and the webhooks that it has handled.

The stock, and whether an order is held, sold or released, is not in here. The reservation decides that.
"""

import sqlite3
from enum import StrEnum
from pathlib import Path
from threading import Lock


class Payment(StrEnum):
    """An attempt to pay."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"
    REFUNDED = "REFUNDED"


class Records:
    """A database of two tables."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._lock = Lock()  # one connection for all threads of the server
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(
            """CREATE TABLE IF NOT EXISTS payments (order_id TEXT, attempt INTEGER, state TEXT, PRIMARY KEY (order_id, attempt));
               CREATE TABLE IF NOT EXISTS webhooks (event_id TEXT PRIMARY KEY)"""
        )

    def begin_attempt(self, order_id: str) -> str:
        """The reference of the attempt to pay. A new one begins only after the last one was declined."""
        with self._lock:
            attempt, state = self._last(order_id)
            if state in (None, Payment.DECLINED):
                attempt += 1
                self._database.execute("INSERT INTO payments VALUES (?, ?, ?)", (order_id, attempt, Payment.PENDING))
            return f"{order_id}.{attempt}"

    def end_attempt(self, reference: str, state: Payment) -> None:
        """Write down how an attempt ended."""
        order_id, _, attempt = reference.rpartition(".")
        with self._lock:
            self._database.execute(
                "UPDATE payments SET state = ? WHERE order_id = ? AND attempt = ?", (state, order_id, attempt)
            )

    def payment_of(self, order_id: str) -> Payment | None:
        """The state of the last attempt."""
        with self._lock:
            return self._last(order_id)[1]

    def is_handled(self, event_id: str) -> bool:
        """Whether a webhook was handled before."""
        with self._lock:
            found = self._database.execute("SELECT 1 FROM webhooks WHERE event_id = ?", (event_id,)).fetchone()
            return found is not None

    def mark_handled(self, event_id: str) -> None:
        """Remember a webhook."""
        with self._lock:
            self._database.execute("INSERT OR IGNORE INTO webhooks VALUES (?)", (event_id,))

    def _last(self, order_id: str) -> tuple[int, Payment | None]:
        found = self._database.execute(
            "SELECT attempt, state FROM payments WHERE order_id = ? ORDER BY attempt DESC LIMIT 1", (order_id,)
        ).fetchone()
        return (found[0], Payment(found[1])) if found else (0, None)
