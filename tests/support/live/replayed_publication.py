"""A case of the publisher that is played again and again from the same start, each time with another disturbance."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from inventory.aws.changes import to_attributes
from tests.support.aws_calls import Call
from tests.support.handlers import Cut, Meanwhile, Stopped
from tests.support.live import Publisher, Record, level_record, reservation_record
from tests.support.live.publications import Case
from tests.support.shop.cases import BEFORE
from tests.support.template.source import resource

Rows = list[dict[str, Any]]
EventName = tuple[str, ...]

UNTIL_AGAIN = timedelta(minutes=1)  # until Lambda hands over again what failed
WRITTEN_MEANWHILE = {  # by a publisher, or by what happens while one runs
    "PublishedTable": "published",
    "InventoryTable": "inventory",
    "ReservationsTable": "reservations",
    "RefundsTable": "refunds",
}
# When an event was claimed, its id with it, and the time of the change: the only parts that may differ between two plays.
OF_ITS_TIME = ("event_id", "at", "updated_at")


@dataclass
class Arrived:
    """What pages and other systems have at the end, and what the publisher has in its rows."""

    events: dict[EventName, dict[str, Any]] = field(default_factory=dict)  # what each says
    ids: defaultdict[EventName, set[str]] = field(default_factory=lambda: defaultdict(set))
    pushes: dict[str, dict[str, Any]] = field(default_factory=dict)  # the one of each product that pages show
    sequences: dict[str, int] = field(default_factory=dict)
    unsettled: Rows = field(default_factory=list)  # rows with events in their outbox, or without their push


class ReplayedPublication:
    """One case in one shop."""

    def __init__(self, publisher: Publisher, case: Case) -> None:
        self.publisher = publisher
        publisher.shop.now = lambda: BEFORE
        publisher.targets.down = set()
        self.records = case.setup(publisher)
        self._now = publisher.functions.now
        self._down = set(publisher.targets.down)
        self._queued = list(publisher.targets.queued)
        self._rows = self._read()
        self._failed_of_others: list[Record] = []

    def play(self, cut: Cut | None = None, meanwhile: Sequence[Meanwhile] = ()) -> tuple[Arrived, Sequence[Call]]:
        """Hand everything over, and again what failed, until nothing is left; what arrived, and the calls of the first run."""
        self._start_again()
        publisher = self.publisher
        publisher.functions.meanwhile = list(meanwhile)
        failed = list(self.records)  # all of them, unless the function answers
        with suppress(Stopped):
            failed = self._hand_over(cut)
        calls = list(publisher.functions.calls())
        publisher.functions.meanwhile = []
        publisher.functions.now += UNTIL_AGAIN
        publisher.targets.down = set()
        assert publisher.gets(*failed, *self._failed_of_others) == []
        assert publisher.republishes() == []
        assert publisher.targets.queued == []
        return self._arrived(), calls

    def another_runs(self) -> None:
        """Another publisher is handed over the same changes: records of their own of what waits in the queues."""
        shop = self.publisher.shop
        records = self.records or [level_record(shop), reservation_record(shop)]
        self._failed_of_others += failed_of(records, self.publisher.gets(*records))

    def _hand_over(self, cut: Cut | None) -> list[Record]:
        if self.records:
            return failed_of(self.records, self.publisher.gets(*self.records, cut=cut))
        self.publisher.republishes(cut)
        return []

    def _start_again(self) -> None:
        publisher = self.publisher
        for table, rows in self._rows.items():
            self._restore(table, rows)
        publisher.functions.serve(publisher.shop)  # a new container, whose targets have received nothing
        publisher.functions.now = self._now
        publisher.targets.queued += self._queued
        publisher.targets.down = set(self._down)
        self._failed_of_others = []

    def _read(self) -> dict[str, Rows]:
        shop = self.publisher.shop
        return {table: shop.rows(getattr(shop.tables, name)) for table, name in WRITTEN_MEANWHILE.items()}

    def _restore(self, table: str, rows: Rows) -> None:
        shop, name = self.publisher.shop, getattr(self.publisher.shop.tables, WRITTEN_MEANWHILE[table])
        keys = [element["AttributeName"] for element in resource(table)["KeySchema"]]
        found = shop.rows(name)
        for row in found:
            if row not in rows:
                shop.client.delete_item(TableName=name, Key=to_attributes({key: row[key] for key in keys}))
        for row in rows:
            if row not in found:
                shop.client.put_item(TableName=name, Item=to_attributes(row))

    def _arrived(self) -> Arrived:
        arrived = Arrived()
        for event in self.publisher.targets.events:
            name = name_of(event)
            arrived.events[name] = {key: value for key, value in event.items() if key not in OF_ITS_TIME}
            arrived.ids[name].add(event["event_id"])
        for push in sorted(self.publisher.targets.pushes, key=lambda push: int(push["sequence"])):
            arrived.pushes[push["product_id"]] = {name: push[name] for name in push if name not in OF_ITS_TIME}
        for row in self.publisher.shop.rows(self.publisher.shop.tables.published):
            arrived.sequences[row["subject"]] = int(row["sequence"])
            if row["pending"] or row.get("pushed_sequence", row["sequence"]) != row["sequence"]:
                arrived.unsettled.append(row)
        return arrived


def name_of(event: Mapping[str, Any]) -> EventName:
    """What makes an event another one: its type, subject and place in the subject's order."""
    of_a_level = event.get("warehouse_id", "") if event["detail_type"] == "StockLow" else ""
    subject = event.get("reservation_id") or event["product_id"]
    return event["detail_type"], subject, str(event["sequence"]), of_a_level


def failed_of(records: Sequence[Record], numbers: Sequence[str]) -> list[Record]:
    """The records that must come again."""
    return [record for record in records if record["dynamodb"]["SequenceNumber"] in numbers]
