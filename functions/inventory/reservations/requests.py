"""What a checkout service reports, checked field by field."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from inventory.validation import Reference, Request


@dataclass(frozen=True, slots=True)
class Money:
    """A payment that succeeded; its amount and its currency are kept as they came, and never used."""

    payment_reference: str
    amount: str | None = None
    currency: str | None = None


class PaymentResult(Request):
    """What the payment provider answered, as a checkout service reports it."""

    outcome: Literal["SUCCEEDED", "FAILED"]
    payment_reference: Reference | None = None
    retry: Annotated[bool, Field(strict=True)] = False
    amount: Reference | None = None
    currency: Reference | None = None

    @model_validator(mode="after")
    def _a_success_can_be_traced(self) -> Self:
        if self.outcome == "SUCCEEDED" and self.payment_reference is None:
            raise ValueError("payment_reference: a payment that succeeded needs its reference")
        if self.outcome == "SUCCEEDED" and self.retry:
            raise ValueError("retry: only a payment that failed can be tried again")
        return self

    def money(self) -> Money | None:
        """The payment, if it succeeded."""
        if self.outcome == "FAILED" or self.payment_reference is None:
            return None
        return Money(self.payment_reference, self.amount, self.currency)


class OrderQuery(Request):
    """A page of the reservations of one order."""

    order_id: Reference
    cursor: str | None = None
