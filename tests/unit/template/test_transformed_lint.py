"""cfn-lint on the template after the SAM transform: `make check` lints it before, when much cannot be seen yet."""

from typing import Any

import pytest

from tests.support.template.lint import Finding, findings
from tests.support.template.source import monitoring_template
from tests.support.template.variants import Variant, stage_variants, variants

# A warning of cfn-lint that is accepted, and the reason.
ACCEPTED = {"W2001": "a parameter is not used: its value is already filled in"}

# Each stage, and everything that a stage without gradual deployment, e-mails, domain … could have.
LINTED = [*stage_variants(), *(variant for variant in variants() if variant.name == "local, all changed")]


@pytest.mark.parametrize("variant", LINTED, ids=lambda variant: variant.name)
def test_cfn_lint_finds_nothing_in_the_transformed_template(variant: Variant) -> None:
    assert not_accepted(findings(variant.resolved)) == []


@pytest.mark.parametrize("variant", LINTED[-1:], ids=lambda variant: variant.name)
def test_cfn_lint_finds_nothing_in_the_nested_template(variant: Variant) -> None:
    assert variant.nested["Resources"].keys() == monitoring_template()["Resources"].keys()
    assert not_accepted(findings(variant.nested)) == []


def test_cfn_lint_finds_a_ring_and_a_property_that_does_not_exist() -> None:
    ring = {name: topic(DisplayName={"Ref": other}) for name, other in (("A", "B"), ("B", "A"))}

    found = findings({"Resources": ring | {"C": topic(Nonsense="x")}})

    assert {finding.rule for finding in found} == {"E3002", "E3004"}


def topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def test_what_cfn_lint_finds_is_not_accepted_without_a_reason() -> None:
    found = [Finding("E3002", "Resources/A", "not a property"), Finding("W2001", "Parameters/B", "not used")]

    assert not_accepted(found) == ["E3002 Resources/A: not a property"]


def not_accepted(found: list[Finding]) -> list[str]:
    return [str(finding) for finding in found if finding.rule not in ACCEPTED]
