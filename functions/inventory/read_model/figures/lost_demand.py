"""Units that shoppers asked for and could not get: those of rejected reservations, by product and five minutes of a day.

They come from the journal, without a read. Each reservation counts once: the hash of its name is kept as long as it counts.
"""

import heapq
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from inventory.model import Status
from inventory.read_model.entries import ReservationEntry
from inventory.read_model.figures.packing import hash_of, pack, unpack
from inventory.read_model.figures.times import AHEAD_MAX, beginning_of, cell_of, first_cell_kept, moment_of

LISTED_MAX = 100
HOURS_SHOWN = 24
# Of a cell the products with the most refused units are kept, and of all cells the reservations that are known to be counted.
PRODUCTS_MAX = 2_000
KNOWN_MAX = 500_000


class Refused(NamedTuple):
    """What was refused of a product: units, in how many reservations, and the last time."""

    units: int
    requests: int
    last_at: str

    def plus(self, other: "Refused") -> "Refused":
        """Both together."""
        return Refused(self.units + other.units, self.requests + other.requests, max(self.last_at, other.last_at))


NOTHING = Refused(0, 0, "")


class LostProduct(NamedTuple):
    """What was refused of one product."""

    product_id: str
    units: int
    requests: int
    last_at: str


@dataclass(frozen=True, slots=True)
class LostDemand:
    """What was refused within a day."""

    since: datetime
    items: list[LostProduct]  # the most units first
    total_units: int  # of all products


@dataclass
class RefusedUnits:
    """The units refused, by cell and product, and the reservations that are counted in them."""

    cells: dict[int, dict[str, Refused]] = field(default_factory=dict)
    totals: dict[int, int] = field(default_factory=dict)  # of all products, also of those that are not kept
    counted: dict[int, int] = field(default_factory=dict)  # the hash of a reservation's name, and its cell
    first_open: int = 0  # reservations of earlier cells are counted, or too old to count

    def add(self, entries: Iterable[ReservationEntry | None], now: datetime) -> None:
        """Count the rejected reservations among these that are not counted yet."""
        first = max(self.first_open, first_cell_kept(now))
        for entry in entries:
            cell = _cell_of(entry, now)
            if entry is None or cell is None or cell < first or (number := hash_of(entry.name)) in self.counted:
                continue
            self.counted[number] = cell
            refused = _refused_in(entry)
            products = self.cells.setdefault(cell, {})
            for product_id, units in refused.items():
                products[product_id] = products.get(product_id, NOTHING).plus(Refused(units, 1, _decided_at(entry)))
            self.totals[cell] = self.totals.get(cell, 0) + sum(refused.values())

    def with_changes(self, entries: Iterable[ReservationEntry | None], now: datetime) -> "RefusedUnits":
        """The same with what was rejected since; this one stays as it is."""
        first_cell = first_cell_kept(now)
        new = [
            entry for entry in entries if entry and (cell := _cell_of(entry, now)) is not None and cell >= first_cell
        ]
        if not new:
            return self
        copied = RefusedUnits(
            {cell: dict(products) for cell, products in self.cells.items()},
            dict(self.totals),
            dict(self.counted),
            self.first_open,
        )
        copied.add(new, now)
        return copied

    def trim(self, now: datetime) -> None:
        """Forget what is too old, and what is too much."""
        first = first_cell_kept(now)
        sizes: dict[int, int] = {}
        for cell in self.counted.values():
            sizes[cell] = sizes.get(cell, 0) + 1
        left = sum(number for cell, number in sizes.items() if cell >= first)
        for cell in sorted(cell for cell in sizes if cell >= first):
            if left <= KNOWN_MAX:
                break
            left -= sizes[cell]
            self.first_open = cell + 1
        first_known = max(first, self.first_open)
        self.counted = {number: cell for number, cell in self.counted.items() if cell >= first_known}
        self.totals = {cell: units for cell, units in self.totals.items() if cell >= first and units}
        self.cells = {
            cell: dict(_largest(products, PRODUCTS_MAX)) for cell, products in self.cells.items() if cell >= first
        }
        self.cells = {cell: products for cell, products in self.cells.items() if products}

    def shown(self, now: datetime) -> LostDemand:
        """What was refused in the last 24 hours."""
        first = cell_of(now - timedelta(hours=HOURS_SHOWN)) + 1
        products: dict[str, Refused] = {}
        for cell, refused in self.cells.items():
            if cell >= first:
                for product_id, found in refused.items():
                    products[product_id] = products.get(product_id, NOTHING).plus(found)
        items = [LostProduct(product_id, *found) for product_id, found in _largest(products, LISTED_MAX)]
        return LostDemand(beginning_of(first), items, sum(n for cell, n in self.totals.items() if cell >= first))

    def encode(self) -> bytes:
        """Its file."""
        header = {
            "cells": [
                [cell, [[product_id, *found] for product_id, found in sorted(products.items())]]
                for cell, products in sorted(self.cells.items())
            ],
            "totals": sorted(self.totals.items()),
            "first_open": self.first_open,
        }
        counted = dict(sorted(self.counted.items()))
        return pack(header, [array("Q", counted), array("I", counted.values())])

    @classmethod
    def decode(cls, content: bytes | None) -> "RefusedUnits":
        """The inverse of `encode`; None: nothing was refused."""
        if content is None:
            return cls()
        header, [hashes, cells] = unpack(content)
        return cls(
            {
                cell: {product_id: Refused(*found) for product_id, *found in products}
                for cell, products in header["cells"]
            },
            dict(map(tuple, header["totals"])),
            dict(zip(hashes, cells, strict=True)),
            header["first_open"],
        )


def _cell_of(entry: ReservationEntry | None, now: datetime) -> int | None:
    """The cell of a rejected reservation that was refused units; None for any other."""
    if entry is None or entry.status is not Status.REJECTED or not entry.shortages:
        return None
    try:
        decided = moment_of(_decided_at(entry))
    except ValueError:
        return None
    return cell_of(decided) if decided <= now + AHEAD_MAX else None


def _decided_at(entry: ReservationEntry) -> str:
    return entry.decided_at or entry.created_at


def _refused_in(entry: ReservationEntry) -> dict[str, int]:
    """The units of each product that a reservation was refused."""
    refused: dict[str, int] = {}
    for product_id, requested, available in entry.shortages:
        if requested > available:
            refused[product_id] = refused.get(product_id, 0) + requested - max(0, available)
    return refused


def _largest(products: Mapping[str, Refused], number: int) -> list[tuple[str, Refused]]:
    """The products with the most units, the most first; of equal ones in the order of their ids."""
    return heapq.nsmallest(number, products.items(), key=lambda found: (-found[1].units, found[0]))
