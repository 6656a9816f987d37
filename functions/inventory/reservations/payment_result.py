"""What a payment provider answered, as a checkout service reports it.

Read by plain functions: pydantic alone would cost RecordPayment a fifth of its cold start.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from inventory.errors import FieldError, InvalidRequest
from inventory.identifiers import IDENTIFIER
from inventory.values import dataclass

FIELDS = ("outcome", "payment_reference", "retry", "amount", "currency")
REFERENCES = ("payment_reference", "amount", "currency")  # texts of another system, kept as they come


@dataclass(frozen=True, slots=True)
class Money:
    """A payment that succeeded; its amount and its currency are kept as they came, and never used."""

    payment_reference: str
    amount: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """A payment that succeeded or failed; `retry` says that the shopper tries again after a failure."""

    outcome: Literal["SUCCEEDED", "FAILED"]
    payment_reference: str | None = None
    retry: bool = False
    amount: str | None = None
    currency: str | None = None

    @classmethod
    def parse(cls, content: object) -> Self:
        """Read a result from decoded JSON.

        Raises:
            InvalidRequest: names every wrong field.
        """
        if not isinstance(content, Mapping):
            raise InvalidRequest([FieldError("(content)", "must be an object")])
        errors = list(_field_errors(content)) or list(_contradictions(content))
        if errors:
            raise InvalidRequest(errors)
        references = {name: IDENTIFIER.read(content[name]) for name in REFERENCES if content.get(name) is not None}
        return cls(outcome=content["outcome"], retry=content.get("retry", False), **references)

    def money(self) -> Money | None:
        """The payment, if it succeeded."""
        if self.outcome == "FAILED" or self.payment_reference is None:
            return None
        return Money(self.payment_reference, self.amount, self.currency)


def _field_errors(content: Mapping[str, Any]) -> Iterator[FieldError]:
    if "outcome" not in content:
        yield FieldError("outcome", "is required")
    elif content["outcome"] not in ("SUCCEEDED", "FAILED"):
        yield FieldError("outcome", "must be 'SUCCEEDED' or 'FAILED'")
    for name in FIELDS[1:]:
        if name == "retry":
            if not isinstance(content.get(name, False), bool):
                yield FieldError(name, "must be true or false")
        elif content.get(name) is not None and (message := _reference_error(content[name])):
            yield FieldError(name, message)
    for name in content:
        if name not in FIELDS:
            yield FieldError(name, "is not a known field")


def _reference_error(text: object) -> str | None:
    if not isinstance(text, str) or any("\ud800" <= character <= "\udfff" for character in text):  # half a character
        return "must be text"
    return IDENTIFIER.message if IDENTIFIER.read(text) is None else None


def _contradictions(content: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with fields together that are right alone."""
    if content["outcome"] != "SUCCEEDED":
        return
    if content.get("payment_reference") is None:
        yield FieldError("payment_reference", "a payment that succeeded needs its reference")
    elif content.get("retry"):
        yield FieldError("retry", "only a payment that failed can be tried again")
