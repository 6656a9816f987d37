"""What the model expects of the lists of changes that machines send."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inventory.errors import FeedConflict
from inventory.feed.changes import ChangeKind
from inventory.model import LevelKey, iso
from tests.support.reference_model.stock import ExpectedLevel, ExpectedStock

A_MOMENT = timedelta(milliseconds=1)  # a list is accepted before its first change is applied

# The result of a change, and the units on hand and available of the level that is answered with it.
Answer = tuple[str, int | None, int | None]
INVALID: Answer = ("INVALID", None, None)


@dataclass(frozen=True)
class SentChange:
    """One change of a list. `units` are counted ones, or the signed change; a description has none."""

    key: LevelKey
    kind: ChangeKind
    units: int = 0
    as_of: datetime | None = None
    threshold: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The change as a machine sends it, with the description that all levels of the model have."""
        content: dict[str, Any] = {"product_id": self.key.product_id, "warehouse_id": self.key.warehouse_id}
        content |= {"kind": self.kind.value, "name": "Mug", "category": "kitchen"}
        if self.kind is ChangeKind.COUNTED:
            content["on_hand"] = self.units
        elif self.kind is not ChangeKind.DESCRIBED:
            content["delta"] = self.units
        if self.as_of:
            content["as_of"] = iso(self.as_of)
        if self.threshold is not None:
            content["low_stock_threshold"] = self.threshold
        return content


@dataclass
class ExpectedList:
    """A list that was accepted, what was answered, and what its changes moved."""

    changes: tuple[SentChange, ...]
    accepted_at: datetime
    answers: dict[int, Answer] = field(default_factory=dict)
    moved: list[tuple[LevelKey, int]] = field(default_factory=list)


@dataclass
class ExpectedFeed:
    """The lists that machines sent, each change of which is decided once."""

    stock: ExpectedStock
    lists: dict[str, ExpectedList] = field(default_factory=dict)

    def receives(self, name: str, changes: Sequence[SentChange], now: datetime) -> None:
        """A list comes under its key, for the first time or again."""
        known = self.lists.setdefault(name, ExpectedList(tuple(changes), now))
        if known.changes != tuple(changes):
            raise FeedConflict

    def decides(self, name: str, index: int, now: datetime) -> Answer:
        """What becomes of a change, or became of it when the list came before."""
        sent = self.lists[name]
        if index not in sent.answers:
            result = self._result(sent, sent.changes[index], now + A_MOMENT)
            level = self.stock.levels.get(sent.changes[index].key)
            is_shown = level is not None and result != "INVALID"
            sent.answers[index] = (result, level.on_hand, level.available) if level and is_shown else INVALID
        return sent.answers[index]

    def _result(self, sent: ExpectedList, change: SentChange, now: datetime) -> str:
        level = self.stock.levels.get(change.key)
        if change.as_of and change.as_of > sent.accepted_at:
            return "INVALID"
        if level is None:
            return self._create(sent, change, now)
        if change.kind is ChangeKind.COUNTED:
            return self._count(sent, change, level, now)
        if change.kind is ChangeKind.SOLD_ELSEWHERE and level.available < -change.units:
            return "SHORT"
        if level.on_hand + change.units < level.kept:
            return "BELOW_RESERVED"
        if not change.units and change.threshold in (None, level.threshold):
            return "UNCHANGED"
        level.describes(level.threshold if change.threshold is None else change.threshold, now)
        if change.units:
            sent.moved.append((change.key, change.units))
        level.moves(change.units, now)
        self.stock.claim_and_send([change.key], now)
        return "APPLIED"

    def _create(self, sent: ExpectedList, change: SentChange, now: datetime) -> str:
        if change.kind not in (ChangeKind.COUNTED, ChangeKind.RECEIVED):
            return "INVALID"
        level = ExpectedLevel(change.units, change.threshold or 0, now)
        if change.kind is ChangeKind.COUNTED:
            level.counted_as_of = change.as_of or sent.accepted_at
        else:
            level.shelf.append((now, change.units))
            sent.moved.append((change.key, change.units))
        self.stock.levels[change.key] = level
        return "APPLIED"

    def _count(self, sent: ExpectedList, change: SentChange, level: ExpectedLevel, now: datetime) -> str:
        """A count is of its moment: what happened since stays, and a later count is not undone."""
        as_of = change.as_of or sent.accepted_at
        threshold = level.threshold if change.threshold is None else change.threshold
        if change.as_of and level.described_at > as_of and threshold != level.threshold:
            return "INVALID"
        on_hand = level.on_hand
        if level.counted_as_of is None or level.counted_as_of <= as_of:
            on_hand = change.units + level.moved_since(as_of)
            if not change.as_of:  # the changes before it in the list were counted with it
                on_hand -= sum(units for key, units in sent.moved if key == change.key)
            if on_hand != level.on_hand and on_hand < level.kept:
                return "BELOW_RESERVED"
            level.counted_as_of = as_of
        if (on_hand, threshold) == (level.on_hand, level.threshold):
            return "UNCHANGED"
        level.describes(threshold, now)
        level.becomes(on_hand)
        self.stock.claim_and_send([change.key], now)
        return "APPLIED"
