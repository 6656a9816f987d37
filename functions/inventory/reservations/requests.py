"""What a checkout service reports, checked field by field."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from inventory.validation import Reference, Request


class PaymentResult(Request):
    """What the payment provider answered, as a checkout service reports it."""

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
