"""Stock levels, their ledger and their low-stock alerts: each change is one conditional write."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.dynamodb import (
    FailedCondition,
    Item,
    Tables,
    batch_get,
    conditional_update,
    put,
    to_attributes,
    to_item,
    transact,
    update,
    with_retries,
)
from inventory.items import adjustment_item, adjustment_key, level_item, movement_item, to_adjustment, to_level
from inventory.model import Adjustment, Level, LevelKey, Movement, iso
from inventory.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef as Action


def record(tables: Tables, movement: Movement) -> "Action":
    """The part of a transaction that writes a ledger entry."""
    is_new = "attribute_not_exists(product_id)"
    return put(tables.movements, movement_item(movement), condition=is_new)


class StockStore:
    """Stock levels in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def levels(self, keys: Sequence[LevelKey]) -> list[Level]:
        """Stock levels, strongly consistent, in no order; those that do not exist are left out."""
        rows = batch_get(self._client, self._tables.inventory, [asdict(key) for key in keys])
        return [to_level(row) for row in rows]

    def level(self, key: LevelKey) -> Level | None:
        """One stock level, strongly consistent, if there is one."""
        return next(iter(self.levels([key])), None)

    def recorded(self, movements: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these movements, each by its product and its id, the ledger has; strongly consistent."""
        keys = [{"product_id": product_id, "movement_id": movement_id} for product_id, movement_id in movements]
        rows = batch_get(self._client, self._tables.movements, keys)
        return {(row["product_id"], row["movement_id"]) for row in rows}

    def adjustment(self, request_id: str) -> Adjustment | None:
        """The adjustment that was made under this id, strongly consistent, if one was."""
        rows = batch_get(self._client, self._tables.movements, [adjustment_key(request_id)])
        return to_adjustment(rows[0]) if rows else None

    def levels_of(self, product_id: str) -> list[Level]:
        """Every level of a product, strongly consistent, by warehouse."""
        levels: list[Level] = []
        request: Any = {
            "TableName": self._tables.inventory,
            "KeyConditionExpression": "product_id = :product_id",
            "ExpressionAttributeValues": {":product_id": {"S": product_id}},
            "ConsistentRead": True,
        }
        while True:
            answer = with_retries(lambda: self._client.query(**request))
            levels += [to_level(to_item(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return levels
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def create_level(self, level: Level, movement: Movement) -> bool:
        """Write a new level with the movement that brought its units; False when it exists already."""
        is_new = "attribute_not_exists(product_id)"
        refusals = transact(
            self._client,
            [put(self._tables.inventory, level_item(level), condition=is_new), record(self._tables, movement)],
        )
        return not refusals or _is_recorded(movement, refusals)

    def change_level(
        self, seen: Level, changed: Level, movement: Movement, adjustment: Adjustment | None = None
    ) -> bool:
        """Write a level changed by hand, with its movement, and the adjustment that asked for it.

        Returns:
            False when the level is not as it was seen, too much of it is reserved, or this was done before: look again.
        """
        # What was decided from must still be so: on_hand and threshold also by value, for tools that keep no version.
        as_it_was_seen = "version = :version AND on_hand = :on_hand AND low_stock_threshold = :threshold"
        spares_what_is_reserved = "available >= :taken"
        rises_above = changed.on_hand > changed.low_stock_threshold
        delta = changed.on_hand - seen.on_hand
        change = update(
            self._tables.inventory,
            asdict(seen.key),
            "SET on_hand = on_hand + :delta, available = available + :delta, version = version + :one,"
            " low_stock_threshold = :new_threshold, #name = :name, category = :category, updated_at = :now"
            + (", low_stock_alerted = :no REMOVE low_stock_alert_by, low_stock_alert_at" if rises_above else ""),
            condition=f"{as_it_was_seen} AND {spares_what_is_reserved}",
            values={
                ":version": seen.version,
                ":on_hand": seen.on_hand,
                ":threshold": seen.low_stock_threshold,
                ":taken": max(0, -delta),
                ":delta": delta,
                ":one": 1,
                ":new_threshold": changed.low_stock_threshold,
                ":name": changed.name,
                ":category": changed.category,
                ":now": changed.updated_at,
                ":no": False if rises_above else None,
            },
            names={"#name": "name"},
        )
        actions = [change, record(self._tables, movement)]
        if adjustment:
            not_made_before = "attribute_not_exists(product_id)"
            row = adjustment_item(adjustment, movement)
            actions.append(put(self._tables.movements, row, condition=not_made_before))
        refusals = transact(self._client, actions)
        return not refusals or _is_recorded(movement, refusals)

    def claim_alert(self, key: LevelKey, claimant: str, now: datetime) -> Level | None:
        """Take on the alert of a level that became low; of all who try, one gets it.

        Returns:
            The level when the alert is the claimant's to send, also when it was so before.
        """
        is_low = "on_hand <= low_stock_threshold"
        not_alerted_since_it_was_above = "low_stock_alerted = :no"
        return self._take_alert(
            key, claimant, now, condition=f"{is_low} AND {not_alerted_since_it_was_above}", values={":no": False}
        )

    def take_over_alert(self, level: Level, claimant: str, overdue_since: datetime, now: datetime) -> Level | None:
        """Take on an alert that its claimant has owed for too long: stopped, or the message was refused throughout."""
        still_owed = "low_stock_alert_by = :previous AND low_stock_alert_at <= :overdue_since"
        return self._take_alert(
            level.key,
            claimant,
            now,
            condition=still_owed,
            values={":previous": level.low_stock_alert_by, ":overdue_since": iso(overdue_since)},
        )

    def settle_alert(self, key: LevelKey, claimant: str) -> None:
        """Note that the alert is out, so that nobody sends it again."""
        is_mine = "low_stock_alert_by = :claimant"
        self._update_level(
            key,
            "REMOVE low_stock_alert_by, low_stock_alert_at",
            condition=is_mine,
            values={":claimant": claimant},
        )

    def rearm(self, key: LevelKey) -> None:
        """Let the next crossing of a level be alerted, when a tool has filled it up that knows nothing of alerts."""
        has_risen = "on_hand > low_stock_threshold AND low_stock_alerted = :yes"
        self._update_level(
            key,
            "SET low_stock_alerted = :no REMOVE low_stock_alert_by, low_stock_alert_at",
            condition=has_risen,
            values={":yes": True, ":no": False},
        )

    def levels_with_pending_alert(self, overdue_since: datetime) -> Iterator[Level]:
        """Levels whose alert is not as it should be.

        Low ones whose crossing nobody has taken on, or whose claimant has owed the message since then; and those that
        have risen without being armed again.
        """
        request: Any = {
            "TableName": self._tables.inventory,
            "FilterExpression": "(on_hand <= low_stock_threshold AND low_stock_alerted = :no)"
            " OR (on_hand > low_stock_threshold AND low_stock_alerted = :yes)"
            " OR low_stock_alert_at <= :overdue_since",
            "ExpressionAttributeValues": to_attributes(
                {":no": False, ":yes": True, ":overdue_since": iso(overdue_since)}
            ),
        }
        while True:
            page = with_retries(lambda: self._client.scan(**request))
            for item in page["Items"]:
                level = parse_level_or_none(to_item(item))
                if level:
                    yield level
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _take_alert(self, key: LevelKey, claimant: str, now: datetime, *, condition: str, values: Item) -> Level | None:
        row = self._update_level(
            key,
            "SET low_stock_alerted = :yes, low_stock_alert_by = :claimant, low_stock_alert_at = :now",
            condition=condition,
            values=values | {":yes": True, ":claimant": claimant, ":now": iso(now)},
        )
        level = to_level(row) if row else None
        return level if level and level.low_stock_alert_by == claimant else None

    def _update_level(self, key: LevelKey, change: str, *, condition: str, values: Item) -> Item | None:
        return conditional_update(
            self._client, self._tables.inventory, asdict(key), change, condition=condition, values=values
        )


def _is_recorded(movement: Movement, refusals: Sequence[FailedCondition]) -> bool:
    """Whether the movement stands in its own way: it was written before, and only the answer got lost."""
    return any(
        refusal.row is not None and refusal.row.get("movement_id") == movement.movement_id for refusal in refusals
    )


def parse_level_or_none(row: Item) -> Level | None:
    """A level's row, if it is complete: one that another tool wrote wrongly must not stand in the way of the others."""
    try:
        return to_level(row)
    except (KeyError, TypeError, ValueError) as error:
        name = f"{row.get('product_id')} in {row.get('warehouse_id')}"
        logger.error("a stock level cannot be read", level_name=name, wrong=repr(error))
        return None
