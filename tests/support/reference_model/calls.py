"""Calls under keys as the model expects them: the first decision of a key is the only one."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from inventory.errors import InventoryError, ReservationConflict
from tests.support.reference_model.placement import Asked

Answer = TypeVar("Answer")
Lines = tuple[tuple[Asked, int], ...]
Disposition = Literal["RESTOCK", "DISCARD"]


@dataclass(frozen=True)
class SentCall:
    """A change of a reservation, as it is sent. Without lines a dispatch means all that is left."""

    kind: Literal["change", "dispatch", "return"]
    key: str
    reservation_id: str
    lines: Lines | None
    disposition: Disposition | None = None  # of a return

    @property
    def name(self) -> tuple[str, ...]:
        """What the call is known by: a dispatch by its reference, which is the reservation's own."""
        return (self.kind, self.key, *((self.reservation_id,) if self.kind == "dispatch" else ()))

    @property
    def content(self) -> Hashable:
        """All that it says, in whatever order its lines come."""
        lines = None if self.lines is None else frozenset(merged(self.lines).items())
        return self.reservation_id, lines, self.disposition


@dataclass
class ExpectedCalls:
    """The calls that were sent, and what was decided of them, refusals included, by their names."""

    sent: list[SentCall] = field(default_factory=list)
    decided: dict[tuple[str, ...], tuple[Hashable, object]] = field(default_factory=dict)

    def is_decided(self, call: SentCall) -> bool:
        """Whether something was decided under its key."""
        return call.name in self.decided

    def is_made(self, call: SentCall) -> bool:
        """Whether it was done, and not refused."""
        return self.is_decided(call) and not isinstance(self.decided[call.name][1], InventoryError)

    def is_refused(self, call: SentCall) -> bool:
        """Whether it was refused for good."""
        return self.is_decided(call) and not self.is_made(call)

    def once(self, call: SentCall, decide: Callable[[], Answer]) -> Answer:
        """The answer to a call, or to the one that was decided before under its key."""
        if not self.is_decided(call):
            try:
                self.decided[call.name] = call.content, decide()
            except InventoryError as refusal:
                self.decided[call.name] = call.content, refusal
        content, answer = self.decided[call.name]
        if content != call.content:
            raise ReservationConflict
        if isinstance(answer, InventoryError):
            raise answer
        return answer  # type: ignore[return-value]  # of a call of the same kind


def merged(lines: Iterable[tuple[Asked, int]]) -> Counter[Asked]:
    """The lines with equal ones added up."""
    quantities: Counter[Asked] = Counter()
    for line, quantity in lines:
        quantities[line] += quantity
    return quantities
