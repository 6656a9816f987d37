"""A circuit breaker: while a service does not work, few attempts wait for it."""

from datetime import datetime, timedelta
from threading import Lock

PAUSE = timedelta(seconds=5)


class Breaker:
    """Whether a call is worth an attempt. After a failure there is one attempt every few seconds, until one succeeds."""

    def __init__(self) -> None:
        self._next_attempt_at: datetime | None = None
        self._lock = Lock()

    def may_try(self, now: datetime) -> bool:
        """Whether to make this call; the first one after a pause tries for all."""
        with self._lock:
            if self._next_attempt_at is None:
                return True
            if now < self._next_attempt_at:
                return False
            self._next_attempt_at = now + PAUSE
            return True

    def failed(self, now: datetime) -> None:
        """The call failed."""
        self._next_attempt_at = now + PAUSE

    def worked(self) -> None:
        """The call succeeded."""
        self._next_attempt_at = None
