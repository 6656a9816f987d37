"""The templates as the tests read them, so that tables are created as they are deployed."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent.parent


class _Loader(yaml.CSafeLoader):  # the one in Python takes seconds
    """YAML with CloudFormation's short functions: `!Ref X` becomes {"Ref": "X"}."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


_VARIABLE = re.compile(r"\$\{([\w.]+)\}")


@cache
def template() -> dict[str, Any]:
    """template.yaml with its intrinsic functions as plain dicts."""
    return _load("template.yaml")


@cache
def monitoring_template() -> dict[str, Any]:
    """monitoring.template.yaml, the nested stack of alarms and dashboard."""
    return _load("monitoring.template.yaml")


def _load(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((ROOT / path).read_text(), _Loader)
    return loaded


def resource(name: str) -> dict[str, Any]:
    """The properties of a resource, by its name in the template."""
    properties: dict[str, Any] = template()["Resources"][name]["Properties"]
    return properties


def listed(value: Any) -> list[Any]:
    """A value of a template or a policy as a list; both accept a single value in place of a list."""
    return value if isinstance(value, list) else [value]


def environment(names: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of all functions together, with the template's parameters at their defaults.

    Args:
        names: the names of resources, and their attributes as in `!Sub`. Variables that refer to others are left out.
    """
    known = {name: str(parameter["Default"]) for name, parameter in template()["Parameters"].items()} | dict(names)
    sources = [template()["Globals"]["Function"], *map(resource, template()["Resources"])]
    texts = {
        variable: value.get("Fn::Sub") or f"${{{value.get('Ref') or value['Fn::GetAtt']}}}"
        for properties in sources
        for variable, value in properties.get("Environment", {}).get("Variables", {}).items()
    }
    return {
        variable: _VARIABLE.sub(lambda found: known[found[1]], text)
        for variable, text in texts.items()
        if known.keys() >= set(_VARIABLE.findall(text))
    }


def table_definition(table: str, name: str) -> dict[str, Any]:
    """The arguments of create_table that create a table as the template does."""
    properties = resource(table)
    keys = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {"TableName": name} | {key: properties[key] for key in keys if key in properties}
