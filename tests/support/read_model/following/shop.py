"""A follower of a shop's streams, a merge that is as simple as possible, and what the read model then has of each row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from inventory.items import LEVEL_HEARTBEAT_KEY, RESERVATION_HEARTBEAT_KEY
from inventory.read_model.entries import Entry, EntryKey, Kind
from inventory.read_model.following.rows import Rows
from inventory.read_model.journal import Journal
from inventory.read_model.latest import latest
from inventory.read_model.manifest import ManifestStore
from tests.support.handlers import Cut, Functions
from tests.support.live import Record, record
from tests.support.shop import Shop
from tools.local.emulators.metering import write_units

State = dict[tuple[Kind, EntryKey], Entry]

KEY_NAMES = {
    Kind.LEVELS: ("product_id", "warehouse_id"),
    Kind.RESERVATIONS: ("reservation_id",),
    Kind.REFUNDS: ("reservation_id", "payment_reference"),
    Kind.EXECUTIONS: ("execution_name",),
}


class FollowedShop:
    """Runs the function that follows."""

    def __init__(self, functions: Functions, shop: Shop) -> None:
        self.functions = functions
        self.shop = shop
        self.manifests = ManifestStore(shop.client, shop.tables)
        self.journal = Journal(shop.client, shop.tables)
        self.snapshot: dict[tuple[Kind, EntryKey], Entry | None] = {}
        functions.serve(shop)

    # --- what happens

    def follows(self, *records: Record, cut: Cut | None = None) -> list[str]:
        """Lambda hands over records; the numbers of those that must come again."""
        answer = self.functions.invoke("follow_changes", {"Records": list(records)}, cut)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def heartbeats(self, at: datetime) -> list[Record]:
        """The records of both heartbeats."""
        tables = self.shop.tables
        beats = [record(tables.inventory, LEVEL_HEARTBEAT_KEY), record(tables.reservations, RESERVATION_HEARTBEAT_KEY)]
        return [written_at(at, beat) for beat in beats]

    def closes(self) -> None:
        """A merge closes the open generation, and what was written into it until now is in the snapshot."""
        manifest = self.manifests.read() or self.manifests.create()
        assert self.manifests.write(replace(manifest, generation=manifest.generation + 1))
        for kind in Kind:
            for change in latest([self.journal.read(manifest.generation, kind, consistent=True).changes]).values():
                self.snapshot[kind, change.key] = change.entry
        manifest = self.manifests.read() or manifest
        assert self.manifests.write(replace(manifest, merged=manifest.generation - 1))

    # --- what is there

    def state(self) -> State:
        """The latest entry of each row: of the snapshot, or of the generations that are not in it."""
        found = dict(self.snapshot)
        manifest = self.manifests.read()
        for kind in Kind if manifest else ():
            generations = [self.journal.read(number, kind).changes for number in manifest.unmerged] if manifest else []
            found |= {(kind, key): change.entry for key, change in latest(generations).items()}
        return {key: entry for key, entry in found.items() if entry is not None}

    def tables(self) -> State:
        """The entry of each row in the tables that can be read."""
        tables, rows = self.shop.tables, Rows(self.shop.client, self.shop.tables, self.shop.stock_store)
        names = (tables.inventory, tables.reservations, tables.refunds, tables.failed_executions)
        state: State = {}
        for kind, table in zip(Kind, names, strict=True):
            keys = [tuple(row[name] for name in KEY_NAMES[kind]) for row in self.shop.rows(table)]
            own = [key for key in keys if not key[0].startswith("\u001f")]
            found: Mapping[EntryKey, Any] = rows.read(kind, own)
            state |= {(kind, key): entry for key, entry in found.items() if hasattr(entry, "to_list")}
        return state

    def is_up_to_date(self) -> None:
        """Everything that was written is in the read model."""
        assert self.state() == self.tables()

    def write_units(self) -> int:
        """The write units of the last run, as AWS counts them."""
        calls = [
            call for call in self.functions.calls() if call.request.get("TableName") == self.shop.tables.read_model
        ]
        puts = [write_units(None, call.request["Item"]) for call in calls if call.operation == "PutItem"]
        return sum(puts) + len([call for call in calls if call.operation == "UpdateItem"])

    def level(self, product_id: str = "P-1", warehouse_id: str = "main") -> Any:
        """What the read model has of a level."""
        return self.state().get((Kind.LEVELS, (product_id, warehouse_id)))


def written_at(at: datetime, one: Record) -> Record:
    """A record that says when its row was written."""
    stamped = {**one["dynamodb"], "ApproximateCreationDateTime": at.astimezone(UTC).timestamp()}
    return {**one, "dynamodb": stamped}


def numbered(number: int, one: Record) -> Record:
    """A record with another sequence number."""
    return {**one, "dynamodb": {**one["dynamodb"], "SequenceNumber": f"{number:021}"}}


def number_of(one: Record) -> str:
    """The sequence number of a record."""
    return str(one["dynamodb"]["SequenceNumber"])


def refund_record(shop: Shop, name: str = "R-1", reference: str = "PAY-1") -> Record:
    """The record of a payment to return."""
    return record(shop.tables.refunds, {"reservation_id": name, "payment_reference": reference})


def execution_record(shop: Shop, name: str = "R-1") -> Record:
    """The record of an execution that failed."""
    return record(shop.tables.failed_executions, {"execution_name": name})
