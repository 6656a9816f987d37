"""Checks that the demo's SNS messages are complete and that none was sent twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

LevelKey = tuple[str, str]


def level_key(level: Mapping[str, Any]) -> LevelKey:
    """A level's product and warehouse."""
    return level["product_id"], level["warehouse_id"]


def is_low(level: Mapping[str, Any]) -> bool:
    """Whether a level's stock is at or below its threshold."""
    return bool(level["on_hand"] <= level["low_stock_threshold"])


def alert_problems(alerts: Sequence[Mapping[str, Any]], became_low: set[LevelKey]) -> list[str]:
    """A sentence for each level whose number of alerts is wrong: one if it became low, otherwise none."""
    sent = Counter(level_key(alert) for alert in alerts)
    return [
        f"{key[0]} in {key[1]} became low {int(key in became_low)} times, but {sent[key]} alerts were sent"
        for key in sorted(became_low | set(sent))
        if sent[key] != int(key in became_low)
    ]


def refund_problems(messages: Sequence[Mapping[str, Any]], unfulfilled: Sequence[str]) -> list[str]:
    """A sentence for each reservation whose number of refund messages is wrong: one if it is unfulfilled."""
    sent = Counter(message["reservation_id"] for message in messages)
    return [
        f"{sent[reservation_id]} messages were sent about the refund for {reservation_id}"
        for reservation_id in sorted(set(sent) | set(unfulfilled))
        if sent[reservation_id] != int(reservation_id in unfulfilled)
    ]
