"""The template after the SAM transform, as CloudFormation deploys it: with every role, version and alias that SAM adds."""

import json
import logging
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support.template import openapi
from tests.support.template.source import ROOT, listed

# `sam build` and `sam deploy` replace each path by such a URL.
BUILT = "s3://bucket/built"
NESTED = "https://s3.us-east-1.amazonaws.com/bucket/nested.template"


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


def transformed(*, gradual: bool = True) -> dict[str, Any]:
    """The transformed template, with or without gradual deployment."""
    return transformed_with(GradualDeployment="true" if gradual else "false")


def transformed_with(**parameters: str) -> dict[str, Any]:
    """The transformed template for these parameters; the others have their defaults."""
    return _transformed(tuple(sorted(parameters.items())))


@cache
def _transformed(parameters: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return transform(packaged(), dict(parameters))


def packaged() -> dict[str, Any]:
    """The template as `sam deploy` uploads it, with the included API document; a copy that the caller may change.

    AWS::Include is nested, so CloudFormation replaces it before the SAM transform.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html
    """
    changed = deepcopy(_parsed())
    changed["Globals"]["Function"]["CodeUri"] = BUILT
    changed["Resources"]["ReservationStateMachine"]["Properties"]["DefinitionUri"] = BUILT
    changed["Resources"]["MonitoringStack"]["Properties"]["TemplateURL"] = NESTED
    api = changed["Resources"]["InventoryApi"]["Properties"]
    location = api["DefinitionBody"]["Fn::Transform"]["Parameters"]["Location"]
    assert ROOT / location == openapi.PATH
    api["DefinitionBody"] = deepcopy(openapi.document())
    return changed


@cache
def _parsed() -> dict[str, Any]:
    """template.yaml as SAM parses it: the transform resolves `!GetAtt` only as a list."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def transform(packaged_template: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """A template after the transform AWS::Serverless. The given template is changed."""
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it logs features that nothing here uses
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    result: dict[str, Any] = translator.translate(packaged_template, dict(parameters))
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
