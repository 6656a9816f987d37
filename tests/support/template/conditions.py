"""What CloudFormation deploys for given parameters: conditions are decided, and known values are filled in."""

import re
from collections.abc import Mapping
from typing import Any

Template = dict[str, Any]

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::NotificationARNs": "",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/inventory/8d9c4b50",
    "AWS::StackName": "inventory",
    "AWS::URLSuffix": "amazonaws.com",
}
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")

_REMOVED = object()  # the value of `!Ref AWS::NoValue`


def parameter_values(template: Template, chosen: Mapping[str, str]) -> dict[str, str]:
    """The value of every parameter: the chosen one, or its default."""
    described = template.get("Parameters", {})
    defaults = {name: str(parameter["Default"]) for name, parameter in described.items() if "Default" in parameter}
    return defaults | dict(chosen)


def truths(template: Template, values: Mapping[str, str]) -> dict[str, bool]:
    """Whether each condition of a template holds."""
    conditions = template.get("Conditions", {})
    return {name: holds(condition, values, conditions) for name, condition in conditions.items()}


def holds(condition: Any, values: Mapping[str, str], conditions: Mapping[str, Any]) -> bool:
    """Whether a condition, or an assertion of a rule, holds.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
    """
    [(function, argument)] = condition.items()
    match function:
        case "Fn::Equals":
            left, right = (resolve(operand, values, {}) for operand in argument)
            return str(left) == str(right)
        case "Fn::Not":
            return not holds(argument[0], values, conditions)
        case "Fn::And":
            return all(holds(inner, values, conditions) for inner in argument)
        case "Fn::Or":
            return any(holds(inner, values, conditions) for inner in argument)
        case "Fn::Contains":
            return resolve(argument[1], values, {}) in [resolve(member, values, {}) for member in argument[0]]
        case "Condition":
            return holds(conditions[argument], values, conditions)
    raise NotImplementedError(f"{function} is not a condition that this test knows")


def accepts(template: Template, values: Mapping[str, str]) -> bool:
    """Whether the rules of a template accept these parameters.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
    """
    return all(
        holds(assertion["Assert"], values, {})
        for rule in template.get("Rules", {}).values()
        if "RuleCondition" not in rule or holds(rule["RuleCondition"], values, {})
        for assertion in rule["Assertions"]
    )


def resolved(template: Template, values: Mapping[str, str]) -> Template:
    """A template without conditions, and without the resources, outputs and branches whose condition is false."""
    decided = truths(template, values)
    sections = {
        section: {
            name: resolve(_without_condition(content), values, decided)
            for name, content in template.get(section, {}).items()
            if decided.get(content.get("Condition", ""), True)
        }
        for section in ("Resources", "Outputs")
    }
    return {name: section for name, section in template.items() if name != "Conditions"} | sections


def _without_condition(content: Template) -> Template:
    return {name: field for name, field in content.items() if name != "Condition"}


def resolve(content: Any, values: Mapping[str, str], decided: Mapping[str, bool]) -> Any:
    """A part of a template in which the parameters' values are filled in; references to resources remain."""
    if isinstance(content, list):
        items = [resolve(item, values, decided) for item in content]
        return [item for item in items if item is not _REMOVED]
    if not isinstance(content, dict):
        return content
    if len(content) == 1:
        [(function, argument)] = content.items()
        match function:
            case "Fn::If":
                [name, then, otherwise] = argument
                return resolve(then if decided[name] else otherwise, values, decided)
            case "Ref" if argument == "AWS::NoValue":
                return _REMOVED
            case "Ref" if argument in values:
                return values[argument]
            case "Fn::Sub":
                return _substituted(argument, values, decided)
            case "Fn::Join":
                return _joined(resolve(argument, values, decided))
    fields = {name: resolve(field, values, decided) for name, field in content.items()}
    return {name: field for name, field in fields.items() if field is not _REMOVED}


def _substituted(argument: Any, values: Mapping[str, str], decided: Mapping[str, bool]) -> Any:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    own = {name: resolve(variable, values, decided) for name, variable in variables.items()}
    known = {**values, **{name: variable for name, variable in own.items() if isinstance(variable, str)}}
    text = VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    unknown = {name: variable for name, variable in own.items() if name not in known}
    if unknown:
        return {"Fn::Sub": [text, unknown]}
    return {"Fn::Sub": text} if VARIABLE.search(text) else text.replace("${!", "${")


def _joined(argument: Any) -> Any:
    [separator, parts] = argument
    if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
        return separator.join(parts)
    return {"Fn::Join": argument}
