"""The story of a world: what happened, in order, to be read when something is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Story:
    """Events with their time and who caused them. It is told only when a seed is repeated, as telling takes time."""

    is_told: bool
    now: Callable[[], float]
    who: Callable[[], str]
    lines: list[str] = field(default_factory=list)

    def tell(self, event: str) -> None:
        """Add one event."""
        if self.is_told:
            self.lines.append(f"{self.now():10.3f}  {self.who():<34} {event}")
