"""cfn-lint on a template after the SAM transform, where it sees rings and properties that it cannot see before."""

import json
from dataclasses import dataclass

from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

from tests.support.template.conditions import Template

REGION = "us-east-1"  # has every service and certificate that the template needs


@dataclass(frozen=True)
class Finding:
    """What a rule of cfn-lint found."""

    rule: str  # begins with E for an error, W for a warning
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.path}: {self.message}"


def findings(template: Template) -> list[Finding]:
    """The errors and warnings of a template. cfn-lint decides few conditions by itself, so they should be resolved."""
    matches = lint(json.dumps(template), config=ManualArgs(regions=[REGION]))
    return [Finding(match.rule.id, "/".join(map(str, match.path or ())), match.message) for match in matches]
