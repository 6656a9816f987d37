"""Which of several changes of one row counts."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from inventory.read_model.entries import Change, Entry

EntryType = TypeVar("EntryType", bound=Entry)


def latest(generations: Iterable[Iterable[Change[EntryType]]]) -> dict[tuple[str, ...], Change[EntryType]]:
    """The change that counts of each row: that of the latest generation, and in it the one with the highest sequence.

    Args:
        generations: the changes of each generation of the journal, the earliest first.
    """
    found: dict[tuple[str, ...], Change[EntryType]] = {}
    for changes in generations:
        found |= _of_one(changes)
    return found


def _of_one(changes: Iterable[Change[EntryType]]) -> Mapping[tuple[str, ...], Change[EntryType]]:
    found: dict[tuple[str, ...], Change[EntryType]] = {}
    for change in changes:
        before = found.get(change.key)
        if before is None or before.sequence <= change.sequence:
            found[change.key] = change
    return found
