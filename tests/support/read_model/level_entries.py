"""Entries of levels in the read model, and filters of them."""

from dataclasses import dataclass, replace
from typing import Any

from inventory.model import StockStatus
from inventory.read_model.entries import Change, LevelEntry

TEAPOT = LevelEntry(
    product_id="P-1",
    warehouse_id="main",
    name="Teapot",
    category="Kitchen",
    on_hand=10,
    reserved=0,
    allocated=0,
    available=10,
    low_stock_threshold=2,
    active=True,
    version=1,
    updated_at="2026-11-27T10:00:00.000Z",
    shards=1,
    alert=0,
)


def an_entry(product_id: str = "P-1", warehouse_id: str = "main", **values: Any) -> LevelEntry:
    """The entry of a level. Units that are not given are all available."""
    units = {"available": values["on_hand"]} if "on_hand" in values else {}
    return replace(TEAPOT, product_id=product_id, warehouse_id=warehouse_id, **{**units, **values})


def changed(entry: LevelEntry, sequence: int = 1) -> Change[LevelEntry]:
    """The change that wrote an entry."""
    return Change(sequence, (entry.product_id, entry.warehouse_id), entry)


def deleted(entry: LevelEntry, sequence: int = 1) -> Change[LevelEntry]:
    """The change that deleted the level of an entry."""
    return Change(sequence, (entry.product_id, entry.warehouse_id), None)


@dataclass(frozen=True)
class Filter:
    """A filter of levels; without anything all levels."""

    category: str | None = None
    warehouse_id: str | None = None
    status: StockStatus | None = None
    active: bool | None = None
    search: str | None = None
