"""The parameters and outputs of template.yaml, as CloudFormation describes them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/parameters-section-structure.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.terraform.errors import TerraformError


@dataclass(frozen=True)
class Parameter:
    """One parameter of the template. Numbers are text, as CloudFormation stores every value; None is not limited."""

    name: str
    type: str
    description: str
    default: str | None = None  # None: a value is required
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str | None = None
    constraint: str | None = None  # what a value must be, as the end of a sentence
    least: str | None = None  # of a number
    most: str | None = None
    shortest: str | None = None  # of a text, in characters
    longest: str | None = None
    is_secret: bool = False


@dataclass(frozen=True)
class Output:
    """One output of the template. An optional one has a condition, so some stacks do not have it."""

    name: str
    description: str
    is_optional: bool = False


class _Loader(yaml.CSafeLoader):  # the one in Python takes seconds
    """Safe YAML whose tags, like `!Ref`, are ignored: parameters contain none, and an output's value is not needed."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def read_template(path: Path) -> tuple[list[Parameter], list[Output]]:
    """The parameters and the outputs in their order.

    Raises:
        TerraformError: one of them has no description.
    """
    content: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506
    parameters = [parameter_of(name, content) for name, content in content.get("Parameters", {}).items()]
    outputs = [output_of(name, content) for name, content in content.get("Outputs", {}).items()]
    return parameters, outputs


def parameter_of(name: str, content: Mapping[str, Any]) -> Parameter:
    """A parameter from its section of the template."""
    return Parameter(
        name=name,
        type=content["Type"],
        description=_description(name, content),
        default=_text(content.get("Default")),
        allowed_values=tuple(text for value in content.get("AllowedValues", ()) if (text := _text(value)) is not None),
        allowed_pattern=content.get("AllowedPattern"),
        constraint=content.get("ConstraintDescription"),
        least=_text(content.get("MinValue")),
        most=_text(content.get("MaxValue")),
        shortest=_text(content.get("MinLength")),
        longest=_text(content.get("MaxLength")),
        is_secret=_text(content.get("NoEcho")) == "true",
    )


def output_of(name: str, content: Mapping[str, Any]) -> Output:
    """An output from its section of the template."""
    return Output(name, _description(name, content), is_optional="Condition" in content)


def _description(name: str, content: Mapping[str, Any]) -> str:
    text = " ".join(str(content.get("Description", "")).split())
    if not text:
        raise TerraformError(f"{name} has no Description in the template: add one.")
    return text


def _text(value: Any) -> str | None:
    """A value as CloudFormation reads it: `false` in YAML is the text "false"."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
