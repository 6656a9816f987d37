"""The only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


class MissingSetting(Exception):
    """An environment variable that the functions need is missing or not of its kind."""


@dataclass(frozen=True, slots=True)
class _Settings:
    """Each field is read from the variable of the same name in capitals."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read every setting at once.

        Raises:
            MissingSetting: names every variable that is missing, empty or not of its kind.
        """
        values: dict[str, str | int | bool] = {}
        wrong: list[str] = []
        for field in fields(cls):
            name = field.name.upper()
            text = environment.get(name, "")
            value = _read(text, field.type)
            if value is None:
                wrong.append(f"{name}={text!r}" if text else name)
            else:
                values[field.name] = value
        if wrong:
            raise MissingSetting(f"missing or not valid in the environment: {', '.join(wrong)}")
        return cls(**values)


def trace_header(environment: Mapping[str, str] = os.environ) -> str | None:
    """The X-Ray trace of the request that is being answered, which Lambda renews for each; None where nothing traces."""
    return environment.get("_X_AMZN_TRACE_ID")


def _read(text: str, kind: object) -> str | int | bool | None:
    """A setting as its kind; None when the text is none of it."""
    if kind is bool:
        return {"true": True, "false": False}.get(text)
    if kind is int:
        return int(text) if text.isdecimal() else None
    return text or None


@dataclass(frozen=True, slots=True)
class Settings(_Settings):
    """What template.yaml gives every function."""

    inventory_table_name: str
    reservations_table_name: str
    movements_table_name: str
    customers_table_name: str
    low_stock_topic_arn: str
    operations_topic_arn: str
    longest_hold_seconds: int
    reservation_retention_days: int


@dataclass(frozen=True, slots=True)
class CustomerSettings(_Settings):
    """What the functions get that take in checkouts: what a customer may hold, and whether one must be named."""

    customer_holds_max: int
    customer_units_max: int
    customer_id_required: bool


@dataclass(frozen=True, slots=True)
class WorkflowSettings(_Settings):
    """What the functions get that look at executions; the workflow's own steps cannot be told of their workflow."""

    state_machine_arn: str


@dataclass(frozen=True, slots=True)
class BrowserSettings(_Settings):
    """What the functions get whose answers a page in a browser reads."""

    allowed_origin: str


@dataclass(frozen=True, slots=True)
class StorefrontSettings(_Settings):
    """What the storefront's function gets."""

    storefront_cache_control: str


@dataclass(frozen=True, slots=True)
class ImportSettings(_Settings):
    """What the functions get that keep imported files."""

    imports_bucket_name: str
