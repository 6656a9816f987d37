"""The template's parameters: reads overrides as the SAM CLI does, and checks them before CloudFormation does."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from click import BadParameter
from samcli.cli.types import CfnParameterOverridesType
from samcli.yamlhelper import yaml_parse

from tools.deploy.errors import DeployError

Declared = Mapping[str, Mapping[str, Any]]  # the section Parameters of the template


def declared_parameters(template: Path) -> Declared:
    """The parameters that the template declares, by their names."""
    declared: Declared = yaml_parse(template.read_text())["Parameters"]
    return declared


def parse_overrides(overrides: Any) -> dict[str, str]:
    """The values of parameter_overrides in samconfig.toml or of --parameter-overrides, by parameter.

    Args:
        overrides: text like `A=1 B="two words"`, a list of such texts, or a mapping.

    Raises:
        DeployError: the overrides are not in a format of the SAM CLI.
    """
    if isinstance(overrides, list):  # the SAM CLI reads an empty value only in quotes
        overrides = [f'{one}""' if isinstance(one, str) and one.endswith("=") else one for one in overrides]
    try:
        parsed: dict[str, str] = CfnParameterOverridesType().convert(overrides, None, None)
    except BadParameter as error:
        raise DeployError(f"The parameter overrides cannot be read: {error.message}") from error
    return parsed


def override_arguments(overrides: Mapping[str, str]) -> list[str]:
    """The overrides as arguments of the SAM CLI, which reads the same values from them."""
    if not overrides:
        return []
    quoted = {name: value.replace('"', '\\"') for name, value in overrides.items()}
    return ["--parameter-overrides", *(f'{name}="{value}"' for name, value in quoted.items())]


def parameter_problems(declared: Declared, overrides: Mapping[str, str]) -> list[str]:
    """A sentence for each override that the template does not declare or does not allow."""
    problems = []
    for name, value in overrides.items():
        if name in declared:
            problems += [f"The parameter {name} {problem}" for problem in _value_problems(declared[name], value)]
        else:
            similar = get_close_matches(name, declared, n=1)
            hint = f"Did you mean {similar[0]}?" if similar else "docs/deployment.md lists all parameters."
            problems.append(f"template.yaml has no parameter {name}. {hint}")
    missing = [name for name, described in declared.items() if "Default" not in described and name not in overrides]
    return problems + [f"The parameter {name} has no default: set it in samconfig.toml." for name in missing]


def _value_problems(described: Mapping[str, Any], value: str) -> Iterator[str]:
    """What the value breaks, as a sentence after the parameter's name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    allowed = [str(one) for one in described.get("AllowedValues", ())]
    if allowed and value not in allowed:
        yield f"cannot be {value!r}: choose one of {', '.join(allowed)}."
    pattern = described.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"cannot be {value!r}: it must match {pattern} ({described.get('Description', 'no description')})"
    yield from _length_problems(described, value)
    if described.get("Type") == "Number":
        yield from _number_problems(described, value)


def _length_problems(described: Mapping[str, Any], value: str) -> Iterator[str]:
    if len(value) < int(described.get("MinLength", 0)):
        yield f"is too short: it needs at least {described['MinLength']} characters."
    if len(value) > int(described.get("MaxLength", len(value))):
        yield f"is too long: it may have at most {described['MaxLength']} characters."


def _number_problems(described: Mapping[str, Any], value: str) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield f"cannot be {value!r}: it must be a number."
        return
    if number < float(described.get("MinValue", number)):
        yield f"cannot be {value}: it must be at least {described['MinValue']}."
    if number > float(described.get("MaxValue", number)):
        yield f"cannot be {value}: it must be at most {described['MaxValue']}."
