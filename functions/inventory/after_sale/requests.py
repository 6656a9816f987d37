"""What a shop reports of sold units, checked field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from inventory.model import QUANTITY_MAX, LevelKey, Line
from inventory.reservations.reservation_request import LINES_MAX
from inventory.validation import Identifier, Reference, Request, WholeNumber


class Disposition(StrEnum):
    """What becomes of returned units."""

    RESTOCK = "RESTOCK"  # they are sold again
    DISCARD = "DISCARD"  # they are not


class UnitsContent(Request):
    """Units of one product."""

    product_id: Identifier
    quantity: Annotated[WholeNumber, Field(ge=1, le=QUANTITY_MAX)]
    warehouse_id: Identifier | None = None


LineContents = Annotated[tuple[UnitsContent, ...], Field(min_length=1, max_length=LINES_MAX)]


class ReturnContent(Request):
    """The units that came back, and what becomes of them."""

    lines: LineContents
    disposition: Disposition
    reference: Reference

    def units_return(self) -> "UnitsReturn":
        return UnitsReturn(_lines(self.lines), self.disposition, self.reference)


class DispatchContent(Request):
    """The units that leave their warehouses; without lines, all that are left."""

    lines: LineContents | None = None
    reference: Reference

    def units_dispatch(self) -> "UnitsDispatch":
        return UnitsDispatch(None if self.lines is None else _lines(self.lines), self.reference)


@dataclass(frozen=True, slots=True)
class UnitsReturn:
    """A return, with its lines as they were sent."""

    lines: tuple[Line, ...]
    disposition: Disposition
    reference: str

    def content(self) -> dict[str, Any]:
        """All that it says, in whatever order its lines come."""
        return {"lines": _content(self.lines), "disposition": self.disposition, "reference": self.reference}

    def field_of(self, key: LevelKey) -> str:
        """The field that an error names for what a level would get."""
        meant = (key.product_id, None), (key.product_id, key.warehouse_id)
        return f"lines[{next(index for index, line in enumerate(self.lines) if line.asked in meant)}].quantity"


@dataclass(frozen=True, slots=True)
class UnitsDispatch:
    """A dispatch, with its lines as they were sent; None means all that is left."""

    lines: tuple[Line, ...] | None
    reference: str

    def content(self) -> dict[str, Any]:
        """All that it says, in whatever order its lines come."""
        return {"lines": None if self.lines is None else _content(self.lines), "reference": self.reference}


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with equal ones added up, in their order."""
    quantities: dict[tuple[str, str | None], int] = {}
    for line in lines:
        quantities[line.asked] = quantities.get(line.asked, 0) + line.quantity
    return tuple(Line(*asked, quantity) for asked, quantity in quantities.items())


def _lines(contents: Iterable[UnitsContent]) -> tuple[Line, ...]:
    return tuple(Line(content.product_id, content.warehouse_id, content.quantity) for content in contents)


def _content(lines: Iterable[Line]) -> list[Any]:
    return sorted([line.product_id, line.warehouse_id or "", line.quantity] for line in merged(lines))
