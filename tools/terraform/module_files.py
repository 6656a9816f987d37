"""Writes the parts of the module that follow from the template: parameters.tf, outputs.tf, and the tables of its README.

The result is formatted as `terraform fmt` does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.terraform import hcl
from tools.terraform.errors import TerraformError
from tools.terraform.template import Output, read_template
from tools.terraform.variables import Check, Variable, output_name, variable_of

COMMAND = "python -m tools.terraform write"
HEADER = f"# Written from template.yaml by `{COMMAND}`: change the template, then run it again.\n"
STACK = "aws_cloudformation_stack.inventory"
OWN_VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)
TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end of tables -->)", re.DOTALL)


def module_files(template: Path, module: Path) -> dict[Path, str]:
    """The content of each file of the module that is written from the template.

    Raises:
        TerraformError: the template has a parameter that the module cannot have.
    """
    parameters, outputs = read_template(template)
    variables = [variable_of(parameter) for parameter in parameters]
    _check_names(variables, outputs, OWN_VARIABLE.findall((module / "variables.tf").read_text()))
    tables = "\n".join(_tables(variables, outputs))
    readme = module / "README.md"
    return {
        module / "parameters.tf": parameters_file(variables),
        module / "outputs.tf": outputs_file(outputs),
        readme: TABLES.sub(lambda _: tables, readme.read_text()),
    }


def parameters_file(variables: Sequence[Variable]) -> str:
    """One variable for each parameter, and the values that the stack gets."""
    values = {variable.parameter: variable.value for variable in variables}
    stack = ["locals {", "  parameters = {", *hcl.attributes(values, 4), "  }", "}"]
    return _file([*map(_variable, variables), stack])


def outputs_file(outputs: Sequence[Output]) -> str:
    """One output for each output of the template."""
    return _file([_output(output) for output in outputs])


def _file(blocks: Sequence[list[str]]) -> str:
    return "\n".join([HEADER, *("\n".join([*block, ""]) for block in blocks)])


def _variable(variable: Variable) -> list[str]:
    described = {"description": hcl.text(variable.description), "type": variable.type}
    if variable.default is not None:
        described["default"] = variable.default
    described["nullable"] = "false"  # null in a module block means the default
    if variable.is_secret:
        described["sensitive"] = "true"
    checks = [line for check in variable.checks for line in _validation(check)]
    return [f'variable "{variable.name}" {{', *hcl.attributes(described, 2), *checks, "}"]


def _validation(check: Check) -> list[str]:
    content = {"condition": check.condition, "error_message": hcl.text(check.message)}
    return ["", "  validation {", *hcl.attributes(content, 4), "  }"]


def _output(output: Output) -> list[str]:
    key = hcl.text(output.name)
    value = f"lookup({STACK}.outputs, {key}, null)" if output.is_optional else f"{STACK}.outputs[{key}]"
    described = {"description": hcl.text(output.description), "value": value}
    return [f'output "{output_name(output)}" {{', *hcl.attributes(described, 2), "}"]


def _tables(variables: Sequence[Variable], outputs: Sequence[Output]) -> Iterator[str]:
    yield from ("", "| variable | description | type | default |", "| --- | --- | --- | --- |")
    for variable in variables:
        default = "required" if variable.default is None else f"`{variable.default}`"
        yield f"| {variable.name} | {_cell(variable.description)} | {variable.type} | {_cell(default)} |"
    yield from ("", "| output | description |", "| --- | --- |")
    for output in outputs:
        yield f"| {output_name(output)} | {_cell(output.description)} |"
    yield from ("", "")


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _check_names(variables: Sequence[Variable], outputs: Sequence[Output], own: Sequence[str]) -> None:
    for names in ([*own, *(variable.name for variable in variables)], [output_name(output) for output in outputs]):
        for name, count in Counter(names).items():
            if count > 1:
                raise TerraformError(f"The module would have the name {name} twice: rename it in the template.")
