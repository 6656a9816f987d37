"""The only reader of the environment, except the variables of log lines, which `observability` reads."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Literal, Self, get_args, get_origin

from inventory.identifiers import IDENTIFIER
from inventory.values import dataclass

Value = str | int | bool | tuple[str, ...]


class MissingSetting(Exception):
    """A required environment variable is missing or invalid."""


@dataclass(frozen=True, slots=True)
class _Settings:
    """Each field is read from the variable of the same name in capitals."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read every setting at once.

        Raises:
            MissingSetting: names every variable that is missing, empty or not of its type.
        """
        values: dict[str, Value] = {}
        invalid: list[str] = []
        for field in fields(cls):
            name = field.name.upper()
            text = environment.get(name, "")
            value = _read(text, field.type)
            if value is None:
                invalid.append(f"{name}={text!r}" if text else name)
            else:
                values[field.name] = value
        if invalid:
            raise MissingSetting(f"missing or not valid in the environment: {', '.join(invalid)}")
        return cls(**values)


def trace_header(environment: Mapping[str, str] = os.environ) -> str | None:
    """The X-Ray trace of the current request, which Lambda sets for each request; None without tracing."""
    return environment.get("_X_AMZN_TRACE_ID")


def endpoint_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Where AWS is reached, if not at its own hosts; the SDK reads the same variable."""
    return environment.get("AWS_ENDPOINT_URL")


def starts_from_snapshot(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this container is, or will be, a copy of a snapshot.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def _read(text: str, kind: object) -> Value | None:
    """A setting as its type; None if the text is not of that type."""
    if kind is bool:
        return {"true": True, "false": False}.get(text)
    if kind is int:
        return int(text) if text.isdecimal() else None
    if kind == tuple[str, ...]:
        return _read_identifiers(text)
    if get_origin(kind) is Literal:
        return text if text in get_args(kind) else None
    return text or None


def _read_identifiers(text: str) -> tuple[str, ...] | None:
    """Identifiers that are separated by commas, or in a JSON list, each once; None if one cannot exist."""
    try:
        listed = json.loads(text) if text.lstrip().startswith("[") else text.split(",")
    except ValueError:
        return None
    read = [IDENTIFIER.read(entry.strip()) if isinstance(entry, str) else None for entry in listed]
    found = dict.fromkeys(entry for entry in read if entry is not None)
    return tuple(found) if found and None not in read else None


@dataclass(frozen=True, slots=True)
class Settings(_Settings):
    """The settings of every function, as template.yaml sets them."""

    inventory_table_name: str
    reservations_table_name: str
    movements_table_name: str
    customers_table_name: str
    refunds_table_name: str
    failed_executions_table_name: str
    idempotency_table_name: str
    published_table_name: str
    read_model_table_name: str
    ledger_checkpoints_table_name: str
    low_stock_topic_arn: str
    operations_topic_arn: str
    longest_hold_seconds: int
    reservation_retention_days: int


@dataclass(frozen=True, slots=True)
class CustomerSettings(_Settings):
    """The settings of functions that accept checkouts: how much a customer may hold, and whether one must be named."""

    customer_holds_max: int
    customer_units_max: int
    customer_id_required: bool


@dataclass(frozen=True, slots=True)
class SourcingSettings(_Settings):
    """The settings of functions that place lines without a warehouse, or show how much of one could be held."""

    warehouse_priority: tuple[str, ...]
    sourcing: Literal["ONE_WAREHOUSE", "SPLIT", "NAMED"]


@dataclass(frozen=True, slots=True)
class SaleSettings(_Settings):
    """The settings of functions that sell: whether sold units stay on hand, as allocated, until they are dispatched."""

    dispatch_tracking: bool


@dataclass(frozen=True, slots=True)
class ReservationSettings(_Settings):
    """The settings of functions that hold, decide or notify: whether reservations are spread over index partitions."""

    spread_reservations: bool


@dataclass(frozen=True, slots=True)
class WorkflowSettings(_Settings):
    """The settings of functions that read executions; the workflow's own steps cannot refer to their workflow."""

    state_machine_arn: str


@dataclass(frozen=True, slots=True)
class OperationsSettings(_Settings):
    """The settings of functions that show how the component works: where its logs and its figures are."""

    log_group_names: tuple[str, ...]  # of the workflow, of its functions and of those that a checkout service calls
    dashboard_name: str


@dataclass(frozen=True, slots=True)
class BrowserSettings(_Settings):
    """The settings of functions whose answers a browser reads."""

    allowed_origin: str


@dataclass(frozen=True, slots=True)
class StorefrontSettings(_Settings):
    """The settings of the storefront's function."""

    storefront_cache_control: str
    storefront_quantity_cap: int  # the most units that are shown; 0 is no cap


@dataclass(frozen=True, slots=True)
class LiveStockSettings(_Settings):
    """The settings of the call that says where changes of stock are pushed."""

    live_stock_api_id: str
    live_stock_realtime_url: str
    live_stock_http_host: str


@dataclass(frozen=True, slots=True)
class PublishingSettings(_Settings):
    """The settings of functions that publish changes."""

    event_bus_name: str
    live_stock_http_host: str
    storefront_quantity_cap: int  # the most units that are shown; 0 is no cap
    undelivered_events_queue_url: str


@dataclass(frozen=True, slots=True)
class ChangeSettings(_Settings):
    """The settings of the function that reads the tables' streams: where it puts what must wait, or cannot be read."""

    undelivered_pushes_queue_url: str
    unreadable_changes_queue_url: str


@dataclass(frozen=True, slots=True)
class LiveStockKeySettings(_Settings):
    """The settings of the job that renews the key of live stock."""

    live_stock_api_id: str


@dataclass(frozen=True, slots=True)
class FollowingSettings(_Settings):
    """The settings of the function that writes the journal of the read model."""

    unreadable_changes_queue_url: str


@dataclass(frozen=True, slots=True)
class ReadModelSettings(_Settings):
    """The settings of functions that read or write the files of the read model."""

    read_model_bucket_name: str


@dataclass(frozen=True, slots=True)
class ImportSettings(_Settings):
    """The settings of functions that store imported files."""

    imports_bucket_name: str
