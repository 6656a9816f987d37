"""How a parameter of the template becomes a variable of the module."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.terraform.hcl_files import parsed
from tools.terraform import hcl
from tools.terraform.errors import TerraformError
from tools.terraform.module_files import module_files, outputs_file, parameters_file
from tools.terraform.template import output_of, parameter_of
from tools.terraform.variables import Variable, variable_of


def a_variable(name: str = "SomeLimit", **content: Any) -> Variable:
    return variable_of(parameter_of(name, {"Type": "String", "Description": "A limit.", **content}))


def a_module(directory: Path, template: str) -> tuple[Path, Path]:
    (directory / "variables.tf").write_text('variable "name" {\n}\n')
    (directory / "README.md").write_text("<!-- tables -->\n<!-- end of tables -->\n")
    (directory / "template.yaml").write_text(template)
    return directory / "template.yaml", directory


@pytest.mark.parametrize(
    ("name", "expected"),
    [("AdminUiUrl", "admin_ui_url"), ("APIName", "api_name"), ("HoldsMax2", "holds_max2"), ("Runtime", "runtime")],
)
def test_names_are_written_with_underscores(name: str, expected: str) -> None:
    assert hcl.snake_case(name) == expected


@pytest.mark.parametrize(
    ("content", "kind", "default", "value"),
    [
        ({"Type": "Number", "Default": 5}, "number", "5", "tostring(var.some_limit)"),
        ({"Type": "Number", "Default": "0.5"}, "number", "0.5", "tostring(var.some_limit)"),
        ({"AllowedValues": ["true", "false"], "Default": "true"}, "bool", "true", "tostring(var.some_limit)"),
        ({"AllowedValues": [True, False], "Default": False}, "bool", "false", "tostring(var.some_limit)"),
        ({"Default": ""}, "string", '""', "var.some_limit"),
        ({"Type": "CommaDelimitedList", "Default": "a, b"}, "list(string)", '["a", "b"]', 'join(",", var.some_limit)'),
        ({"Type": "List<Number>", "Default": "1,2"}, "list(number)", "[1, 2]", 'join(",", var.some_limit)'),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "string", None, "var.some_limit"),
    ],
)
def test_the_type_follows_from_the_parameter(content: dict[str, Any], kind: str, default: str, value: str) -> None:
    found = a_variable(**content)

    assert (found.type, found.default, found.value) == (kind, default, value)


@pytest.mark.parametrize(
    ("content", "condition", "message"),
    [
        ({"Type": "Number", "MinValue": 1}, "var.some_limit >= 1", "must be at least 1."),
        ({"Type": "Number", "MaxValue": 9}, "var.some_limit <= 9", "must be at most 9."),
        (
            {"Type": "Number", "MinValue": 0, "MaxValue": 9},
            "var.some_limit >= 0 && var.some_limit <= 9",
            "must be between 0 and 9.",
        ),
        (
            {"Type": "Number", "AllowedValues": [1, 3, 5]},
            "contains([1, 3, 5], var.some_limit)",
            "must be 1, 3 or 5.",
        ),
        ({"AllowedValues": ["a"]}, 'contains(["a"], var.some_limit)', "must be a."),
        ({"MinLength": 2}, "length(var.some_limit) >= 2", "must have at least 2 characters."),
        (
            {"AllowedPattern": "[a-z]+|^$", "ConstraintDescription": "must be a word."},
            'can(regex("^(?:[a-z]+|^$)$", var.some_limit))',
            "must be a word.",
        ),
        ({"AllowedPattern": r"\d+"}, r'can(regex("^(?:\\d+)$", var.some_limit))', r"must match \d+."),
    ],
)
def test_a_limit_becomes_a_check(content: dict[str, Any], condition: str, message: str) -> None:
    [check] = a_variable(**content).checks

    assert (check.condition, check.message) == (condition, f"some_limit {message}")


@pytest.mark.parametrize("pattern", ["(?!aws).*", "(?<=a)b", r"(a)\1", "(?>a)"])
def test_a_pattern_that_terraform_does_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(TerraformError, match="The AllowedPattern of SomeLimit uses .*: write it without"):
        a_variable(AllowedPattern=pattern)


def test_a_name_that_terraform_reserves_is_refused() -> None:
    with pytest.raises(TerraformError, match="Terraform reserves the name version"):
        a_variable("Version")


def test_a_parameter_without_a_description_is_refused() -> None:
    with pytest.raises(TerraformError, match="SomeLimit has no Description"):
        a_variable(Description=" ")


def test_a_name_that_the_module_has_already_is_refused(tmp_path: Path) -> None:
    template, module = a_module(tmp_path, "Parameters: {Name: {Type: String, Description: A name.}}")

    with pytest.raises(TerraformError, match="the name name twice"):
        module_files(template, module)


def test_special_characters_are_read_back_as_they_were() -> None:
    description = 'A "quoted" \\d ${name} %{if} $ text.'

    content = parsed(parameters_file([a_variable(Description=description)]))

    assert content["variable"][0]["some_limit"]["description"] == description


def test_a_secret_and_a_required_parameter_are_written_as_such() -> None:
    content = parsed(parameters_file([a_variable(NoEcho=True)]))["variable"][0]["some_limit"]

    assert content["sensitive"] is True
    assert "default" not in content


def test_an_output_with_a_condition_may_be_missing() -> None:
    content = parsed(outputs_file([output_of("PageUrl", {"Description": "A page.", "Condition": "HasPage"})]))

    assert (
        content["output"][0]["page_url"]["value"]
        == '${lookup(aws_cloudformation_stack.inventory.outputs, "PageUrl", null)}'
    )


def test_the_readme_lists_variables_and_outputs(tmp_path: Path) -> None:
    template, module = a_module(
        tmp_path,
        "Parameters: {Pattern: {Type: String, Default: a|b, Description: One.}}\n"
        "Outputs: {Url: {Description: Two., Value: !Ref Pattern}}",
    )

    readme = module_files(template, module)[module / "README.md"]

    assert r'| pattern | One. | string | `"a\|b"` |' in readme
    assert "| url | Two. |" in readme
    assert readme.endswith("<!-- end of tables -->\n")
