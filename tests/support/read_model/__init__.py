"""Entries and changes of the read model, as tests need them."""

from dataclasses import replace
from typing import Any

from inventory.model import ExecutionStatus, RefundStatus, Status
from inventory.read_model.entries import Change, ExecutionEntry, LevelEntry, RefundEntry, ReservationEntry

AT = "2026-03-01T12:00:00.000Z"

A_LEVEL = LevelEntry("P-1", "main", "Mug", "kitchen", 10, 3, 0, 7, 2, True, 1, AT, 1, 0)
A_RESERVATION = ReservationEntry("R-1", "R-1", "O-1", "C-1", None, Status.HELD, AT, None, AT)
A_REFUND = RefundEntry("R-1", "pay-1", "O-1", RefundStatus.OPEN, AT, AT)
AN_EXECUTION = ExecutionEntry("R-1", "R-1", "O-1", ExecutionStatus.FAILED, AT)


def a_level_entry(product_id: str = "P-1", **values: Any) -> LevelEntry:
    """The entry of a level."""
    return replace(A_LEVEL, product_id=product_id, **values)


def a_change(sequence: int = 1, product_id: str = "P-1", **values: Any) -> Change[LevelEntry]:
    """A change of a level."""
    entry = a_level_entry(product_id, **values)
    return Change(sequence, entry.entry_key, entry)


def a_removal(sequence: int = 1, product_id: str = "P-1") -> Change[LevelEntry]:
    """A level that was deleted."""
    return Change(sequence, (product_id, "main"), None)
