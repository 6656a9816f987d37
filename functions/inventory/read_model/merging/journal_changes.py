"""What the closed generations of the journal say: the latest change of each key."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.read_model.entries import Change, Kind, ReservationEntry
from inventory.read_model.files import Files
from inventory.read_model.journal import Journal
from inventory.read_model.latest import latest

Changes = Mapping[Kind, list[Change[Any]]]


def read_changes(journal: Journal, generations: Iterable[int]) -> Changes:
    """The changes in generations that are closed: everything that was written into them before is read."""
    numbers = list(generations)
    return {
        kind: list(latest(journal.read(number, kind, consistent=True).changes for number in numbers).values())
        for kind in Kind
    }


def count_of(changes: Changes) -> int:
    """How many rows changed."""
    return sum(map(len, changes.values()))


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
