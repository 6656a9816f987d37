"""What everything in a world shares: its time, its chance and its story."""

from dataclasses import dataclass

from tests.simulation.platform.faults import Faults
from tests.simulation.platform.scheduler import Scheduler
from tests.simulation.platform.story import Story


@dataclass(frozen=True)
class Stage:
    """One world's time, what goes wrong in it, and its story."""

    scheduler: Scheduler
    faults: Faults
    story: Story
