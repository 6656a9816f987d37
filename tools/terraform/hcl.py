"""Writes values in Terraform's language.

https://developer.hashicorp.com/terraform/language/expressions/strings
"""

import re

ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}

# Without a second $ or %, Terraform would replace the expression in the braces by its value.
MARKER = re.compile(r"[$%](?=\{)")


def text(value: str) -> str:
    """A text in quotes, with every special character escaped."""
    escaped = "".join(ESCAPES.get(character, character) for character in value)
    return f'"{MARKER.sub(lambda marker: marker[0] * 2, escaped)}"'


def sequence(values: list[str]) -> str:
    """A list of expressions."""
    return f"[{', '.join(values)}]"


def attributes(pairs: dict[str, str], indent: int) -> list[str]:
    """One line for each attribute, aligned as `terraform fmt` does. Names and values are expressions."""
    width = max(map(len, pairs), default=0)
    return [f"{' ' * indent}{name:<{width}} = {value}" for name, value in pairs.items()]


def snake_case(name: str) -> str:
    """A name of CloudFormation as Terraform writes names: `AdminUiUrl` becomes `admin_ui_url`."""
    with_breaks = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return with_breaks.lower()
