"""Which of several changes of a level counts."""

from collections.abc import Iterable

from inventory.model import LevelKey
from inventory.read_model.entries import Change, LevelEntry
from inventory.read_model.latest import latest


def contents_of(changes: Iterable[Change[LevelEntry]]) -> dict[LevelKey, LevelEntry | None]:
    """What each changed level is now; None if it was deleted."""
    found = latest([changes])
    return {LevelKey(product_id, warehouse_id): change.entry for (product_id, warehouse_id), change in found.items()}
