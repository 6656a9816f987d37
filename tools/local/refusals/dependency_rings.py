"""Refuses templates whose resources depend on each other in a ring, as CloudFormation does.

A resource depends on every resource that any of its attributes refers to, not only its properties: CloudFormation also
counts references in UpdatePolicy (https://github.com/aws/aws-cdk/issues/2231) and in Metadata. Both branches of Fn::If
count, as in cfn-lint's rule E3004. A resource whose condition is false does not count.
Rules: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
Message: https://github.com/aws/serverless-application-model/issues/258
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Template = Mapping[str, Any]
Conditions = Mapping[str, bool]

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")  # of Fn::Sub; ${!Literal} is none


def rings(resources: Template, conditions: Conditions) -> list[str]:
    """The resources that are in a ring, or between two rings, in the order of the template."""
    active = {
        name: resource
        for name, resource in resources.items()
        if isinstance(resource, Mapping) and conditions.get(resource.get("Condition", ""), True)
    }
    needs = {name: dependencies(resource) & active.keys() for name, resource in active.items()}
    while True:
        needed = set().union(*needs.values())
        in_doubt = {name for name, others in needs.items() if others and name in needed}
        if in_doubt == needs.keys():
            return [name for name in resources if name in in_doubt]
        needs = {name: needs[name] & in_doubt for name in in_doubt}


def dependencies(resource: Template) -> set[str]:
    """The names that a resource refers to in DependsOn and in any other attribute."""
    depends_on = resource.get("DependsOn") or []
    attributes = {name: value for name, value in resource.items() if name not in {"Type", "Condition", "DependsOn"}}
    return {*references(attributes), *([depends_on] if isinstance(depends_on, str) else depends_on)}


def references(value: Any) -> Iterator[str]:
    """The names in Ref, Fn::GetAtt and Fn::Sub, at any depth."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": str(attribute)} | {"Fn::GetAtt": [str(attribute), *_]}:
            yield attribute.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from _variables(text)
        case {"Fn::Sub": [str(text), dict(given)]}:
            yield from (name for name in _variables(text) if name not in given)
            yield from references(list(given.values()))
        case dict():
            yield from references(list(value.values()))
        case list():
            for element in value:
                yield from references(element)


def _variables(text: str) -> list[str]:
    return [variable.partition(".")[0].strip() for variable in VARIABLE.findall(text)]


def ring_error(resources: Template, conditions: Conditions) -> str | None:
    """The message of CloudFormation about the rings of a template, if it has any."""
    names = rings(resources, conditions)
    return f"Circular dependency between resources: [{', '.join(names)}]" if names else None


def install() -> None:
    """Patch ministack so that it refuses a ring before it creates anything.

    A template whose transform is not applied yet, or whose parameters are not known, is not checked: this happens only
    in ValidateTemplate, and the stack operation that follows checks it.
    """
    from ministack.services.cloudformation import changesets, engine, handlers

    validate, sort = engine.validate_template_support, engine._topological_sort

    def validate_without_ring(template: Template, conditions: Conditions, *arguments: Any, **options: Any) -> None:
        validate(template, conditions, *arguments, **options)
        is_known = not template.get("Transform") and set(template.get("Conditions") or {}) <= set(conditions)
        if is_known and (error := ring_error(template.get("Resources") or {}, conditions)):
            raise ValueError(error)

    def sort_without_ring(resources: Template, conditions: Conditions) -> list[str]:
        if error := ring_error(resources, conditions):
            raise ValueError(error)
        ordered: list[str] = sort(resources, conditions)
        return ordered

    for module in (engine, handlers, changesets):
        module.validate_template_support = validate_without_ring
    engine._topological_sort = sort_without_ring  # a nested stack is not validated, but its resources are sorted
