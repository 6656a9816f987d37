"""What a checkout asks for: the workflow's input, and the body of an HTTP reservation.

Read by plain functions, as the workflow's first step reads it too and must not load pydantic.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Self

from inventory.errors import FieldError, InvalidReservation
from inventory.identifiers import (
    DOT_SEGMENTS,
    IDENTIFIER,
    KEY,
    RESERVATION_ID,
    TextRule,
    name_of,
    whole_number,
)
from inventory.model import (
    DEFAULT_WAREHOUSE,
    QUANTITY_MAX,
    CustomerLimits,
    Line,
    Reservation,
    Status,
    iso,
)
from inventory.stock.sourcing import SOURCES_MAX, Sourcing, SourcingPolicy
from inventory.values import dataclass

HOLD_SECONDS_DEFAULT = 900
HOLD_SECONDS_MAX = 31 * 86_400  # for bank transfers
DISTINCT_LINES_MAX = SOURCES_MAX  # each line has a source
# Lines as sent, before equal ones are merged: a bound on the work for a request.
LINES_MAX = 1_000

PARTIAL = "PARTIAL"  # the one value of `accept`
FIELDS = ("lines", "order_id", "customer_id", "hold_seconds", "reservation_id", "accept")
LINE_FIELDS = ("product_id", "warehouse_id", "quantity")
MISSING = object()


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """What the shop's settings allow a new checkout. Settings may change: what was held before keeps what it got."""

    longest_hold_seconds: int
    customer_id_required: bool
    customer_limits: CustomerLimits
    sourcing: SourcingPolicy

    @property
    def default_hold_seconds(self) -> int:
        return min(HOLD_SECONDS_DEFAULT, self.longest_hold_seconds)


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """A checkout's lines, in the order in which they were sent, and how long to hold them; None for the default.

    `reservation_id` is its key, if that is not the name of its execution. `accepts_partial`: hold what there is; otherwise
    hold all lines or none.
    """

    lines: tuple[Line, ...]
    order_id: str | None = None
    customer_id: str | None = None
    hold_seconds: int | None = None
    reservation_id: str | None = None
    accepts_partial: bool = False

    @classmethod
    def parse(cls, content: object) -> Self:
        """Read a request from decoded JSON.

        Raises:
            InvalidReservation: names every wrong field.
        """
        if not isinstance(content, Mapping):
            raise InvalidReservation([FieldError("(content)", "must be an object")])
        _raise_if_any(_field_errors(content))
        request = cls(
            lines=tuple(_line(line) for line in content["lines"]),
            order_id=_optional_identifier(content.get("order_id")),
            customer_id=_optional_identifier(content.get("customer_id")),
            hold_seconds=whole_number(content["hold_seconds"]) if "hold_seconds" in content else None,
            reservation_id=content.get("reservation_id"),
            accepts_partial="accept" in content,
        )
        _raise_if_any(request._merged_line_errors())
        return request

    @classmethod
    def parse_lines(cls, content: object) -> Self:
        """Read the lines that a hold is to have, from decoded JSON with nothing else in it.

        Raises:
            InvalidReservation: names every wrong field.
        """
        if not isinstance(content, Mapping):
            raise InvalidReservation([FieldError("(content)", "must be an object")])
        _raise_if_any([*_lines_errors(content), *_unknown_fields(content, ("lines",))])
        return cls.parse(content)

    @classmethod
    def of(cls, reservation: Reservation) -> Self:
        """The request that a reservation was made for whose lines say what was asked."""
        return cls(reservation.lines, reservation.order_id, reservation.customer_id, reservation.hold_seconds)

    def merged_lines(self) -> tuple[Line, ...]:
        """The lines with equal ones added up: a transaction writes each item once, and a shortage is of the sum."""
        return tuple(Line(*asked, quantity) for asked, quantity in _quantities(self.lines).items())

    def held(self, reservation_id: str, policy: HoldPolicy, now: datetime) -> Reservation:
        """The reservation that this request becomes if everything is available where it is tried first."""
        hold_seconds = self.hold_seconds or policy.default_hold_seconds
        was_started_directly = self.reservation_id is None and name_of(reservation_id) != reservation_id
        return Reservation(
            reservation_id=reservation_id,
            started_as=reservation_id if was_started_directly else None,
            status=Status.HELD,
            lines=policy.sourcing.at_first(self.merged_lines()),
            hold_seconds=hold_seconds,
            longest_hold_seconds=policy.longest_hold_seconds,
            created_at=iso(now),
            held_until=iso(now + timedelta(seconds=hold_seconds)),
            order_id=self.order_id,
            customer_id=self.customer_id,
            # Its lines may say less than was asked. A whole hold is known by it too: the row must say what was accepted.
            request_hash=self.content_hash(hold_seconds) if self.accepts_partial else None,
        )

    def id_under(self, execution_name: str) -> str:
        """The reservation's id: its key, or the name of an execution that was started directly.

        Raises:
            InvalidReservation: the execution belongs to another key, or its name cannot be a part of a path.
        """
        if execution_name in DOT_SEGMENTS:
            raise InvalidReservation([FieldError("reservation_id", "must not be . or ..")])
        if self.reservation_id is None:
            return execution_name
        if name_of(self.reservation_id) != execution_name:
            message = f"belongs to an execution with the name {name_of(self.reservation_id)}"
            raise InvalidReservation([FieldError("reservation_id", message)])
        return self.reservation_id

    def is_request_of(self, reservation: Reservation) -> bool:
        """Whether it asked for this reservation, in whatever order its lines come, and wherever they were placed.

        The default hold may have changed.
        """
        if reservation.request_hash is not None:
            hashes = (
                self.content_hash(reservation.hold_seconds),
                self.content_hash_of_first_edition(reservation.hold_seconds),
            )
            return reservation.request_hash in hashes
        asked = self._lines_of_first_edition() if reservation.is_of_first_edition else self.lines
        return (
            _quantities(asked) == _quantities(reservation.lines)
            and self.order_id == reservation.order_id
            and self.customer_id == reservation.customer_id
            and self.hold_seconds in (None, reservation.hold_seconds)
            and not self.accepts_partial
        )

    def content_hash(self, hold_seconds: int) -> str:
        """What it asks for as a hash, in whatever order its lines come.

        Args:
            hold_seconds: the hold that it got, which counts if it asks for none: the default may have changed.
        """
        lines = sorted(
            (product_id, warehouse_id or "", quantity)
            for (product_id, warehouse_id), quantity in _quantities(self.lines).items()
        )
        accepted = [PARTIAL] if self.accepts_partial else []
        content = [lines, self.order_id, self.customer_id, self.hold_seconds or hold_seconds, *accepted]
        return sha256(json.dumps(content).encode()).hexdigest()

    def content_hash_of_first_edition(self, hold_seconds: int) -> str:
        """The same of a row of the first edition, which does not say whether a line of `main` named that warehouse."""
        return "main-" + replace(self, lines=self._lines_of_first_edition()).content_hash(hold_seconds)

    def is_equal_to(self, other: "ReservationRequest") -> bool:
        """Whether both ask for the same, in whatever order their lines come."""
        return _quantities(self.lines) == _quantities(other.lines) and (
            self.order_id,
            self.customer_id,
            self.hold_seconds,
            self.accepts_partial,
        ) == (
            other.order_id,
            other.customer_id,
            other.hold_seconds,
            other.accepts_partial,
        )

    def raise_if_not_placed(self, policy: SourcingPolicy) -> None:
        """Refuse lines without a warehouse if the shop's settings place none.

        Raises:
            InvalidReservation: names every such line.
        """
        _raise_if_any(self._sourcing_errors(policy))

    def raise_if_against(self, policy: HoldPolicy) -> None:
        """Refuse what the shop's settings do not allow a new checkout.

        Raises:
            InvalidReservation: names every such field.
        """
        _raise_if_any(self._policy_errors(policy))

    def index_of(self, line: Line) -> int:
        """The first line that asks for the same: its place names the field of an error."""
        return next(index for index, asking in enumerate(self.lines) if asking.asked == line.asked)

    def raise_if_unknown(self, unknown: Iterable[Line]) -> None:
        """Refuse lines whose stock level does not exist, or whose product has none if they name no warehouse.

        Raises:
            InvalidReservation: names each such line.
        """
        _raise_if_any(
            FieldError(f"lines[{self.index_of(line)}].product_id", f"there is no stock level of {_name_of(line)}")
            for line in unknown
        )

    def to_json(self) -> dict[str, Any]:
        """The workflow's input."""
        content = {
            "lines": [line.request_json() for line in self.lines],
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "hold_seconds": self.hold_seconds,
            "reservation_id": self.reservation_id,
            "accept": PARTIAL if self.accepts_partial else None,
        }
        return {name: value for name, value in content.items() if value is not None}

    def _lines_of_first_edition(self) -> tuple[Line, ...]:
        """The lines as the first edition read them: one without a warehouse was one of `main`."""
        return tuple(replace(line, warehouse_id=line.warehouse_id or DEFAULT_WAREHOUSE) for line in self.lines)

    def _merged_line_errors(self) -> Iterator[FieldError]:
        merged = self.merged_lines()
        if len(merged) > DISTINCT_LINES_MAX:
            message = f"at most {DISTINCT_LINES_MAX} different products and warehouses, not {len(merged)}"
            yield FieldError("lines", message)
            return
        for line in merged:
            if line.quantity > QUANTITY_MAX:
                message = (
                    f"the lines of {_name_of(line, 'in')} add up to {line.quantity},"
                    f" and at most {QUANTITY_MAX} can be reserved"
                )
                yield FieldError(f"lines[{self.index_of(line)}].quantity", message)
                return

    def _policy_errors(self, policy: HoldPolicy) -> Iterator[FieldError]:
        if policy.customer_id_required and self.customer_id is None:
            yield FieldError("customer_id", "is required")
        if (self.hold_seconds or policy.default_hold_seconds) > policy.longest_hold_seconds:
            yield FieldError("hold_seconds", f"must be at most {policy.longest_hold_seconds}")
        yield from self._sourcing_errors(policy.sourcing)

    def _sourcing_errors(self, policy: SourcingPolicy) -> Iterator[FieldError]:
        if policy.sourcing is Sourcing.NAMED:
            for index, line in enumerate(self.lines):
                if line.warehouse_id is None:
                    yield FieldError(f"lines[{index}].warehouse_id", "is required")


