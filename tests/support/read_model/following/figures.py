"""Figures that follow a shop: a journal of what changed in its tables, merges, and rebuilds; and the same from its rows."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from inventory.items import is_no_level, parse_or_none, to_level_key, to_refund, to_reservation
from inventory.model import LevelKey, RefundStatus, Status
from inventory.read_model.entries import Change, Kind, LevelEntry, RefundEntry, ReservationEntry
from inventory.read_model.figure_reader import FigureReader
from inventory.read_model.figures.attention import Attention
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.lost_demand import LostDemand
from inventory.read_model.figures.outcomes import OUTCOMES
from inventory.read_model.figures.sales import DAYS, Columns
from inventory.read_model.figures.times import day_of, moment_of
from inventory.read_model.figures.update import SALES, FigureUpdates
from inventory.read_model.merging.contents import snapshot_file
from tests.support.read_model.files import MemoryFiles
from tests.support.shop import Shop

HOURS = 24
WATCHED = (Kind.LEVELS, Kind.RESERVATIONS, Kind.REFUNDS)

Rows = dict[Kind, dict[tuple[str, ...], dict[str, Any]]]
Figures = dict[str, Any]


class FollowedFigures:
    """The figures of a shop in snapshots, and a journal in memory, which has some changes twice and some again later."""

    def __init__(self, shop: Shop, seed: int = 1) -> None:
        self.shop = shop
        self.updates = FigureUpdates(shop.client, shop.tables)
        self.files = MemoryFiles(lambda: self.now)
        self.reader = FigureReader(self.files)
        self.due_at: datetime | None = None
        self._draw = random.Random(seed)
        self._journal: dict[Kind, list[Change[Any]]] = defaultdict(list)
        self._followed: dict[Kind, list[Change[Any]]] = defaultdict(list)
        self._rows: Rows = {kind: {} for kind in WATCHED}
        self._snapshot = 0
        self._sequence = 0
        self._content: Mapping[str, bytes] = {}

    @property
    def now(self) -> datetime:
        return self.shop.now()

    # --- what happens

    def follows(self) -> None:
        """The journal gets what changed since the last time, and once in a while something old again."""
        rows = self._read_rows()
        for kind in WATCHED:
            before, after = self._rows[kind], rows[kind]
            changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
            again = [change.key for change in self._followed[kind] if self._draw.random() < 0.05]
            for key in self._keys_of(kind, [*changed, *again, *changed]):
                self._sequence += 1
                change = Change(self._sequence, key, self._entry(kind, key, after))
                self._journal[kind].append(change)
                self._followed[kind].append(change)
        self._rows = rows

    def merges(self, *, has_time: Callable[[], bool] = lambda: True) -> None:
        """What was followed becomes part of the next snapshot."""
        changes, self._journal = self._journal, defaultdict(list)
        self._merge(self._content, changes, has_time)

    def merges_if_due(self) -> None:
        """The run of each minute: it merges what was followed, or what waits for its time."""
        if any(self._journal.values()) or (self.due_at and self.due_at <= self.now):
            self.merges()

    def rebuilds(self, *, meanwhile: Callable[[], object] = lambda: None, pages_a_slice: int = 1) -> None:
        """The files are made anew from the tables, in slices between which the shop goes on."""
        self.follows()
        self._journal.clear()  # the generation before is closed: what is in it is not merged into a rebuild
        partial, is_complete = None, False
        while not is_complete:
            turns = iter([True] * pages_a_slice)
            read = self.updates.rebuilding(partial, self.now, lambda turns=turns: next(turns, False))  # type: ignore[misc]
            partial, is_complete = read.content, read.is_complete
            meanwhile()
            self.follows()
        assert partial is not None
        rebuilt = self.updates.rebuilt(partial, self._level, self.now)
        meanwhile()
        self.follows()
        changes, self._journal = self._journal, defaultdict(list)
        self._merge(rebuilt, changes, lambda: True)

    def _merge(self, before: Mapping[str, bytes], changes: Any, has_time: Callable[[], bool]) -> None:
        updated = self.updates.merged(before, changes, self._level, self.now, has_time)
        self._content, self.due_at = updated.files, updated.due_at
        self._snapshot += 1
        for name, content in updated.files.items():
            self.files.write(snapshot_file(str(self._snapshot), name), content)

    # --- what is shown

    @property
    def counted(self) -> Counted:
        found = self.reader.counted(str(self._snapshot), self._journal[Kind.RESERVATIONS], self._journal[Kind.REFUNDS])
        assert found is not None
        return found

    @property
    def attention(self) -> Sequence[Attention]:
        found = self.reader.attention(str(self._snapshot), self._journal[Kind.LEVELS], self.now, None, 1_000)
        assert found is not None
        return found.items

    @property
    def lost_demand(self) -> LostDemand:
        found = self.reader.lost_demand(str(self._snapshot), self._journal[Kind.RESERVATIONS], self.now)
        assert found is not None
        return found

    @property
    def sold(self) -> dict[tuple[str, str], int]:
        """The units of each level that were sold within 14 days."""
        columns = Columns.decode(self._content[SALES])
        keys = zip(columns.products, columns.warehouses, strict=True)
        return {key: units for key, units in zip(keys, columns.totals(self.now), strict=True) if units}

    def shown(self) -> Figures:
        """All figures but the sales, which come minutes later."""
        counted, lost = self.counted, self.lost_demand
        hours = counted.outcomes.by_hour(hours_until(self.now))
        return {
            "decided": {status: dict(+hours[status]) for status in OUTCOMES},
            "active": len(counted.active.ends),
            "ending soon": counted.active.ending_soon(self.now),
            "open refunds": len(counted.open_refunds),
            "lost": {item.product_id: (item.units, item.requests, item.last_at) for item in lost.items},
            "lost units": lost.total_units,
        }

    # --- the same from the rows

    def true(self) -> Figures:
        """The figures from the rows of the tables."""
        reservations = [row for row in map(_reservation_or_none, self.shop.rows(self.shop.tables.reservations)) if row]
        refunds = self.shop.rows(self.shop.tables.refunds)
        decided: dict[Status, Counter[datetime]] = {status: Counter() for status in OUTCOMES}
        refused: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in reservations:
            if row.decided_at and row.status in decided:
                hour = moment_of(row.decided_at).replace(minute=0, second=0, microsecond=0)
                decided[row.status][hour] += hour in hours_until(self.now)
            if row.status is Status.REJECTED and row.decided_at and moment_of(row.decided_at) >= self.lost_demand.since:
                units: Counter[str] = Counter()
                for shortage in row.shortages:
                    units[shortage.product_id] += shortage.requested - shortage.available
                for product_id, missing in units.items():
                    refused[product_id].append((missing, row.decided_at))
        soon = self.now + timedelta(minutes=15)
        held = [moment_of(row.held_until or "") for row in reservations if row.status is Status.HELD]
        return {
            "decided": {status: dict(+decided[status]) for status in OUTCOMES},
            "active": sum(row.status.is_active for row in reservations),
            "ending soon": sum(end <= soon for end in held),
            "open refunds": sum(row["status"] == RefundStatus.OPEN for row in refunds),
            "lost": {
                product_id: (sum(units for units, _ in found), len(found), max(at for _, at in found))
                for product_id, found in refused.items()
            },
            "lost units": sum(units for found in refused.values() for units, _ in found),
        }

    def truly_sold(self) -> dict[tuple[str, str], int]:
        """The units of each level that the ledger says were sold within 14 days."""
        sold: Counter[tuple[str, str]] = Counter()
        for row in self.shop.rows(self.shop.tables.movements):
            if row.get("kind") in ("SOLD", "SOLD_ELSEWHERE"):
                key = to_level_key(row)
                if day_of(moment_of(row["moved_at"])) > day_of(self.now) - DAYS:
                    sold[key.product_id, key.warehouse_id] += (
                        int(row["units"]) if "units" in row else -int(row["delta"])
                    )
        return dict(+sold)

    # --- rows and entries

    def _read_rows(self) -> Rows:
        tables = self.shop.tables
        levels = [row for row in self.shop.rows(tables.inventory) if not is_no_level(row)]
        return {
            Kind.LEVELS: {(row["product_id"], row["warehouse_id"]): row for row in levels},
            Kind.RESERVATIONS: {(row["reservation_id"],): row for row in self.shop.rows(tables.reservations)},
            Kind.REFUNDS: {
                (row["reservation_id"], row["payment_reference"]): row for row in self.shop.rows(tables.refunds)
            },
        }

    def _keys_of(self, kind: Kind, keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """The keys of rows; that of its level for a shard's."""
        if kind is not Kind.LEVELS:
            return list(keys)
        found = [to_level_key({"product_id": product_id, "warehouse_id": place}) for product_id, place in keys]
        return [(key.product_id, key.warehouse_id) for key in found]

    def _entry(self, kind: Kind, key: tuple[str, ...], rows: Mapping[tuple[str, ...], Any]) -> Any:
        if kind is Kind.LEVELS:
            product_id, warehouse_id = key
            return self._level(LevelKey(product_id, warehouse_id))
        row = rows.get(key)
        if kind is Kind.RESERVATIONS:
            reservation = parse_or_none(to_reservation, row) if row else None
            return ReservationEntry.of(reservation) if reservation else None
        refund = parse_or_none(to_refund, row) if row else None
        return RefundEntry.of(refund) if refund else None

    def _level(self, key: LevelKey) -> LevelEntry | None:
        found = self.shop.stock_store.levels([key])
        return LevelEntry.of(found[0]) if found else None


def _reservation_or_none(row: dict[str, Any]) -> Any:
    return parse_or_none(to_reservation, row)


def hours_until(now: datetime) -> list[datetime]:
    """The beginnings of the last 24 hours."""
    this = now.replace(minute=0, second=0, microsecond=0)
    return [this - timedelta(hours=ago) for ago in range(HOURS)]
