"""Levels at which a hold meets so many other writers that they should be spread over shards."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from inventory.errors import TransientError
from inventory.model import Holding, LevelKey
from inventory.observability import logger, measure

# A hold meets other writers by chance: twice a product sells ten orders a second, four times in a row hardly ever. At 20
# orders a second every sixteenth hold does, so a whole shop of slower products does not look like one hot product.
MEETINGS_IN_A_CROWD = 4


@dataclass(frozen=True, slots=True)
class Crowds:
    """How often one hold met other writers at each level."""

    meetings: Counter[LevelKey] = field(default_factory=Counter)

    def meet(self, about: Any) -> None:
        """Count that the write of a holding was stopped by other writers at its level; other writes are not of a level."""
        if isinstance(about, Holding):
            self.meetings[about.key.level] += 1  # in whichever of its shards

    def report(self, meetings_min: int = MEETINGS_IN_A_CROWD) -> None:
        """Log each level at which the hold met others at least so often, and count the hold if there was one."""
        crowded = {key: times for key, times in self.meetings.items() if times >= meetings_min}
        for key, times in crowded.items():
            logger.warning(
                "a level is crowded", product_id=key.product_id, warehouse_id=key.warehouse_id, meetings=times
            )
        if crowded:
            measure({"CrowdedHolds": 1})


@contextmanager
def crowds_reported() -> Iterator[Crowds]:
    """Count meetings, and report the crowds among them; where a hold gives up, there is one."""
    crowds = Crowds()
    try:
        yield crowds
    except TransientError:
        crowds.report(meetings_min=1)
        raise
    crowds.report()