def request_hash_of(reservation: Reservation) -> str:
    """The hash of what the creation of a reservation asked, whether its lines still say so or not."""
    if reservation.request_hash is not None:
        return reservation.request_hash
    request = ReservationRequest.of(reservation)
    if reservation.is_of_first_edition:
        return request.content_hash_of_first_edition(reservation.hold_seconds)
    return request.content_hash(reservation.hold_seconds)


def parse_key(text: object, *, field: str = "Idempotency-Key") -> str:
    """Check the key of a call.

    Raises:
        InvalidReservation: names the field.
    """
    return _parse(text, KEY, field)


def parse_reservation_id(text: object) -> str:
    """Check what names an existing reservation: its key, or its execution.

    Raises:
        InvalidReservation: it can be neither.
    """
    return _parse(text, RESERVATION_ID, "reservation_id")


def _parse(text: object, rule: TextRule, field: str) -> str:
    message = _text_error(text, rule)
    if message:
        raise InvalidReservation([FieldError(field, message)])
    return str(text)


def raise_if_over_limit(reservation: Reservation) -> None:
    """Refuse a reservation whose lines were placed in more levels than one transaction can write.

    Raises:
        InvalidReservation: names the lines.
    """
    levels = len(reservation.holdings)
    if levels > SOURCES_MAX:
        message = f"would be taken from {levels} products and warehouses, and at most {SOURCES_MAX} are possible"
        raise InvalidReservation([FieldError("lines", message)])


