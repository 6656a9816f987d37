"""A list of changes, applied once: levels side by side, the changes of one level in the order of the list.

Each change is decided alone, and its decision is stored in the transaction of the change (`decisions.py`). So the
whole list can be sent again under its key: what was decided is repeated, what was busy is tried.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any

from inventory.errors import (
    BelowReserved,
    FeedConflict,
    FieldError,
    InsufficientStock,
    InvalidRequest,
    LevelNotFound,
    LevelUnreadable,
    MalformedJson,
    TransientError,
)
from inventory.feed.changes import ChangeKind, StockChange, plan_change, plan_counted
from inventory.feed.decisions import FeedDecisions
from inventory.feed.requests import InvalidChange
from inventory.items import UNREADABLE
from inventory.model import UNITS_MAX, Level, LevelKey, iso
from inventory.observability import logger
from inventory.stock.batch import ACCEPTANCE, Batch, BatchRow, Decision, Once
from inventory.stock.changes import ChangeContext, StockChanges, as_written
from inventory.stock.counts import NOTHING, ChangeOutcome, Plan

WRITERS = 16
# An attempt takes less, unless AWS is slow: none begins with less time left.
ATTEMPT_SECONDS = 8.0
# What the answer takes. Then it is given, whatever is still running: that is busy.
ANSWER_SECONDS = 2.0
REASON = "stock feed"

Sent = Sequence[StockChange | InvalidChange]


class Result(StrEnum):
    """What became of one change. BUSY: nothing yet; the same list must be sent again."""

    APPLIED = "APPLIED"
    UNCHANGED = "UNCHANGED"
    INVALID = "INVALID"
    SHORT = "SHORT"
    BELOW_RESERVED = "BELOW_RESERVED"
    BUSY = "BUSY"


RESULTS = {
    ChangeOutcome.CREATED: Result.APPLIED,
    ChangeOutcome.CHANGED: Result.APPLIED,
    ChangeOutcome.UNCHANGED: Result.UNCHANGED,
}
# The results of refusals, by the code of the error; any other refusal is INVALID.
REFUSED: dict[str, Result] = {InsufficientStock.code: Result.SHORT, BelowReserved.code: Result.BELOW_RESERVED}
REFUSALS = (InsufficientStock, BelowReserved, InvalidRequest, LevelNotFound)


@dataclass(frozen=True, slots=True)
class Applied:
    """The answer to one change: the level as it was decided on, or what is wrong with the change."""

    result: Result
    level: Level | None = None
    errors: tuple[FieldError, ...] = ()

    @classmethod
    def of(cls, decision: Decision) -> "Applied":
        """The answer to a decided change."""
        result = RESULTS.get(decision.outcome) or REFUSED.get(decision.code or "", Result.INVALID)
        return cls(result, decision.level, decision.errors)

    def to_json(self, index: int) -> dict[str, Any]:
        """Its place in the list, its result, and what is known of the level and of the errors."""
        content: dict[str, Any] = {"index": index, "result": self.result}
        if self.level and self.result is not Result.INVALID:
            content["level"] = self.level.to_json()
        if self.errors:
            content["errors"] = [error.to_json() for error in self.errors]
        return content


BUSY = Applied(Result.BUSY)


@dataclass(frozen=True, slots=True)
class StockFeed:
    """Applies the changes that machines send, within the time of one invocation."""

    changes: StockChanges
    store: FeedDecisions
    retention: timedelta
    clock: Callable[[], datetime]
    seconds_left: Callable[[], float]

    def apply(self, key: str, sent: Sent, actor: str) -> list[Applied]:
        """Apply each change once, however often the list is sent under its key.

        Returns:
            What became of each change, in the order of the list. It is BUSY if nothing was decided within the time.

        Raises:
            FeedConflict: the key was used before for another list.
            TransientError: AWS asks to try again later; nothing was done.
        """
        run = self._accept(key, sent, actor)
        levels: dict[LevelKey, list[int]] = defaultdict(list)
        for index, change in enumerate(sent):
            if isinstance(change, StockChange):
                levels[change.key].append(index)
            else:
                run.applied[index] = Applied(Result.INVALID, errors=change.errors)
        writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="feed")
        running = [writers.submit(run.apply_to_level, indexes) for indexes in levels.values()]
        done, _ = wait(running, timeout=max(0.0, self.seconds_left() - ANSWER_SECONDS))
        # What still runs has no time for another attempt. What it writes meanwhile is found under the key.
        writers.shutdown(wait=False, cancel_futures=True)
        defects = [error for level in done if (error := level.exception())]
        for defect in defects:
            logger.error("the changes of a level failed", reason=repr(defect))
            # One broken row must not fail the others: it is busy. If every level fails, the call does.
            if len(defects) == len(levels) or not isinstance(defect, Exception):
                raise defect
        return [run.applied.get(index, BUSY) for index in range(len(sent))]

    def _accept(self, key: str, sent: Sent, actor: str) -> "_Run":
        """Accept a list under its key, or find what was decided of it before."""
        now = self.clock()
        batch = Batch(key, now + self.retention)
        acceptance = Decision(ChangeOutcome.CHANGED, etag=_content_hash(sent), decided_at=iso(now))
        try:
            accepted = self.store.decide(BatchRow(batch, ACCEPTANCE), acceptance, now)
        except UNREADABLE as error:
            raise FeedConflict("the key was used before, but what was sent cannot be read") from error
        if accepted.etag != acceptance.etag or accepted.decided_at is None:
            raise FeedConflict("the key was used before, for other changes")
        is_new = accepted is acceptance
        return _Run(
            feed=self,
            sent=sent,
            batch=replace(batch, expires_at=datetime.fromisoformat(accepted.decided_at) + self.retention),
            accepted_at=accepted.decided_at,
            context=ChangeContext(actor, REASON, key),
            decisions={} if is_new else self.store.decisions(batch, range(1, len(sent) + 1)),
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """One call with a list that was accepted."""

    feed: StockFeed
    sent: Sent
    batch: Batch
    accepted_at: str
    context: ChangeContext
    decisions: Mapping[int, Decision]  # of earlier calls, by the number of the change
    applied: dict[int, Applied] = field(default_factory=dict)

    def apply_to_level(self, indexes: Sequence[int]) -> None:
        """Apply the changes of one level, one after the other; after one that is busy, those behind it are busy too."""
        moved_by_list = 0
        for index in indexes:
            change = self.sent[index]
            assert isinstance(change, StockChange)  # noqa: S101  # the others have no level
            try:
                decision = self.decisions.get(index + 1) or self._decide(index + 1, change, moved_by_list)
            except TransientError:
                return
            except LevelUnreadable as error:  # nothing is decided: it ends with the repair of the row
                self.applied[index] = Applied(Result.INVALID, errors=(FieldError("product_id", str(error)),))
                continue
            self.applied[index] = Applied.of(decision)
            moved_by_list += self._moved_since_acceptance(change, decision)

    def _decide(self, number: int, change: StockChange, moved_by_list: int) -> Decision:
        if change.as_of and change.as_of > self.accepted_at:
            # The moment of the acceptance is kept, so a repeated call is answered like the first.
            message = f"is in the future: the list came at {self.accepted_at}"
            return Decision(ChangeOutcome.REFUSED, (FieldError("as_of", message),))
        store, row = self.feed.store, BatchRow(self.batch, number)

        def attempt(level: Level | None, now: datetime) -> Decision | None:
            try:
                plan = self._plan(level, change, moved_by_list, now)
            except REFUSALS as error:
                if self.feed.changes.may_have(level, _removed_by(error)):
                    return None
                refused = Decision(ChangeOutcome.REFUSED, _errors_of(error, change), code=error.code, level=level)
                return store.decide(row, refused, now)
            plan = as_written(level, plan, by_hand=not _is_moved(level, change, now))
            decision = Decision(plan.outcome, level=plan.level, decided_at=iso(now))
            if plan.changes_nothing:
                return store.decide(row, decision, now)
            return decision if self._write(row, (level, plan), change, decision, now) else None

        levels = self.feed.changes.store
        return Once(levels, store, self._time).decide(row, change.key, attempt, partial(levels.level, change.key))

    def _plan(self, level: Level | None, change: StockChange, moved_by_list: int, now: datetime) -> Plan:
        if change.kind is not ChangeKind.COUNTED:
            return plan_change(level, change, now)
        as_of = change.as_of or self.accepted_at
        since = change.to_count(level, as_of).ledger_since(level)
        level, moved = self.feed.changes.since(level, change.key, since) if since else (level, NOTHING)
        if change.as_of is None:  # such a count comes after the changes before it in the list: it includes them
            moved = replace(moved, happened=moved.happened - moved_by_list)
        return plan_counted(level, change, self.accepted_at, moved, now)

    def _write(
        self, row: BatchRow, planned: tuple[Level | None, Plan], change: StockChange, decision: Decision, now: datetime
    ) -> bool:
        """Write a plan with its decision; False when it was made from a reading that is no longer true."""
        level, plan = planned
        changes = self.feed.changes
        context = replace(self.context, kind=change.movement_kind(level, plan))
        if change.reference:
            context = replace(context, reference=change.reference)
        decided = self.feed.store.write_of(row, decision, now)
        if level and _is_moved(level, change, now):
            return changes.move(level, plan, context, now, decided)
        return changes.write(level, plan, context, now, decided) is not None

    def _moved_since_acceptance(self, change: StockChange, decision: Decision) -> int:
        """The units of a change that a reading of the ledger since the acceptance contains."""
        is_written = RESULTS.get(decision.outcome) is Result.APPLIED
        is_after = decision.decided_at is not None and decision.decided_at > self.accepted_at
        return change.delta if change.delta and is_written and is_after else 0

    def _time(self) -> datetime:
        """The time of an attempt, if one may still begin."""
        if self.feed.seconds_left() < ATTEMPT_SECONDS:
            raise TransientError("no time is left for another attempt")
        return self.feed.clock()


def _is_moved(level: Level | None, change: StockChange, now: datetime) -> bool:
    """Whether a change moves units of a level that exists, and says nothing new of its description."""
    return level is not None and bool(change.delta) and change.describe(level, now) is level


def _errors_of(
    error: BelowReserved | InsufficientStock | InvalidRequest | LevelNotFound, change: StockChange
) -> tuple[FieldError, ...]:
    """What is wrong with a change, by field."""
    match error:
        case InvalidRequest():
            return tuple(error.errors)
        case LevelNotFound():
            return (FieldError("product_id", str(error)),)
        case _:
            return (FieldError(change.figure, str(error)),)


def _removed_by(refusal: BelowReserved | InsufficientStock | InvalidRequest | LevelNotFound) -> int:
    """How many available units a change would have needed."""
    match refusal:
        case BelowReserved():
            return refusal.removed
        case InsufficientStock():
            return sum(shortage.requested for shortage in refusal.shortages)
        case _:
            return UNITS_MAX + 1  # it is refused for something else


def _content_hash(sent: Sent) -> str:
    """What identifies the content of a list, however its JSON was written."""
    content = [asdict(change) if isinstance(change, StockChange) else {"invalid": change.content} for change in sent]
    try:
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    except RecursionError as error:
        raise MalformedJson("the body is nested too deeply") from error
