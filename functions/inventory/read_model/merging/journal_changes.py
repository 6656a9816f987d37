"""What the closed generations of the journal say: the latest change of each key."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.read_model.entries import Change, EntryKey, Kind, ReservationEntry
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal

Changes = Mapping[Kind, list[Change[Any]]]


def read_changes(journal: Journal, generations: Iterable[int]) -> Changes:
    """The changes in generations that are closed: everything that was written into them before, is read.

    In one generation the higher sequence number counts, and a later generation counts more than an earlier one.
    """
    found: dict[Kind, dict[EntryKey, Change[Any]]] = {kind: {} for kind in Kind}
    for generation in generations:
        for kind, latest in found.items():
            latest |= _latest(journal.read(generation, kind, consistent=True).changes)
    return {kind: list(latest.values()) for kind, latest in found.items()}


def count_of(changes: Changes) -> int:
    """How many rows changed."""
    return sum(map(len, changes.values()))


def _latest(changes: Iterable[Change[Any]]) -> dict[EntryKey, Change[Any]]:
    latest: dict[EntryKey, Change[Any]] = {}
    for change in changes:
        known = latest.get(change.key)
        if known is None or change.sequence >= known.sequence:
            latest[change.key] = change
    return latest


def write_changed_keys(files: Files, generations: range, changes: Changes) -> None:
    """Write which levels and customers the merged generations are about: the comparison of the books reads only these.

    Two merges of the same generations write the same file, so a merge that was too late must not delete it.
    """
    reservations = (change.entry for change in changes[Kind.RESERVATIONS])
    customers = {entry.customer_id for entry in reservations if isinstance(entry, ReservationEntry)}
    content = {
        "levels": sorted(change.key for change in changes[Kind.LEVELS]),
        "customers": sorted(customer for customer in customers if customer is not None),
    }
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode())
    files.write(f"changed/{generations[0]}-{generations[-1]}", packed)
