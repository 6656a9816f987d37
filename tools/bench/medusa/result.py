"""What one round of reservations was."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """Reservations of one unit each, from 16 shoppers at once, and the CPU time of the process that makes them."""

    reserves: int
    seconds: float
    cpu_seconds: float

    def __add__(self, other: "Round") -> "Round":
        return Round(self.reserves + other.reserves, self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds)

    @property
    def per_second(self) -> float:
        return self.reserves / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """The CPU time of one reservation."""
        return 1_000 * self.cpu_seconds / self.reserves
