"""The batches that Lambda hands over: records of a stream, and messages of the queues for what was not delivered.

Both answer what must be handed over again. One that fails leaves the others alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from inventory.aws.dynamodb import Tables
from inventory.aws.queues import Queue
from inventory.items import UNREADABLE, level_key, to_level_key
from inventory.live.events import Event
from inventory.live.publication import Outcome, Publication
from inventory.live.stream import Records, read_records
from inventory.model import DEFAULT_WAREHOUSE
from inventory.observability import logger
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Publishes the changes in records of the tables' streams."""

    publication: Publication
    tables: Tables
    undelivered_pushes: Queue
    unreadable: Queue

    def publish(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Publish what has changed; the sequence numbers of the records that must come again.

        What cannot be read is put aside with its key, and counts as published: the records behind it go on.
        """
        found = read_records(records, self.tables)
        products = self.publication.products(found.products)
        reservations = self.publication.reservations(found.reservations)
        logger.info("published changes", products=len(products), reservations=len(reservations))
        failed = [
            *(
                number
                for product_id, outcome in products.items()
                if outcome.failed
                for number in found.products[product_id]
            ),
            *(
                number
                for name, outcome in reservations.items()
                if outcome.failed
                for number in found.reservations[name]
            ),
            *self._push_later(found, products),
            *self._put_aside(found, products, reservations),
        ]
        return list(dict.fromkeys(failed))

    def _push_later(self, found: Records, products: Mapping[str, Outcome]) -> list[str]:
        """Put products into the queue whose push was not accepted; if it is closed too, their records must come again."""
        waiting = [product_id for product_id, outcome in products.items() if outcome.push_failed]
        if self.undelivered_pushes.accepts([{"product_id": product_id} for product_id in waiting]):
            return []
        return [number for product_id in waiting for number in found.products[product_id]]

    def _put_aside(
        self, found: Records, products: Mapping[str, Outcome], reservations: Mapping[str, Outcome]
    ) -> list[str]:
        aside = [
            *((record.to_json(), record.numbers) for record in found.unknown),
            *self._unreadable_levels(found, products),
            *(
                (
                    self._aside(self.tables.reservations, {"reservation_id": name}, outcome.unreadable),
                    found.reservations[name],
                )
                for name, outcome in reservations.items()
                if outcome.unreadable
            ),
        ]
        if self.unreadable.accepts([content for content, _ in aside]):
            return []
        return [number for _, numbers in aside for number in numbers]

    def _unreadable_levels(
        self, found: Records, products: Mapping[str, Outcome]
    ) -> Iterator[tuple[dict[str, Any], list[str]]]:
        """What is put aside of levels: those whose own record came; a change of another level is not about them."""
        for key, numbers in found.levels.items():
            outcome = products[key.product_id]
            wrong = outcome.unreadable_levels.get(key)
            if outcome.unreadable or wrong:
                reason = outcome.unreadable or (wrong.wrong if wrong else "")
                yield self._aside(self.tables.inventory, level_key(key), reason), numbers

    def _aside(self, table: str, key: Mapping[str, str], wrong: str | None) -> dict[str, Any]:
        logger.error("a change cannot be read and is put aside", table=table, item_key=dict(key), wrong=wrong)
        return {"table": table, "key": dict(key), "wrong": wrong}


@dataclass(frozen=True, slots=True)
class RepublishBatch:
    """Publishes what its target did not accept before."""

    publication: Publication

    def publish(self, messages: Iterable[Mapping[str, Any]]) -> list[str]:
        """Publish once more; the ids of the messages that stay in their queue.

        A message of a product publishes its changes like one of a stream's records, and pushes what is shown now.
        """
        events: dict[str, Event] = {}
        products: dict[str, str] = {}
        failed = []
        for message in messages:
            message_id = str(message["messageId"])
            try:
                _read(message_id, json.loads(message["body"]), events, products)
            except UNREADABLE:
                logger.exception("a message cannot be read; it stays in its queue", message_id=message_id)
                failed.append(message_id)
        accepted = self.publication.events(events.values())
        outcomes = self.publication.products(dict.fromkeys(products.values()))
        failed += [message_id for message_id, event in events.items() if event.event_id not in accepted]
        return failed + [message_id for message_id, name in products.items() if not _is_published(outcomes[name])]


def _read(message_id: str, content: Any, events: dict[str, Event], products: dict[str, str]) -> None:
    if "product_id" in content:
        products[message_id] = to_level_key({**content, "warehouse_id": DEFAULT_WAREHOUSE}).product_id
    else:
        events[message_id] = Event.from_json(content)


def _is_published(outcome: Outcome) -> bool:
    return not (outcome.failed or outcome.push_failed or outcome.unreadable)
