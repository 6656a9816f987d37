"""Which services of a running local AWS are down or slow now."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.local.emulators.handlers import Handler, Response

EVENT_API = "event-api"
EVENTS = "events"
SERVICES = (EVENT_API, EVENTS)
DELAY_SECONDS_MAX = 600.0
FORM = f'A fault is {{"down": true or false, "delay_seconds": 0 to {DELAY_SECONDS_MAX:.0f}}}.'
UNAVAILABLE: Response = (
    503,
    {"Content-Type": "application/json", "x-amzn-errortype": "ServiceUnavailableException"},
    b'{"__type": "ServiceUnavailableException", "message": "The service is switched off."}',
)


@dataclass(frozen=True)
class Fault:
    """A service that is down: it answers 503, and an Event API has no connections. Or it answers later."""

    down: bool = False
    delay_seconds: float = 0.0

    @classmethod
    def parse(cls, content: object) -> "Fault":
        """The fault that a request describes.

        Raises:
            ValueError: the request is not valid.
        """
        match content:
            case dict() if not content.keys() - {"down", "delay_seconds"}:
                down, delay = content.get("down", False), content.get("delay_seconds", 0)
            case _:
                raise ValueError(FORM)
        if down not in (True, False) or type(delay) not in (int, float) or not 0 <= delay <= DELAY_SECONDS_MAX:
            raise ValueError(FORM)
        return cls(bool(down), float(delay))


class Switches:
    """The faults of all services."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._on_down: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self._lock = threading.Lock()

    def on_down(self, service: str, action: Callable[[], None]) -> None:
        """Call an action whenever a service is switched off."""
        self._on_down[service].append(action)

    def set(self, service: str, fault: Fault) -> None:
        """Switch a fault on; one without effect switches it off."""
        with self._lock:
            self._faults[service] = fault
        if fault.down:
            for action in self._on_down[service]:
                action()

    def is_down(self, service: str) -> bool:
        """Whether a service is switched off."""
        return self._faults.get(service, Fault()).down

    async def before(self, service: str) -> Response | None:
        """Wait as long as a slow service does. The result is the answer of a service that is down."""
        fault = self._faults.get(service, Fault())
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        return UNAVAILABLE if self.is_down(service) else None


def with_faults(handler: Handler, switches: Switches, service: str, action: str) -> Handler:
    """Wrap a handler of ministack: the calls of one action have the service's fault."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        is_meant = headers.get("x-amz-target", "").rpartition(".")[2] == action
        if is_meant and (fault := await switches.before(service)):
            return fault
        return await handler(method, path, headers, body, query_params)

    return handle
