"""The values at the limits of each parameter: the last ones that are allowed, and the first ones that are not."""

import re
from collections.abc import Iterator
from decimal import Decimal

from tools.terraform import hcl
from tools.terraform.template import Parameter
from tools.terraform.variables import type_of

# One of these does not match, whatever the pattern is.
TEXTS = ("not allowed!", "", "\n", "a b@c d", "ftp://x y", "#")


def allowed_values(parameter: Parameter) -> Iterator[str]:
    """Values that the template allows at its limits, as expressions of Terraform."""
    kind = type_of(parameter)
    if parameter.default is not None and not kind.startswith("list"):
        yield _expression(kind, parameter.default)
    yield from (_expression(kind, value) for value in parameter.allowed_values)
    yield from (limit for limit in (parameter.least, parameter.most) if limit)


def refused_values(parameter: Parameter) -> Iterator[str]:
    """Values that the template refuses, as expressions of Terraform."""
    kind = type_of(parameter)
    if parameter.least:
        yield str(Decimal(parameter.least) - 1)
    if parameter.most:
        yield str(Decimal(parameter.most) + 1)
    if parameter.allowed_values and kind == "number":
        yield str(max(map(Decimal, parameter.allowed_values)) + 1)
    if parameter.allowed_values and kind == "string":
        yield hcl.text(f"{parameter.allowed_values[0]}x")
    if parameter.allowed_pattern:
        pattern = re.compile(parameter.allowed_pattern)
        yield hcl.text(next(text for text in TEXTS if not pattern.fullmatch(text)))
    if parameter.shortest and int(parameter.shortest):
        yield hcl.text("a" * (int(parameter.shortest) - 1))
    if parameter.longest:
        yield hcl.text("a" * (int(parameter.longest) + 1))
    if kind == "bool":
        yield '"perhaps"'


def _expression(kind: str, value: str) -> str:
    return hcl.text(value) if kind == "string" else value
