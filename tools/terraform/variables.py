"""Decides which Terraform variable a parameter of the template becomes: its type, its default and its checks."""

import re
from dataclasses import dataclass

from tools.terraform import hcl
from tools.terraform.errors import TerraformError
from tools.terraform.template import Output, Parameter

# Terraform's own arguments of a module block.
# https://developer.hashicorp.com/terraform/language/block/variable
RESERVED = {"count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"}

# Terraform's expressions are those of RE2, which has no lookaround and no references to groups.
# https://github.com/google/re2/wiki/Syntax
NOT_IN_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]")


@dataclass(frozen=True)
class Check:
    """A condition that a value must meet, as an expression, and the sentence for a value that does not."""

    condition: str
    message: str


@dataclass(frozen=True)
class Variable:
    """A variable of the module. `default` and `value` are expressions; without a default, a value is required.

    `value` is what the parameter of the stack gets.
    """

    name: str
    type: str
    description: str
    default: str | None
    checks: tuple[Check, ...]
    is_secret: bool
    parameter: str
    value: str


def variable_of(parameter: Parameter) -> Variable:
    """The variable for a parameter.

    Raises:
        TerraformError: Terraform cannot express the parameter's name or pattern.
    """
    name, kind = hcl.snake_case(parameter.name), type_of(parameter)
    if name in RESERVED:
        raise TerraformError(f"Terraform reserves the name {name}: give the parameter {parameter.name} another name.")
    return Variable(
        name=name,
        type=kind,
        description=parameter.description,
        default=None if parameter.default is None else _literal(kind, parameter.default),
        checks=tuple(_checks(name, kind, parameter)),
        is_secret=parameter.is_secret,
        parameter=parameter.name,
        value=_value(kind, name),
    )


def output_name(output: Output) -> str:
    """The name of the module's output for an output of the template."""
    return hcl.snake_case(output.name)


def type_of(parameter: Parameter) -> str:
    """The type of a parameter's variable."""
    if parameter.type == "Number":
        return "number"
    if parameter.type == "List<Number>":
        return "list(number)"
    if parameter.type == "CommaDelimitedList" or parameter.type.startswith("List<"):
        return "list(string)"
    return "bool" if set(parameter.allowed_values) == {"true", "false"} else "string"


def _literal(kind: str, value: str) -> str:
    if kind in ("bool", "number"):
        return value
    if kind == "string":
        return hcl.text(value)
    items = [item.strip() for item in value.split(",") if item.strip()]
    return hcl.sequence(items if kind == "list(number)" else [hcl.text(item) for item in items])


def _value(kind: str, name: str) -> str:
    """The variable as text, which is all that CloudFormation accepts."""
    if kind.startswith("list"):
        return f'join(",", var.{name})'
    return f"var.{name}" if kind == "string" else f"tostring(var.{name})"


def _checks(name: str, kind: str, parameter: Parameter) -> list[Check]:
    conditions: dict[str, str] = {}  # what a value must be, by its condition
    value = f"var.{name}"
    if parameter.allowed_values and kind != "bool":
        items = hcl.sequence([_literal(kind, allowed) for allowed in parameter.allowed_values])
        conditions[f"contains({items}, {value})"] = f"must be {_alternatives(parameter.allowed_values)}"
    if parameter.least or parameter.most:
        conditions[_between(value, parameter.least, parameter.most)] = (
            f"must be {_range(parameter.least, parameter.most)}"
        )
    if parameter.shortest or parameter.longest:
        between = _between(f"length({value})", parameter.shortest, parameter.longest)
        conditions[between] = f"must have {_range(parameter.shortest, parameter.longest)} characters"
    if parameter.allowed_pattern:
        conditions[_matches(value, parameter)] = parameter.constraint or f"must match {parameter.allowed_pattern}"
    return [Check(condition, f"{name} {expected.rstrip('.')}.") for condition, expected in conditions.items()]


def _matches(value: str, parameter: Parameter) -> str:
    """Whether the complete value matches the pattern, as CloudFormation requires."""
    pattern = parameter.allowed_pattern or ""
    if unknown := NOT_IN_RE2.search(pattern):
        raise TerraformError(
            f"The AllowedPattern of {parameter.name} uses {unknown[0]}, which Terraform does not have: write it without."
        )
    return f"can(regex({hcl.text(f'^(?:{pattern})$')}, {value}))"


def _between(value: str, least: str | None, most: str | None) -> str:
    limits = [f"{value} >= {least}" if least else "", f"{value} <= {most}" if most else ""]
    return " && ".join(filter(None, limits))


def _range(least: str | None, most: str | None) -> str:
    if least and most:
        return f"between {least} and {most}"
    return f"at least {least}" if least else f"at most {most}"


def _alternatives(values: tuple[str, ...]) -> str:
    *others, last = (value or "empty" for value in values)
    return f"{', '.join(others)} or {last}" if others else last
