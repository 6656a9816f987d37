"""A level together with what happened to it after a moment, also if it is spread over shards that sell meanwhile."""

from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import TransientError
from inventory.model import Level, LevelKey
from inventory.stock.counts import NOTHING, MovedSince
from inventory.stock.ledger import Ledger
from inventory.stock.shards.parts import whole
from inventory.stock.store import StockStore


def level_and_moved_since(
    read: Level | None, key: LevelKey, moment: str, store: StockStore, ledger: Ledger
) -> tuple[Level | None, MovedSince]:
    """A level, and the sums of its movements after a moment, which are all in the level's figures.

    The ledger is read after the level. Of a level that was never spread, a movement in between raises its version, so a
    write that follows from what was read fails. Shards are not all written: each is read once more after its ledger, until
    it is the same. Each is then a reading of one moment, and the sum is right although the moments differ: what happens
    between them is not in a shard and not in its movements, or in both.

    Raises:
        TransientError: a shard was written in every attempt.
    """
    if read is None or read.shards_max == 1:
        return read, ledger.moved_since(key, moment)
    readings = [_settled(key.of_shard(shard), moment, store, ledger) for shard in range(read.shards_max)]
    moved = NOTHING
    for _, more in readings:
        moved = MovedSince(moved.happened + more.happened, moved.counted + more.counted)
    own, *others = (row for row, _ in readings)
    if own is None:
        raise TransientError(f"{key.product_id} in {key.warehouse_id} was deleted meanwhile: try again")
    return whole(own, filter(None, others)) if own.is_spread else own, moved


def _settled(key: LevelKey, moment: str, store: StockStore, ledger: Ledger) -> tuple[Level | None, MovedSince]:
    """One row and the sums of its movements, read while neither changed; None if a shard has no row any more."""
    row = _row(key, store)
    for _ in range(ATTEMPTS_MAX):
        moved = ledger.moved_since(key, moment)
        after = _row(key, store)
        if (row.version if row else None) == (after.version if after else None):
            return row, moved
        row = after
    raise TransientError(f"{key.product_id} in {key.warehouse_id} keeps changing: try again")


def _row(key: LevelKey, store: StockStore) -> Level | None:
    return next(iter(store.rows([key])), None)
