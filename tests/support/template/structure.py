"""What CloudFormation refuses in any template: circular dependencies, missing resources, and null.

Each check is a function of a template, after the transform, that returns what is wrong.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tests.support.template.conditions import PSEUDO_PARAMETERS, VARIABLE, Template
from tests.support.template.source import listed

Graph = Mapping[str, set[str]]


def ring(template: Template) -> list[str]:
    """The resources of one circular dependency in order, or an empty list.

    CloudFormation counts every reference of a resource: in properties, DependsOn, metadata and policies. So an alias
    depends on its deployment group through its UpdatePolicy.

    https://repost.aws/knowledge-center/cloudformation-circular-dependency-errors
    https://github.com/aws/aws-cdk/issues/2231 (UpdatePolicy)
    """
    resources = template["Resources"]
    return _cycle({name: _dependencies(content) & resources.keys() for name, content in resources.items()})


def ring_of_conditions(template: Template) -> list[str]:
    """The conditions of one circular dependency in order, or an empty list."""
    conditions = template.get("Conditions", {})
    return _cycle({name: set(_operands(content)) & conditions.keys() for name, content in conditions.items()})


def _cycle(graph: Graph) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        backwards: list[str] = error.args[1]
        return backwards[::-1]
    return []


def missing(template: Template) -> list[str]:
    """The references to resources that the template does not have, as `From → To`.

    Applied to a template whose conditions are resolved, it finds resources that another configuration needs but this one
    does not create. CloudFormation refuses both with "Unresolved resource dependencies". A DependsOn to a resource
    that is not created is allowed.
    """
    known = template["Resources"].keys() | template.get("Parameters", {}).keys() | {*PSEUDO_PARAMETERS, "AWS::NoValue"}
    return [
        f"{name} → {reference}"
        for section in ("Resources", "Outputs")
        for name, content in template.get(section, {}).items()
        for reference in sorted(set(_references({**content, "DependsOn": []})) - known)
    ]


def undefined_conditions(template: Template) -> list[str]:
    """The conditions that are used but not defined, as `In → Condition`."""
    conditions = template.get("Conditions", {})
    used = {name: set(_operands(content)) for name, content in conditions.items()}
    for section in ("Resources", "Outputs"):
        for name, content in template.get(section, {}).items():
            used[name] = {*_decisions(content), *listed(content.get("Condition", []))}
    return [f"{name} → {condition}" for name in used for condition in sorted(used[name] - conditions.keys())]


def nulls(content: Any, path: str = "") -> list[str]:
    """The path of every null in a template, an API document or a definition.

    CloudFormation refuses null anywhere in a template, also in free-form JSON such as the body of an API:
    "[/Resources/…] 'null' values are not allowed in templates". https://github.com/aws/aws-cdk/issues/8660
    """
    match content:
        case None:
            return [path or "/"]
        case dict():
            return [found for name, field in content.items() for found in nulls(field, f"{path}/{name}")]
        case list():
            return [found for place, item in enumerate(content) for found in nulls(item, f"{path}/{place}")]
    return []


def _dependencies(resource: Mapping[str, Any]) -> set[str]:
    """Every name that a resource depends on."""
    return {*listed(resource.get("DependsOn", [])), *_references({**resource, "DependsOn": []})}


def _references(content: Any) -> Iterator[str]:
    """Every name that a part of a template refers to, in both branches of an Fn::If."""
    if isinstance(content, list):
        for item in content:
            yield from _references(item)
    if not isinstance(content, dict):
        return
    for name, field in content.items():
        if name == "Ref" and isinstance(field, str):
            yield field
        elif name == "Fn::GetAtt":
            yield field.partition(".")[0] if isinstance(field, str) else field[0]
        elif name == "Fn::Sub":
            yield from _variables(field)
        else:
            yield from _references(field)


def _variables(argument: Any) -> Iterator[str]:
    """The names in an Fn::Sub that are not variables of its own."""
    text, own = argument if isinstance(argument, list) else (argument, {})
    yield from (found.partition(".")[0] for found in VARIABLE.findall(text) if found not in own)
    yield from _references(own)


def _decisions(content: Any) -> Iterator[str]:
    """The condition of every Fn::If."""
    if isinstance(content, dict):
        if "Fn::If" in content:
            yield content["Fn::If"][0]
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from _decisions(item)


def _operands(condition: Any) -> Iterator[str]:
    """Every condition that another one names."""
    if isinstance(condition, dict):
        if isinstance(condition.get("Condition"), str):
            yield condition["Condition"]
        condition = list(condition.values())
    if isinstance(condition, list):
        for item in condition:
            yield from _operands(item)
