"""What a comparison of the tables finds: levels and customers that do not agree with the others, and unreadable rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from inventory.aws.changes import Item
from inventory.items import Unreadable
from inventory.model import Level, LevelKey


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """The movements of a level together."""

    units: int = 0
    entries: int = 0
    last_id: str = ""
    allocated: int = 0

    def plus(self, units: int, movement_id: str, allocated: int = 0) -> "LedgerSum":
        """The sum with one more movement."""
        last_id = max(self.last_id, movement_id)
        return LedgerSum(self.units + units, self.entries + 1, last_id, self.allocated + allocated)


NO_MOVEMENTS = LedgerSum()


def absent_level(key: LevelKey) -> Level:
    """What a level that does not exist has: nothing."""
    return Level(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        shard=key.shard,
        name=key.product_id,
        category="unknown",
        on_hand=0,
        reserved=0,
        available=0,
        low_stock_threshold=0,
        version=0,
        updated_at="",
    )


class Gaps(NamedTuple):
    """The differences between on_hand and its parts, reserved and what is held, on_hand and allocated and the ledger."""

    parts: int
    reserved: int
    ledger: int
    allocated: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """A level, the units that its reservations hold and the sum of its movements, all of one moment.

    What is allocated follows from the ledger: each tracked sale, dispatch and return has its movement, in the transaction
    that writes the reservation.
    """

    level: Level
    held: int
    moved: int
    exists: bool = True  # whether there is such a level: otherwise nothing should be held of it, or left in its ledger
    entries: int = 1  # how many movements it has
    last_movement_id: str = ""
    allocated: int = 0  # what was sold, and neither dispatched nor returned, by its movements
    is_counted: bool = True  # whether it is a level, or a shard that the own row of its level counts

    @classmethod
    def of(
        cls, key: LevelKey, level: Level | None, held: int, ledger: LedgerSum, *, is_counted: bool = True
    ) -> "Drift":
        """The comparison of a key, with its level if there is one."""
        return cls(
            level or absent_level(key),
            held,
            ledger.units,
            exists=level is not None,
            entries=ledger.entries,
            last_movement_id=ledger.last_id,
            allocated=ledger.allocated,
            is_counted=is_counted,
        )

    @property
    def is_unopened(self) -> bool:
        """Whether another tool wrote the level, and no movement says so yet: it is taken over, and is no drift."""
        return self.exists and self.entries == 0 and self.opening != 0

    @property
    def opening(self) -> int:
        """The units that a level had before its first movement; 0 unless another tool wrote it."""
        return self.level.on_hand - self.moved

    @property
    def gaps(self) -> Gaps:
        """What does not agree."""
        level = self.level
        return Gaps(
            parts=level.unsold - level.available - level.reserved,
            reserved=level.reserved - self.held,
            ledger=0 if self.is_unopened else self.opening,
            allocated=level.allocated - self.allocated,
        )

    @property
    def is_hidden(self) -> bool:
        """Whether nobody sees its units: another tool replaced or deleted the own row of its level."""
        level = self.level
        return not self.is_counted and any((level.on_hand, level.reserved, level.available, level.allocated))

    def __bool__(self) -> bool:
        return any(self.gaps) or self.level.available < 0 or self.is_hidden

    def differences(self) -> list[str]:
        """What does not agree, one sentence each."""
        level = self.level
        parts, reserved, on_hand, allocated = self.gaps
        sold = f"{self.allocated} are sold and not dispatched, by its movements"
        if not self.exists:
            sentences = [
                (reserved, f"the level does not exist, but its reservations hold {self.held}"),
                (on_hand, f"the level does not exist, but its movements add up to {self.moved}"),
                (allocated, f"the level does not exist, but {sold}"),
            ]
        else:
            more = f" + {level.allocated} allocated" if level.allocated else ""
            sentences = [
                (self.is_hidden, f"{level.on_hand} on hand that nobody sees: its level does not count this shard"),
                (level.available < 0, f"{level.available} are available"),
                (parts, f"{level.on_hand} on hand, but {level.available} available + {level.reserved} reserved{more}"),
                (reserved, f"{level.reserved} reserved, but its reservations hold {self.held}"),
                (on_hand, f"{level.on_hand} on hand, but its movements add up to {self.moved}"),
                (allocated, f"{level.allocated} allocated, but {sold}"),
            ]
        return [sentence for differs, sentence in sentences if differs]


Counts = tuple[int, int]  # reservations, and the units in them
NOTHING: Counts = (0, 0)


@dataclass(frozen=True, slots=True)
class CustomerDrift:
    """What a customer is counted to hold, and what the customer's active reservations hold, all of one moment."""

    customer_id: str
    row: Item | None
    counted: Counts | None  # None: the counts cannot be read
    held: Counts

    def __bool__(self) -> bool:
        return self.counted != self.held

    def __str__(self) -> str:
        holds, units = self.held
        if self.counted is None:
            counted = "what cannot be read"
        else:
            counted = f"{self.counted[0]} reservations with {self.counted[1]} units"
        return f"customer {self.customer_id}: counted as {counted}, but holds {holds} with {units}"


@dataclass(frozen=True, slots=True)
class Keys:
    """What is compared: levels or their shards, customers, and partitions of the ledger."""

    levels: frozenset[LevelKey] = frozenset()
    customers: frozenset[str] = frozenset()
    partitions: frozenset[str] = frozenset()

    def __or__(self, other: "Keys") -> "Keys":
        return Keys(self.levels | other.levels, self.customers | other.customers, self.partitions | other.partitions)

    def __len__(self) -> int:
        return len(self.levels) + len(self.customers) + len(self.partitions)


NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a comparison."""

    drifts: tuple[Drift, ...]
    checked: int  # how many levels were compared
    unsure: tuple[LevelKey, ...]  # suspects that were written during every reading
    customers: tuple[CustomerDrift, ...] = ()
    customers_checked: int = 0
    customers_unsure: tuple[str, ...] = ()
    unopened: tuple[Drift, ...] = ()  # levels that another tool wrote and nobody has changed since
    unreadable: tuple[Unreadable, ...] = ()
    unreadable_keys: Keys = NO_KEYS  # those of what cannot be read
    is_complete: bool = True  # whether there was time for everything that was due

    @property
    def unsettled(self) -> Keys:
        """What does not agree, is unsure or cannot be read: the next comparison must look at it, changed or not."""
        return self.unreadable_keys | Keys(
            frozenset(drift.level.key for drift in (*self.drifts, *self.unopened)) | frozenset(self.unsure),
            frozenset(customer.customer_id for customer in self.customers) | frozenset(self.customers_unsure),
        )

    @property
    def agree(self) -> bool:
        """Whether every row was compared and agrees with all others."""
        return not (self.drifts or self.unsure or self.customers or self.customers_unsure or self.unreadable)


def name_of(level: Level) -> str:
    """A level's name in messages."""
    shard = f", shard {level.shard}" if level.shard else ""
    return f"{level.product_id} in {level.warehouse_id}{shard}"


def is_counted(key: LevelKey, own: Level | None) -> bool:
    """Whether the own row of a level counts a shard, or will count it soon; it always counts itself."""
    return own is not None and key.shard < max(own.shards, own.shards_wanted or 1)


def by_level(drifts: Iterable[Drift]) -> tuple[Drift, ...]:
    """Drifts in the order of their levels."""
    return tuple(sorted(drifts, key=lambda drift: drift.level.key))
