"""What is deployed: each stage, and each value of every parameter that changes which resources there are."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from tests.support.template import conditions
from tests.support.template.conditions import PSEUDO_PARAMETERS, Template
from tests.support.template.source import monitoring_template, template
from tests.support.template.stages import Stage, stages
from tests.support.template.transformed import transformed_with

# A value of each parameter that changes the structure and has no list of allowed values. The default is tried, too.
EXAMPLES = {
    "AdminUiCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/5a1b",
    "AdminUiDomainName": "inventory.example.com",
    "LowStockEmail": "buyers@example.com",
    "OperationsEmail": "operations@example.com",
}
READ_BY_SAM = ("DeploymentPreference", "AutoPublishAlias")  # the transform itself decides by these properties
NESTED = "MonitoringStack"


@dataclass(frozen=True)
class Variant:
    """One set of parameters."""

    name: str  # for example `prod, MfaConfiguration=OFF`
    stack_name: str
    chosen: Mapping[str, str]

    @property
    def values(self) -> dict[str, str]:
        """The values of all parameters, and of AWS's own."""
        own = PSEUDO_PARAMETERS | {"AWS::StackName": self.stack_name}
        return own | conditions.parameter_values(template(), self.chosen)

    @cached_property
    def unresolved(self) -> Template:
        """The transformed template, with its conditions."""
        return transformed_with(**self.chosen)

    @cached_property
    def resolved(self) -> Template:
        """The transformed template without conditions, and with the parameters' values."""
        return conditions.resolved(self.unresolved, self.values)

    @cached_property
    def nested(self) -> Template:
        """The nested template of alarms and dashboard, as `resolved`."""
        passed = self.resolved["Resources"][NESTED]["Properties"]["Parameters"]
        known = {name: value for name, value in passed.items() if isinstance(value, str)}
        own = PSEUDO_PARAMETERS | {"AWS::StackName": f"{self.stack_name}-{NESTED}-1ABCDEFGHIJKL"}
        return conditions.resolved(monitoring_template(), own | known)


@cache
def variants() -> tuple[Variant, ...]:
    """Each stage; each stage with every single change of its structure; and each with every change at once.

    Changes that the rules of the template refuse are left out.
    """
    return tuple(variant for variant in _all_variants() if conditions.accepts(template(), variant.values))


def stage_variants() -> tuple[Variant, ...]:
    """Each stage as samconfig.toml describes it."""
    return tuple(_variant(stage, stage.name, {}) for stage in stages())


def _all_variants() -> Iterator[Variant]:
    yield from stage_variants()
    tried = set()
    for stage in stages():
        own = conditions.parameter_values(template(), stage.deploy)
        structure = tuple((name, own[name]) for name in sorted(structural_parameters()))
        if structure not in tried:  # two stages may have the same structure
            tried.add(structure)
            yield from _changed(stage, dict(structure))


def _changed(stage: Stage, structure: Mapping[str, str]) -> Iterator[Variant]:
    """A stage with other values of the parameters that decide its structure."""
    others = {name: [other for other in values_of(name) if other != value] for name, value in structure.items()}
    for name, values in others.items():
        for value in values:
            yield _variant(stage, f"{stage.name}, {name}={value or 'empty'}", {name: value})
    yield _variant(stage, f"{stage.name}, all changed", {name: values[-1] for name, values in others.items()})


def _variant(stage: Stage, name: str, changes: Mapping[str, str]) -> Variant:
    return Variant(name, stage.stack_name, {**stage.deploy, **changes})


@cache
def structural_parameters() -> frozenset[str]:
    """The parameters that conditions read, also in the nested template, or that the SAM transform reads."""
    passed = template()["Resources"][NESTED]["Properties"]["Parameters"]
    nested = [passed[name] for name in _named(monitoring_template()["Conditions"]) if name in passed]
    sources = [template()["Globals"]["Function"]]
    sources += [resource.get("Properties", {}) for resource in template()["Resources"].values()]
    read_by_sam = [source[name] for source in sources for name in READ_BY_SAM if name in source]
    return frozenset(_named([template()["Conditions"], nested, read_by_sam]) & template()["Parameters"].keys())


def _named(content: Any) -> set[str]:
    """The names in Ref and Fn::Sub."""
    text = json.dumps(content)
    return set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r"\$\{(\w+)\}", text))


def values_of(parameter: str) -> list[str]:
    """The values of a parameter that are tried."""
    described = template()["Parameters"][parameter]
    if "AllowedValues" in described:
        return [str(value) for value in described["AllowedValues"]]
    return [str(described["Default"]), EXAMPLES[parameter]]
