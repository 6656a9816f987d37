"""One description of a change to an item: DynamoDB's expression, its values and the changed item follow from it."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import lru_cache
from itertools import chain
from typing import Any

from inventory.aws.attributes import Item, to_attributes, to_item
from inventory.values import dataclass

__all__ = ["Change", "Condition", "Item", "to_attributes", "to_item", "write_request"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of an item when it is written.

    `expression` has DynamoDB's syntax: `:name` is one of `values`, and `#name` an attribute whose name is reserved.
    """

    expression: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.expression}) AND ({other.expression})", {**self.values, **other.values})

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.expression}) OR ({other.expression})", {**self.values, **other.values})


@dataclass(frozen=True, slots=True)
class Change:
    """What a write changes of an item."""

    set: Mapping[str, Any] = field(default_factory=dict)
    increase: Mapping[str, int] = field(default_factory=dict)  # numbers that are there; below 0 decreases
    add: Mapping[str, Any] = field(default_factory=dict)  # to numbers or sets, which are created if they are absent
    delete: Mapping[str, Any] = field(default_factory=dict)  # elements of sets
    remove: tuple[str, ...] = ()

    def expression(self) -> str:
        """DynamoDB's update expression; every attribute is written as `#name`, as many names are reserved."""
        return _expression(*self.names_by_clause())

    def names_by_clause(self) -> "tuple[Names, ...]":
        """The attributes that each clause of the expression names."""
        return tuple(self.set), tuple(self.increase), tuple(self.add), tuple(self.delete), self.remove

    def values(self) -> Item:
        """The values of the expression, by prefixes that no condition uses."""
        return {
            **{f"set_{name}": value for name, value in self.set.items()},
            **{f"increase_{name}": value for name, value in self.increase.items()},
            **{f"add_{name}": value for name, value in self.add.items()},
            **{f"delete_{name}": value for name, value in self.delete.items()},
        }

    def applied_to(self, item: Mapping[str, Any]) -> Item:
        """The item after the change."""
        changed = {name: value for name, value in item.items() if name not in self.remove} | dict(self.set)
        for name, number in self.increase.items():
            changed[name] = changed[name] + number
        for name, more in self.add.items():
            changed[name] = (
                changed.get(name, frozenset()) | more if isinstance(more, AbstractSet) else changed.get(name, 0) + more
            )
        for name, less in self.delete.items():
            changed[name] = changed.get(name, frozenset()) - less
        return changed


Names = tuple[str, ...]


# Few changes name different attributes, and each is made again and again.
@lru_cache(maxsize=256)
def _expression(of_set: Names, of_increase: Names, of_add: Names, of_delete: Names, of_remove: Names) -> str:
    sets = [f"#{name} = :set_{name}" for name in of_set]
    sets += [f"#{name} = #{name} + :increase_{name}" for name in of_increase]
    clauses = {
        "SET": sets,
        "REMOVE": [f"#{name}" for name in of_remove],
        "ADD": [f"#{name} :add_{name}" for name in of_add],
        "DELETE": [f"#{name} :delete_{name}" for name in of_delete],
    }
    return " ".join(f"{clause} {', '.join(parts)}" for clause, parts in clauses.items() if parts)


@lru_cache(maxsize=256)
def _written_names(condition: str, changed: tuple[Names, ...]) -> Mapping[str, str]:
    """The attributes that a condition writes as `#name`, and all that are changed."""
    names = {*re.findall(r"#(\w+)", condition), *chain.from_iterable(changed)}
    return {f"#{name}": name for name in sorted(names)}


def write_request(condition: Condition | None, change: Change | None = None) -> Item:
    """The parameters of a write that follow from its condition and its change; a failed condition returns the item."""
    request: Item = {}
    values: Item = {}
    if condition:
        request |= {
            "ConditionExpression": condition.expression,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        values |= condition.values
    if change:
        request["UpdateExpression"] = change.expression()
        values |= change.values()
    names = _written_names(condition.expression if condition else "", change.names_by_clause() if change else ())
    if names:
        request["ExpressionAttributeNames"] = dict(names)
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in to_attributes(values).items()}
    return request
