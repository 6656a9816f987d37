"""Checks that the demo's SNS messages are complete and that none was sent twice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tools.demo.findings import Findings

LevelKey = tuple[str, str]


def level_key(level: Mapping[str, Any]) -> LevelKey:
    """A level's product and warehouse."""
    return level["product_id"], level["warehouse_id"]


def is_low(level: Mapping[str, Any]) -> bool:
    """Whether a level's stock is at or below its threshold."""
    return bool(level["on_hand"] <= level["low_stock_threshold"])


def alert_findings(alerts: Sequence[Mapping[str, Any]], became_low: set[LevelKey]) -> Findings:
    """A sentence for each level whose number of alerts is wrong: one if it became low, otherwise none."""
    return _findings(
        Counter(map(level_key, alerts)),
        dict.fromkeys(became_low, 1),
        lambda key, sent, wanted: f"{key[0]} in {key[1]} became low {wanted} times, but {sent} alerts were sent",
    )


def refund_findings(messages: Sequence[Mapping[str, Any]], unfulfilled: Sequence[str]) -> Findings:
    """A sentence for each reservation whose number of refund messages is wrong: one if it is unfulfilled."""
    return _findings(
        Counter(message["reservation_id"] for message in messages),
        dict.fromkeys(unfulfilled, 1),
        lambda key, sent, wanted: f"{sent} messages were sent about the refund for {key}",
    )


def _findings(sent: Counter[Any], wanted: Mapping[Any, int], sentence: Callable[[Any, int, int], str]) -> Findings:
    """A message too many is a problem; one that is missing may only be late."""
    wrong = [key for key in sorted(set(sent) | set(wanted)) if sent[key] != wanted.get(key, 0)]
    findings = Findings()
    for key in wrong:
        is_missing = sent[key] < wanted.get(key, 0)
        kind = findings.delays if is_missing else findings.problems
        kind.append(sentence(key, sent[key], wanted.get(key, 0)))
    return findings
