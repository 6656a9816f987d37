"""What is measured."""

from dataclasses import dataclass

SOAK_MINUTES_MIN = 5.0  # a longer run also looks for leaks


@dataclass(frozen=True)
class Plan:
    """How many watch, how much changes, and for how long."""

    subscribers: int = 300
    changes_per_minute: int = 2_000
    minutes: float = 1.0
    products: int = 20
    changes_at_rest: int = 40
    away_seconds: float = 60.0

    @property
    def crowd(self) -> str:
        """The beginning of the keys of the crowd's figures."""
        return f"live.crowd_of_{self.subscribers}_at_{self.changes_per_minute}_changes"

    @property
    def is_soak(self) -> bool:
        return self.minutes >= SOAK_MINUTES_MIN
