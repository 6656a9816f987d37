"""The module has the variables and outputs of the template, with the same types, defaults, texts and limits."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.template.source import ROOT, template
from tests.unit.terraform.hcl_files import INVENTORY, blocks, blocks_of, expression, parsed
from tools.deploy.stack import NAME_LENGTH_MAX, name_problem
from tools.terraform.module_files import module_files

PARAMETERS, OUTPUTS = template()["Parameters"], template()["Outputs"]
OWN = {"name", "template_file", "artefact_bucket", "tags"}


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def variable(parameter: str) -> dict[str, Any]:
    found: dict[str, Any] = blocks(INVENTORY, "variable")[snake_case(parameter)]
    return found


def limits_of(variable: Mapping[str, Any]) -> dict[str, Any]:
    """The limits in a variable's conditions, named as the template names them."""
    limits: dict[str, Any] = {}
    for validation in variable.get("validation", ()):
        condition = expression(validation["condition"])
        for name, pattern in {
            "MinValue": r"var\.\w+ >= ([\d.]+)",
            "MaxValue": r"var\.\w+ <= ([\d.]+)",
            "AllowedValues": r"contains\((\[.*\]), var\.\w+\)",
            "AllowedPattern": r'can\(regex\("\^\(\?:(.*)\)\$", var\.\w+\)\)',
        }.items():
            if found := re.search(pattern, condition):
                text = json.loads(f'"{found[1]}"') if name == "AllowedPattern" else found[1]
                limits[name] = text if name == "AllowedPattern" else json.loads(text)
    return limits


def test_there_is_a_variable_for_each_parameter_and_no_other() -> None:
    assert set(blocks(INVENTORY, "variable")) == {*map(snake_case, PARAMETERS), *OWN}


def test_there_is_an_output_for_each_output_and_no_other() -> None:
    assert set(blocks(INVENTORY, "output")) == set(map(snake_case, OUTPUTS))


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_variable_is_its_parameter(name: str) -> None:
    parameter, found = PARAMETERS[name], variable(name)
    is_switch = set(parameter.get("AllowedValues", ())) == {"true", "false"}
    default = parameter["Default"] == "true" if is_switch else parameter["Default"]

    assert found["type"] == ("bool" if is_switch else {"Number": "number", "String": "string"}[parameter["Type"]])
    assert (found["default"], found["description"]) == (default, parameter["Description"])
    assert found["nullable"] is False


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_variable_has_the_limits_of_its_parameter(name: str) -> None:
    parameter, found = PARAMETERS[name], variable(name)
    limits = {
        key: parameter[key] for key in ("MinValue", "MaxValue", "AllowedValues", "AllowedPattern") if key in parameter
    }
    if found["type"] == "bool":
        del limits["AllowedValues"]  # its type allows only these

    assert limits_of(found) == limits


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_wrong_value_is_answered_with_one_sentence_that_names_the_variable(name: str) -> None:
    for validation in variable(name).get("validation", ()):
        assert re.fullmatch(rf"{snake_case(name)} must .*[^.]\.", validation["error_message"])


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_variable_reaches_its_parameter_of_the_stack(name: str) -> None:
    [parameters] = [
        found["parameters"]
        for path in INVENTORY.glob("*.tf")
        for found in parsed(path.read_text()).get("locals", ())
        if "parameters" in found
    ]
    stack = blocks(INVENTORY, "resource")["aws_cloudformation_stack.inventory"]

    value = f"var.{snake_case(name)}"
    assert expression(parameters[name]) in (value, f"tostring({value})")
    assert expression(stack["parameters"]) == "local.parameters"


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_has_the_value_and_the_description_of_its_output(name: str) -> None:
    found = blocks(INVENTORY, "output")[snake_case(name)]

    assert expression(found["value"]) == f'aws_cloudformation_stack.inventory.outputs["{name}"]'
    assert found["description"] == OUTPUTS[name]["Description"]


def test_the_written_files_are_up_to_date() -> None:
    stale = [
        path.name
        for path, content in module_files(ROOT / "template.yaml", INVENTORY).items()
        if path.read_text() != content
    ]

    assert stale == [], "Write them again: python -m tools.terraform write"


def test_the_stack_may_create_roles_and_expand_the_transform() -> None:
    stack = blocks(INVENTORY, "resource")["aws_cloudformation_stack.inventory"]

    assert stack["capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def test_another_template_has_another_url() -> None:
    resources = blocks(INVENTORY, "resource")

    assert "filesha256(var.template_file)" in resources["aws_s3_object.template"]["key"]
    assert "aws_s3_object.template.key" in resources["aws_cloudformation_stack.inventory"]["template_url"]


def test_the_name_of_the_stack_has_the_limits_of_a_deployment_without_terraform() -> None:
    [validation] = blocks(INVENTORY, "variable")["name"]["validation"]
    found = re.search(r'regex\("(.*)", var\.name\)', validation["condition"])
    assert found
    names = ["a", "a" * NAME_LENGTH_MAX, "a" * (NAME_LENGTH_MAX + 1), "1a", "a_b", "Shop-1", ""]

    assert {name: bool(re.search(found[1], name)) for name in names} == {
        name: name_problem(name) is None for name in names
    }


def test_a_domain_and_its_certificate_are_set_together() -> None:
    [lifecycle] = blocks(INVENTORY, "resource")["aws_cloudformation_stack.inventory"]["lifecycle"]
    [precondition] = lifecycle["precondition"]

    assert {"var.admin_ui_domain_name", "var.admin_ui_certificate_arn"} <= set(
        re.findall(r"var\.\w+", precondition["condition"])
    )


def test_a_variable_that_lost_a_limit_is_noticed(tmp_path: Path) -> None:
    changed = (INVENTORY / "parameters.tf").read_text().replace("var.longest_hold_seconds >= 1 && ", "")
    (tmp_path / "parameters.tf").write_text(changed)

    assert limits_of(blocks_of(tmp_path / "parameters.tf", "variable")["longest_hold_seconds"]) == {"MaxValue": 2678400}
