"""The workflow as the checkout's API sees it: an execution begins, decides, and remembers how it ended."""

from dataclasses import dataclass, field
from typing import Any

from inventory.aws.executions import Execution, Executions
from inventory.errors import InvalidReservation, ReservationConflict
from inventory.reservations.lifecycle import reserve
from inventory.reservations.requests import ReservationRequest
from tests.support.shop import Shop


@dataclass
class Workflow(Executions):
    """Runs the first step at once; `working` False is an execution that does not get to it."""

    shop: Shop
    working: bool = True
    executions: dict[str, Execution] = field(default_factory=dict)

    def start(self, reservation_id: str, content: Any, trace_header: str | None = None) -> bool:
        known = self.executions.get(reservation_id)
        if known:
            return known.status == "RUNNING" and known.content == content
        self.executions[reservation_id] = Execution("RUNNING", content, None, None)
        if self.working:
            self._reserve(reservation_id, content)
        return True

    def find(self, reservation_id: str) -> Execution | None:
        return self.executions.get(reservation_id)

    def _reserve(self, reservation_id: str, content: Any) -> None:
        request = ReservationRequest.parse(content)
        try:
            reserve(
                reservation_id,
                request,
                limits=self.shop.limits,
                reservations=self.shop.reservations,
                now=self.shop.now(),
            )
        except (InvalidReservation, ReservationConflict) as error:
            self.executions[reservation_id] = Execution("FAILED", content, type(error).__name__, str(error))
