"""A fake of the workflow as the checkout API sees it: an execution that starts, decides, and can be found."""

from dataclasses import dataclass, field
from typing import Any

from inventory.aws.executions import Execution, Executions
from inventory.errors import InvalidReservation, ReservationConflict, TransientError
from inventory.reservations.reservation_request import ReservationRequest
from tests.support.shop import Shop


@dataclass
class FakeWorkflow(Executions):
    """Runs the first step at once; while `working` is False, executions start but decide nothing.

    `broken` fails every execution, as a state that ends in NeedsAttention does.
    `throttled` refuses every description of an execution, as AWS does beyond 15 a second for an account. Each attempt is
    counted in `descriptions`.
    """

    shop: Shop
    working: bool = True
    broken: bool = False
    throttled: bool = False
    descriptions: int = 0
    executions: dict[str, Execution] = field(default_factory=dict)

    def start(self, name: str, content: Any, trace_header: str | None = None) -> bool:
        known = self.executions.get(name)
        if known:
            return known.status == "RUNNING" and known.content == content
        self.executions[name] = Execution("RUNNING", content, None, None)
        if self.broken:
            self.executions[name] = Execution("FAILED", content, "ReservationNeedsAttention", "no")
        elif self.working:
            self._reserve(name, content)
        return True

    def find(self, name: str, *, attempts_max: int = 1) -> Execution | None:
        self.descriptions += attempts_max if self.throttled else 1
        if self.throttled:
            raise TransientError("Rate exceeded")
        return self.executions.get(name)

    def _reserve(self, name: str, content: Any) -> None:
        request = ReservationRequest.parse(content)
        try:
            self.shop.reservations.reserve(request.id_under(name), request, self.shop.policy, self.shop.now())
        except (InvalidReservation, ReservationConflict) as error:
            self.executions[name] = Execution("FAILED", content, type(error).__name__, str(error))
