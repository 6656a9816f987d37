"""The event bus on which other systems read what happened."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inventory.aws.queues import chunks
from inventory.items import UNREADABLE
from inventory.live.events import Event
from inventory.live.targets.breaker import Breaker
from inventory.observability import logger

SOURCE = "inventory"


class EventBus:
    """A bus of EventBridge.

    Args:
        client: makes the client at the first event.
        name: the name of the bus.
    """

    def __init__(self, client: Callable[[], Any], name: str) -> None:
        self._client = client
        self._name = name
        self._breaker = Breaker()

    def send(self, events: Iterable[Event], now: datetime) -> frozenset[str]:
        """Send events in their order; the ids of those that the bus has accepted."""
        accepted: set[str] = set()
        for chunk in chunks(events, lambda event: len(event.to_text())):
            if self._breaker.may_try(now):
                accepted.update(self._send(chunk, now))
        return frozenset(accepted)

    def _send(self, events: Sequence[Event], now: datetime) -> list[str]:
        try:
            # The answer has an entry for each event, in the same order.
            answer = self._client().put_events(Entries=[self._entry(event) for event in events])
            results = list(zip(events, answer["Entries"], strict=True))
        except (ClientError, BotoCoreError, *UNREADABLE):
            self._breaker.failed(now)
            logger.exception("EventBridge did not accept events", events=len(events))
            return []
        self._breaker.worked()
        refused = [entry["ErrorCode"] for _, entry in results if "ErrorCode" in entry]
        if refused:
            logger.error("EventBridge did not accept some events", codes=sorted(set(refused)), events=len(refused))
        return [event.event_id for event, entry in results if "ErrorCode" not in entry]

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event.detail_type.value,
            "Detail": json.dumps(event.detail, separators=(",", ":")),
            "Time": datetime.fromisoformat(event.at),
        }
