"""The template after the SAM transform, as CloudFormation deploys it: with every role, version and alias that SAM adds."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support.template.source import ROOT, listed

BUILT = "s3://bucket/built"  # `sam build` and `sam deploy` replace each source path by such a URL


@dataclass(frozen=True)
class Statement:
    """One statement of a role, or of a policy that is attached to one."""

    resource: str  # its logical id in the template
    content: Mapping[str, Any]

    @property
    def actions(self) -> set[str]:
        return set(listed(self.content.get("Action", [])))

    @property
    def resources(self) -> list[Any]:
        return listed(self.content.get("Resource", []))


@cache
def transformed(*, gradual: bool = True) -> dict[str, Any]:
    """The transformed template."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    template["Globals"]["Function"]["CodeUri"] = BUILT
    template["Resources"]["ReservationStateMachine"]["Properties"]["DefinitionUri"] = BUILT
    parameters = {"GradualDeployment": "true" if gradual else "false"}
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it logs features that nothing here uses
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    result: dict[str, Any] = translator.translate(template, parameters)
    # The result contains the transform's own types of dict and string.
    plain: dict[str, Any] = json.loads(json.dumps(result))
    return plain


def resources(kind: str, *, gradual: bool = True) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by its name."""
    found = transformed(gradual=gradual)["Resources"].items()
    return {name: resource.get("Properties", {}) for name, resource in found if resource["Type"] == kind}


def statements() -> Iterator[Statement]:
    """Every statement of a role, and of a policy that can be attached to one."""
    for name, role in resources("AWS::IAM::Role").items():
        for policy in role.get("Policies", ()):
            yield from (Statement(name, content) for content in policy["PolicyDocument"]["Statement"])
    for name, policy in resources("AWS::IAM::ManagedPolicy").items():
        yield from (Statement(name, content) for content in policy["PolicyDocument"]["Statement"])
