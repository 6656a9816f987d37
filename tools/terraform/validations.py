"""Writes a Terraform configuration that gives the module values at their limits, and reads what Terraform says to it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from tools.terraform import hcl
from tools.terraform.boundary_values import allowed_values, refused_values
from tools.terraform.errors import TerraformError
from tools.terraform.template import Parameter

ALLOWED, REFUSED = "allowed", "refused"
OWN = {"source": '"../../modules/inventory"', "artefact_bucket": '"bucket"', "template_file": "var.template_file"}


def configuration(parameters: Iterable[Parameter]) -> str:
    """Module blocks whose names begin with `allowed` or `refused`, as their values are."""
    listed = list(parameters)
    groups = {ALLOWED: map(allowed_values, listed), REFUSED: map(refused_values, listed)}
    return "\n".join(
        _module(f"{group}_{number}", _named(listed, row))
        for group, values in groups.items()
        for number, row in enumerate(zip_longest(*values))
    )


def check(answer: Mapping[str, Any], parameters: Iterable[Parameter]) -> None:
    """Check the answer of `terraform validate -json` to the configuration.

    Raises:
        TerraformError: a wrong value was accepted, or a value was refused that is allowed.
    """
    errors = set(_errors(answer))
    expected = {
        (f"{REFUSED}_{number}", hcl.snake_case(parameter.name))
        for parameter in parameters
        for number, _ in enumerate(refused_values(parameter))
    }
    for problem, found in {"accepts a wrong value of": expected - errors, "refuses": errors - expected}.items():
        if found:
            names = ", ".join(sorted({variable for _, variable in found}))
            raise TerraformError(f"The module {problem} {names}:\n{json.dumps(answer.get('diagnostics'), indent=1)}")


def _named(parameters: Iterable[Parameter], values: Iterable[str | None]) -> dict[str, str]:
    pairs = zip(parameters, values, strict=True)
    return {hcl.snake_case(parameter.name): value for parameter, value in pairs if value is not None}


def _module(name: str, values: Mapping[str, str]) -> str:
    return "\n".join([f'module "{name}" {{', *hcl.attributes({**OWN, **values}, 2), "}", ""])


def _errors(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The module block and the variable of each error."""
    for diagnostic in answer["diagnostics"]:
        snippet = diagnostic.get("snippet") or {}
        block = str(snippet.get("context") or "").removeprefix('module "').removesuffix('"')
        yield block, str(snippet.get("code") or diagnostic["summary"]).split("=")[0].strip()
