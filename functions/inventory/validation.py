"""pydantic's findings as field errors, and identifiers as pydantic types.

The three functions of the workflow never import this module: pydantic would cost their cold start more than all of our
own code.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from inventory.errors import FieldError, InvalidRequest
from inventory.identifiers import IDENTIFIER, TEXT, TextRule, whole_number
from inventory.model import SHARDS_MAX, UNITS_MAX, iso


def matching(rule: TextRule) -> AfterValidator:
    """A pydantic validator for a text rule."""

    def check(text: str) -> str:
        read = rule.read(text)
        if read is None:
            raise PydanticCustomError("pattern", "{message}", {"message": rule.message})
        return read

    return AfterValidator(check)


Identifier = Annotated[str, matching(IDENTIFIER)]
Reference = Identifier  # an id of another system: an order, a customer, a payment
Text = Annotated[str, StringConstraints(strip_whitespace=True), matching(TEXT)]


def _whole_number(value: object) -> object:
    """A whole number, 2.0 too; any other value is left for the field to refuse."""
    number = whole_number(value)
    return value if number is None else number


WholeNumber = Annotated[int, BeforeValidator(_whole_number), Field(strict=True)]


def _not_zero(number: int) -> int:
    if number == 0:
        raise PydanticCustomError("zero", "must not be 0")
    return number


Units = Annotated[WholeNumber, Field(ge=0, le=UNITS_MAX)]
Shards = Annotated[WholeNumber, Field(ge=1, le=SHARDS_MAX)]
Delta = Annotated[WholeNumber, Field(ge=-UNITS_MAX, le=UNITS_MAX), AfterValidator(_not_zero)]


def _flag(text: object) -> object:
    """True or false from a query; any other text is left for the field to refuse."""
    return {"true": True, "false": False}.get(text, text) if isinstance(text, str) else text


Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True)]

MOMENT_EXPECTED = "a time with its offset, like 2026-03-01T12:00:00Z"


def read_moment(text: str) -> str | None:
    """A moment with its offset and up to 9 digits of a second, as `iso` writes it; None for any other text."""
    found = re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)", text, re.ASCII)
    try:
        return iso(datetime.fromisoformat(text).astimezone(UTC)) if found else None
    except (OverflowError, ValueError):  # no such day, or before the first year
        return None


Moment = Annotated[str, matching(TextRule(read_moment, f"must be {MOMENT_EXPECTED}"))]


class Request(BaseModel):
    """What a caller sends: an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def parse(cls, content: object) -> Self:
        """Read a request from decoded JSON.

        Raises:
            InvalidRequest: names every wrong field.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise InvalidRequest(field_errors(error)) from error

    @classmethod
    def parse_query(cls, parameters: Mapping[str, Any]) -> Self:
        """Read a request from query parameters; an empty one counts as missing.

        Raises:
            InvalidRequest: names every wrong parameter.
        """
        return cls.parse({name: text for name, text in parameters.items() if text})


_identifiers = TypeAdapter[str](Identifier)


def parse_identifier(field: str, text: object) -> str:
    """Check the id of a product or a warehouse.

    Raises:
        InvalidRequest: names the field.
    """
    try:
        return _identifiers.validate_python(text, strict=True)
    except ValidationError as error:
        raise InvalidRequest([FieldError(field, wrong.message) for wrong in field_errors(error)]) from error


# The message for each type of finding, for a caller who does not know Python.
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
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "too_short": "must have at least {min_length} entry",
    "too_long": "must have at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """pydantic's findings, with fields as a caller writes them: `lines[2].quantity`."""
    return [_field_error(finding) for finding in error.errors(include_url=False)]


def _field_error(finding: ErrorDetails) -> FieldError:
    path = ""
    for part in finding["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    if finding["type"] == "value_error":  # one of our own rules, whose sentence begins with the field
        path, _, message = str(finding["ctx"]["error"]).partition(": ")
    else:
        template = MESSAGES.get(finding["type"])
        message = template.format_map(finding.get("ctx", {})) if template else finding["msg"]
    return FieldError(path or "(content)", message)