def _quantities(lines: Iterable[Line]) -> dict[tuple[str, str | None], int]:
    """How much lines ask for, equal ones added up, in their order."""
    quantities: dict[tuple[str, str | None], int] = {}
    for line in lines:
        quantities[line.asked] = quantities.get(line.asked, 0) + line.quantity
    return quantities


def _name_of(line: Line, preposition: str = "in warehouse") -> str:
    return line.product_id if line.warehouse_id is None else f"{line.product_id} {preposition} {line.warehouse_id}"


def _raise_if_any(errors: Iterable[FieldError]) -> None:
    found = list(errors)
    if found:
        raise InvalidReservation(found)


def _line(line: Mapping[str, Any]) -> Line:
    """A line that has no error."""
    return Line(
        product_id=IDENTIFIER.read(line["product_id"]) or "",
        warehouse_id=_optional_identifier(line.get("warehouse_id")),
        quantity=whole_number(line["quantity"]) or 0,
    )


def _optional_identifier(text: str | None) -> str | None:
    return None if text is None else IDENTIFIER.read(text)


def _field_errors(content: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from _lines_errors(content)
    for name in ("order_id", "customer_id"):
        if content.get(name) is not None:
            yield from _errors(name, _text_error(content[name], IDENTIFIER))
    if content.get("reservation_id") is not None:
        yield from _errors("reservation_id", _text_error(content["reservation_id"], KEY))
    if "hold_seconds" in content:
        yield from _errors("hold_seconds", _number_error(content["hold_seconds"], HOLD_SECONDS_MAX))
    if "accept" in content and content["accept"] != PARTIAL:
        yield FieldError("accept", f"must be {PARTIAL}, or left out")
    yield from _unknown_fields(content, FIELDS)


def _lines_errors(content: Mapping[str, Any]) -> Iterator[FieldError]:
    lines = content.get("lines")
    if "lines" not in content:
        yield FieldError("lines", "is required")
    elif not isinstance(lines, list | tuple):
        yield FieldError("lines", "must be a list")
    elif not lines:
        yield FieldError("lines", "must have at least 1 entry")
    elif len(lines) > LINES_MAX:
        yield FieldError("lines", f"must have at most {LINES_MAX} entries")
    else:
        for index, line in enumerate(lines):
            yield from _line_errors(f"lines[{index}]", line)


def _line_errors(place: str, line: object) -> Iterator[FieldError]:
    if not isinstance(line, Mapping):
        yield FieldError(place, "must be an object")
        return
    yield from _errors(f"{place}.product_id", _text_error(line.get("product_id", MISSING), IDENTIFIER))
    if line.get("warehouse_id") is not None:
        yield from _errors(f"{place}.warehouse_id", _text_error(line["warehouse_id"], IDENTIFIER))
    yield from _errors(f"{place}.quantity", _number_error(line.get("quantity", MISSING), QUANTITY_MAX))
    yield from _unknown_fields(line, LINE_FIELDS, f"{place}.")


def _unknown_fields(content: Mapping[str, Any], known: tuple[str, ...], prefix: str = "") -> Iterator[FieldError]:
    for name in content:
        if name not in known:
            yield FieldError(f"{prefix}{name}", "is not a known field")


def _errors(field: str, message: str | None) -> Iterator[FieldError]:
    if message:
        yield FieldError(field, message)


def _text_error(text: object, rule: TextRule) -> str | None:
    if text is MISSING:
        return "is required"
    if not isinstance(text, str):
        return "must be text"
    return rule.message if rule.read(text) is None else None


def _number_error(given: object, most: int) -> str | None:
    """What is wrong with a whole number from 1 to `most`."""
    if given is MISSING:
        return "is required"
    number = whole_number(given)
    if number is None:
        return "must be a whole number"
    if number < 1:
        return "must be at least 1"
    return f"must be at most {most}" if number > most else None
