"""The three files of figures in a snapshot: what a merge makes of them, and how a rebuild makes them anew."""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.dynamodb import Tables
from inventory.errors import ReadModelMissing, TransientError
from inventory.items import UNREADABLE
from inventory.model import LevelKey, iso
from inventory.observability import logger
from inventory.read_model.entries import Change, Kind, LevelEntry
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.decisions import DecisionIndex
from inventory.read_model.figures.holds import Active
from inventory.read_model.figures.ledger import Position, SalesLedger
from inventory.read_model.figures.lost_demand import RefusedUnits
from inventory.read_model.figures.outcomes import SETTLED_AFTER, Outcomes, cells_to_count, recounted
from inventory.read_model.figures.packing import hash_of
from inventory.read_model.figures.sales import Sale, SoldUnits, first_moment, settled_until
from inventory.read_model.figures.times import milliseconds, moment_at

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIGURES, SALES, LOST_DEMAND = FILES = ("figures", "sales", "lost_demand")

READERS = 8
LEDGERS_A_ROUND = 200  # are read before the time is looked at

Changes = Mapping[Kind, Iterable[Change[Any]]]
FindLevel = Callable[[LevelKey], LevelEntry | None]
HasTime = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Updated:
    """What a merge writes, and when the next one is due although nothing changed."""

    files: dict[str, bytes]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Partial:
    """What a rebuild has read so far."""

    content: bytes
    is_complete: bool


class FigureUpdates:
    """Makes the files of figures."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._decisions = DecisionIndex(client, tables)
        self._ledger = SalesLedger(client, tables)

    def merged(
        self, before: Mapping[str, bytes], changes: Changes, level: FindLevel, now: datetime, has_time: HasTime
    ) -> Updated:
        """The files of the next snapshot.

        Args:
            before: the files of the snapshot before; those that it does not have begin empty.
            changes: what the merged generations of the journal have; of several changes of one key the last one counts.
            level: finds a level in the new snapshot.

        Raises:
            ReadModelMissing: a file of the snapshot before cannot be read.
        """
        reservations = {change.key[0]: change.entry for change in changes.get(Kind.RESERVATIONS, ())}
        refunds = {change.key: change.entry for change in changes.get(Kind.REFUNDS, ())}
        levels = {_pair(change): change.entry for change in changes.get(Kind.LEVELS, ())}
        try:
            counted = Counted.decode(before.get(FIGURES))
            sold = SoldUnits.decode(before[SALES]) if SALES in before else SoldUnits.empty(now)
            refused = RefusedUnits.decode(before.get(LOST_DEMAND))
        except UNREADABLE as error:
            raise ReadModelMissing("a file of figures cannot be read") from error
        sold.roll(now)
        sold.note(levels, now)
        self._read_due(sold, now, has_time)
        _complete(sold, level)
        return Updated(
            {
                FIGURES: self._counted(counted, reservations, refunds, now).encode(),
                SALES: sold.encode(),
                LOST_DEMAND: _refused(refused, reservations.values(), now),
            },
            _due_at(sold, counted.outcomes, now),
        )

    def rebuilding(self, partial: bytes | None, now: datetime, has_time: HasTime) -> Partial:
        """Read the ledger, in slices, and then the indexes.

        Args:
            partial: what the slice before has returned; None begins.
        """
        sold, position = _read_partial(partial) if partial else (SoldUnits.empty(now), Position())
        if partial is None:
            # What is later may not be written yet: it is read from each ledger when it is old enough.
            sold.since = milliseconds(settled_until(now))
        until = iso(moment_at(sold.since))
        for found in self._ledger.read_on(position, first_moment(now), has_time):
            if found.movement_id < until:
                sold.add(found.sale)
            else:
                sold.wait_for(found.sale.key[0], milliseconds(now), found.shard + 1)
        return Partial(_write_partial(sold, position), position.is_at_the_end)

    def rebuilt(self, partial: bytes, level: FindLevel, now: datetime) -> dict[str, bytes]:
        """The files, when everything was read: they have to be merged with what changed since the rebuild began."""
        sold, _ = _read_partial(partial)
        sold.roll(now)
        sold.available.clear()
        _complete(sold, level)
        active = Active().after({entry.name: entry for entry in self._decisions.active()})
        refunds = frozenset(hash_of(*key) for key in self._decisions.open_refunds())
        # The merge counts those of the day up to some seconds ago. What was decided since may be in no journal that it reads.
        latest = {entry.name: entry for entry in self._decisions.decided_since(now - SETTLED_AFTER)}
        return {
            FIGURES: Counted(Outcomes().after(latest), active, refunds).encode(),
            SALES: sold.encode(),
            LOST_DEMAND: _refused(RefusedUnits(), self._decisions.rejected(now), now),
        }

    def _counted(self, before: Counted, reservations: Any, refunds: Any, now: datetime) -> Counted:
        counts = self._decisions.count(cells_to_count(before.outcomes, reservations.values(), now), now)
        outcomes = recounted(before.outcomes, reservations, counts, now)
        return replace(before.after(reservations, refunds), outcomes=outcomes)

    def _read_due(self, sold: SoldUnits, now: datetime, has_time: HasTime) -> None:
        """Count the sales of the products whose ledgers can be read; those for which there is no time wait on."""
        due = sold.due(now)
        until = moment_at(milliseconds(settled_until(now)))

        def read(product_id: str) -> list[Sale] | None:
            since = moment_at(sold.start_of(product_id, now))
            if since >= until:
                return None
            try:
                return self._ledger.sales_of(product_id, sold.waiting[product_id].shards, since, until)
            except TransientError:
                logger.warning("the ledger of a product is read later", product_id=product_id)
                return None

        with ThreadPoolExecutor(READERS) as pool:
            for start in range(0, len(due), LEDGERS_A_ROUND):
                if not has_time():
                    return
                products = due[start : start + LEDGERS_A_ROUND]
                for product_id, sales in zip(products, pool.map(read, products), strict=True):
                    if sales is not None:
                        sold.take(product_id, sales, now)


def _due_at(sold: SoldUnits, before: Outcomes, now: datetime) -> datetime | None:
    """When the next merge is due although nothing changed."""
    due = [] if sold.next_due is None else [moment_at(sold.next_due)]
    if not before.counted_until:  # the first counting, in an index that may have been late
        due.append(now + SETTLED_AFTER)
    return min(due, default=None)


def _pair(change: Change[LevelEntry]) -> tuple[str, str]:
    product_id, warehouse_id = change.key
    return product_id, warehouse_id


def _complete(sold: SoldUnits, level: FindLevel) -> None:
    """Remember what is available of levels that had no sale before."""
    for key in sold.days.keys() - sold.available.keys():
        sold.set_available(key, level(LevelKey(*key)))


def _refused(refused: RefusedUnits, entries: Iterable[Any], now: datetime) -> bytes:
    refused.add(entries, now)
    refused.trim(now)
    return refused.encode()


def _write_partial(sold: SoldUnits, position: Position) -> bytes:
    written = json.dumps(position.to_json(), separators=(",", ":")).encode()
    return len(written).to_bytes(8, "little") + written + sold.encode()


def _read_partial(content: bytes) -> tuple[SoldUnits, Position]:
    at = 8 + int.from_bytes(content[:8], "little")
    return SoldUnits.decode(content[at:]), Position.from_json(json.loads(content[8:at]))
