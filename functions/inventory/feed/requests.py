"""The list of changes that a machine sends. Each change is checked alone: a wrong one does not stop the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from inventory.errors import FieldError, InvalidRequest
from inventory.feed.changes import ChangeKind, StockChange
from inventory.stock.counts import DESCRIPTION
from inventory.validation import Delta, Identifier, Moment, Reference, Request, Text, Units

CHANGES_MAX = 500
# What is answered of a wrong change: a hostile list must not make an answer that is larger than Lambda may give.
ERRORS_MAX = 5
FIELD_LENGTH_MAX = 60


class _List(Request):
    changes: Annotated[tuple[Any, ...], Field(min_length=1, max_length=CHANGES_MAX)]


class ChangeContent(Request):
    """One change, field by field; which fields belong to which kind is checked afterwards."""

    product_id: Identifier
    warehouse_id: Identifier
    kind: ChangeKind
    on_hand: Units | None = None
    delta: Delta | None = None
    as_of: Moment | None = None
    reference: Reference | None = None
    name: Text | None = None
    category: Text | None = None
    low_stock_threshold: Units | None = None

    def wrong_figures(self) -> Iterator[FieldError]:
        """Which fields its kind lacks, and which do not belong to it."""
        is_count = self.kind is ChangeKind.COUNTED
        has_delta = not is_count and self.kind is not ChangeKind.DESCRIBED
        yield from _required("on_hand", self.on_hand, is_count, self.kind)
        yield from _required("delta", self.delta, has_delta, self.kind)
        if self.as_of is not None and not is_count:
            yield FieldError("as_of", f"is the moment of a count, and {self.kind} is none")
        if self.delta is not None and self.kind is ChangeKind.RECEIVED and self.delta < 0:
            yield FieldError("delta", f"must be at least 1 with {self.kind}")
        if self.delta is not None and self.kind is ChangeKind.SOLD_ELSEWHERE and self.delta > 0:
            yield FieldError("delta", f"must be at most -1 with {self.kind}")
        if self.kind is ChangeKind.DESCRIBED and all(getattr(self, name) is None for name in DESCRIPTION):
            yield FieldError("name", f"or category or low_stock_threshold is required with {self.kind}")


@dataclass(frozen=True, slots=True)
class InvalidChange:
    """A change that cannot be read, as it was sent, and what is wrong with it."""

    content: Any
    errors: tuple[FieldError, ...]


def parse_changes(content: object) -> list[StockChange | InvalidChange]:
    """Read a list of changes from decoded JSON; one that is wrong is returned with its errors.

    Raises:
        InvalidRequest: it is no list of 1 to CHANGES_MAX entries.
    """
    return [_parse(change) for change in _List.parse(content).changes]


def _parse(content: object) -> StockChange | InvalidChange:
    try:
        read = ChangeContent.parse(content)
    except InvalidRequest as error:
        return _invalid(content, error.errors)
    wrong = list(read.wrong_figures())
    return _invalid(content, wrong) if wrong else StockChange(**dict(read))


def _invalid(content: object, errors: list[FieldError]) -> InvalidChange:
    shown = (FieldError(error.field[:FIELD_LENGTH_MAX], error.message) for error in errors[:ERRORS_MAX])
    return InvalidChange(content, tuple(shown))


def _required(field: str, value: int | None, is_required: bool, kind: ChangeKind) -> Iterator[FieldError]:
    if is_required and value is None:
        yield FieldError(field, f"is required with {kind}")
    if not is_required and value is not None:
        yield FieldError(field, f"does not belong to {kind}")
