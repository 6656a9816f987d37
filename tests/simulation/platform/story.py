"""The story of a world: what happened, in order, to be read when something is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Story:
    """Events with their time and who caused them. It is recorded only when a seed is repeated, as that takes time."""

    is_recorded: bool
    now: Callable[[], float]
    who: Callable[[], str]
    lines: list[str] = field(default_factory=list)

    def add(self, event: str) -> None:
        """Add one event."""
        if self.is_recorded:
            self.lines.append(f"{self.now():10.3f}  {self.who():<34} {event}")
