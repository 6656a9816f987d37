"""The publisher of a shop: what the tables' streams hand over, and what pages and other systems are sent."""

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.items import level_key
from inventory.model import LevelKey
from tests.support.handlers import Cut, Functions
from tests.support.shop import Shop

Record = dict[str, Any]

_numbers = itertools.count(1)


def record(table: str, keys: Mapping[str, str], event_name: str = "MODIFY") -> Record:
    """A record of a table's stream, with keys only."""
    return {
        "eventID": str(next(_numbers)),
        "eventName": event_name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/2026-03-01T00:00:00.000",
        "dynamodb": {
            "Keys": {name: {"S": value} for name, value in keys.items()},
            "SequenceNumber": f"{next(_numbers):021}",
            "StreamViewType": "KEYS_ONLY",
        },
    }


def level_record(shop: Shop, product_id: str = "P-1", warehouse_id: str = "main", **more: Any) -> Record:
    """The record of a level's row, or of one of its shards."""
    shard = more.pop("shard", 0)
    return record(shop.tables.inventory, level_key(LevelKey(product_id, warehouse_id, shard)), **more)


def reservation_record(shop: Shop, name: str = "R-1", **more: Any) -> Record:
    """The record of a reservation's row."""
    return record(shop.tables.reservations, {"reservation_id": name}, **more)


class Publisher:
    """Runs the two functions that publish."""

    def __init__(self, functions: Functions, shop: Shop) -> None:
        self.functions = functions
        self.shop = shop
        self.targets = functions.targets
        functions.serve(shop)

    def reads(self, records: Iterable[Record]) -> list[Record]:
        """Those of its own streams: Lambda reads the others for FollowChanges alone."""
        others = {self.shop.tables.refunds, self.shop.tables.failed_executions}
        return [one for one in records if not others.intersection(one.get("eventSourceARN", "").split("/"))]

    def gets(self, *records: Record, cut: Cut | None = None) -> list[str]:
        """Lambda hands over records; what must come again."""
        read = self.reads(records)
        answer = self.functions.invoke("publish_changes", {"Records": read}, cut)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def sees(self, *product_ids: str) -> list[str]:
        """Lambda hands over a record of each product."""
        return self.gets(*(level_record(self.shop, product_id) for product_id in product_ids or ("P-1",)))

    def sees_reservation(self, name: str = "R-1") -> list[str]:
        """Lambda hands over a record of a reservation."""
        return self.gets(reservation_record(self.shop, name))

    def republishes(self, cut: Cut | None = None) -> list[str]:
        """Lambda hands over what waits in the queues; what failed stays in them, and all if the function is stopped."""
        waiting = {str(number): message for number, message in enumerate(self.targets.queued)}
        self.targets.queued.clear()
        records = [
            {"messageId": message_id, "body": json.dumps(content), "eventSourceARN": f"arn:aws:sqs:us-east-1:1:{queue}"}
            for message_id, (queue, content) in waiting.items()
            if queue.startswith("undelivered-")
        ]
        failed = [record["messageId"] for record in records]
        try:
            answer = self.functions.invoke("republish_changes", {"Records": records}, cut)
            failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        finally:
            self.targets.queued += [waiting[message_id] for message_id in failed]
        return failed

    @property
    def sent(self) -> list[str]:
        """The types of the events that were sent, in their order."""
        return [event["detail_type"] for event in self.targets.events]

    def event(self, detail_type: str) -> dict[str, Any]:
        """The only event of a type."""
        [event] = [event for event in self.targets.events if event["detail_type"] == detail_type]
        return event

    def row(self, subject: Mapping[str, str]) -> dict[str, Any]:
        """The publisher's row of a product or a reservation."""
        [row] = [row for row in self.shop.rows(self.shop.tables.published) if row["subject"] == subject["subject"]]
        return row
