"""What callers ask for, checked field by field before anything is read or written."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from inventory.errors import FieldError, InvalidRequest, InvalidReservation
from inventory.model import QUANTITY_MAX, Identifier, LevelKey, Line, Reservation, Status, iso, matching

HOLD_SECONDS_DEFAULT = 900
HOLD_SECONDS_MAX = 86_400
# A commit writes the reservation, its customer's count, and a level and a movement per line: 2 + 2 x 45 of a
# transaction's 100 actions.
DISTINCT_LINES_MAX = 45
# Lines as given, before equal ones are merged: only so that rubbish is not read for ever.
LINES_MAX = 1_000

ReservationId = Annotated[str, matching(r"[A-Za-z0-9_-]{1,80}", "must be 1 to 80 of A-Z, a-z, 0-9, - and _")]
# Ids and references of other systems: printable ASCII without spaces around it, so that logs and subjects stay one line.
Reference = Annotated[
    str,
    matching(r"[!-~]([ -~]{0,126}[!-~])?", "must be 1 to 128 printable ASCII characters, without spaces around them"),
]


class ReservationRequest(BaseModel):
    """What a checkout asks for: the workflow's input, and the body of an HTTP reservation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    order_id: Reference | None = None
    customer_id: Reference | None = None
    hold_seconds: Annotated[int, Field(strict=True, ge=1, le=HOLD_SECONDS_MAX)] = HOLD_SECONDS_DEFAULT

    @classmethod
    def parse(
        cls,
        content: object,
        *,
        longest_hold_seconds: int = HOLD_SECONDS_MAX,
        customer_id_required: bool = False,
    ) -> Self:
        """Read a request from decoded JSON.

        Raises:
            InvalidReservation: with every field that is wrong.
        """
        try:
            request = cls.model_validate(content)
        except ValidationError as error:
            raise InvalidReservation(field_errors(error)) from error
        wrong = []
        if customer_id_required and request.customer_id is None:
            wrong.append(FieldError("customer_id", MESSAGES["missing"]))
        if request.hold_seconds > longest_hold_seconds:
            wrong.append(FieldError("hold_seconds", f"must be at most {longest_hold_seconds}"))
        if wrong:
            raise InvalidReservation(wrong)
        return request

    @model_validator(mode="after")
    def _merged_lines_stay_within_limits(self) -> Self:
        merged = self.merged_lines()
        if len(merged) > DISTINCT_LINES_MAX:
            raise ValueError(
                f"lines: at most {DISTINCT_LINES_MAX} different products and warehouses, not {len(merged)}"
            )
        for line in merged:
            if line.quantity > QUANTITY_MAX:
                raise ValueError(
                    f"lines[{self.index_of(line.key)}].quantity: the lines of {line.product_id} in {line.warehouse_id}"
                    f" add up to {line.quantity}, and at most {QUANTITY_MAX} can be reserved"
                )
        return self

    def merged_lines(self) -> tuple[Line, ...]:
        """The lines with equal ones added up: a transaction takes one action per row, and a shortage is of the sum."""
        quantities: dict[LevelKey, int] = {}
        for line in self.lines:
            quantities[line.key] = quantities.get(line.key, 0) + line.quantity
        return tuple(
            Line.model_construct(product_id=key.product_id, warehouse_id=key.warehouse_id, quantity=quantity)
            for key, quantity in quantities.items()
        )

    def held(self, reservation_id: str, now: datetime) -> Reservation:
        """The reservation that this becomes when everything is available."""
        return Reservation(
            reservation_id=reservation_id,
            status=Status.HELD,
            lines=self.merged_lines(),
            hold_seconds=self.hold_seconds,
            created_at=iso(now),
            held_until=iso(now + timedelta(seconds=self.hold_seconds)),
            order_id=self.order_id,
            customer_id=self.customer_id,
        )

    def index_of(self, key: LevelKey) -> int:
        """Where a level is first asked for, to name the field in an error."""
        return next(index for index, line in enumerate(self.lines) if line.key == key)


class Request(BaseModel):
    """What a caller asks for, without a field too many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def parse(cls, content: object) -> Self:
        """Read a request from decoded JSON.

        Raises:
            InvalidRequest: with every field that is wrong.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise InvalidRequest(field_errors(error)) from error


class PaymentResult(Request):
    """What the payment provider said, as a checkout service reports it."""

    outcome: Literal["SUCCEEDED", "FAILED"]
    payment_reference: Reference | None = None
    retry: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _a_success_can_be_traced(self) -> Self:
        if self.outcome == "SUCCEEDED" and self.payment_reference is None:
            raise ValueError("payment_reference: a payment that succeeded needs its reference")
        if self.outcome == "SUCCEEDED" and self.retry:
            raise ValueError("retry: only a payment that failed can be tried again")
        return self


_reservation_ids = TypeAdapter[str](ReservationId)
_identifiers = TypeAdapter[str](Identifier)


def parse_reservation_id(text: object, *, field: str = "reservation_id") -> str:
    """Check a reservation's id, which is its execution's name.

    Raises:
        InvalidReservation: it is not one; the error names the field.
    """
    try:
        return _reservation_ids.validate_python(text, strict=True)
    except ValidationError as error:
        raise InvalidReservation([FieldError(field, wrong.message) for wrong in field_errors(error)]) from error


def parse_identifier(field: str, text: object) -> str:
    """Check a product's or a warehouse's id.

    Raises:
        InvalidRequest: it is not one; the error names the field.
    """
    try:
        return _identifiers.validate_python(text, strict=True)
    except ValidationError as error:
        raise InvalidRequest([FieldError(field, wrong.message) for wrong in field_errors(error)]) from error


# pydantic's finding by its type, in the words of a caller who does not know Python.
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} entry",
    "too_long": "must have at most {max_length} entries",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """pydantic's findings with fields written as a caller would: `lines[2].quantity`."""
    found = error.errors(include_url=False)
    places = [finding["loc"] for finding in found]
    return [
        _field_error(finding)
        for finding in found
        # pydantic counts the valid entries only: a list of wrong ones is not too short as well
        if not (
            finding["type"] == "too_short"
            and any(place[:-1][: len(finding["loc"])] == finding["loc"] for place in places)
        )
    ]


def _field_error(finding: ErrorDetails) -> FieldError:
    path = ""
    for part in finding["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    if finding["type"] == "value_error":  # a rule of ours: its sentence names the field itself
        path, _, message = str(finding["ctx"]["error"]).partition(": ")
    else:
        template = MESSAGES.get(finding["type"])
        message = template.format_map(finding.get("ctx", {})) if template else finding["msg"]
    return FieldError(path or "(content)", message)
