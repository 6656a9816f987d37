"""How the audit reads its tools' reports: a missing report does not count as a clean one."""

import json
from typing import Any

import pytest

from tools.audit import __main__ as audit
from tools.audit.__main__ import Finding, found_in_node, found_in_python, main

VULNERABLE = {"name": "left-pad", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
CLEAN = {"name": "right-pad", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "mid-pad", "skip_reason": "Dependency not found on PyPI"}


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages})


def test_a_known_vulnerability_is_reported() -> None:
    assert found_in_python("lock", report(CLEAN, VULNERABLE)).dangers == ["left-pad 1.0: PYSEC-1"]
    assert found_in_node("page", '{"vulnerabilities": {"pad": {"severity": "high"}}}').dangers == ["pad: high"]


def test_packages_without_vulnerabilities_are_not_reported() -> None:
    assert found_in_python("lock", report(CLEAN)) == Finding("lock", [])
    assert found_in_node("page", '{"vulnerabilities": {}}') == Finding("page", [])


@pytest.mark.parametrize("output", ["", "no network", "{}", report(CLEAN, UNKNOWN)])
def test_packages_that_could_not_be_checked_do_not_count_as_clean(output: str) -> None:
    assert found_in_python("lock", output).unknown


@pytest.mark.parametrize("output", ["", '{"message": "405 Method Not Allowed"}'])
def test_a_registry_that_does_not_respond_does_not_count_as_clean(output: str) -> None:
    assert found_in_node("page", output).unknown


@pytest.mark.parametrize(
    ("finding", "strictness", "code"),
    [
        (Finding("template"), "strict", 0),
        (Finding("template", ["a bucket is public"]), "", 1),
        (Finding("template", unknown="no network"), "", 0),
        (Finding("template", unknown="no network"), "strict", 1),
    ],
)
def test_the_exit_code_depends_on_findings_and_strictness(
    finding: Finding, strictness: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT", strictness)
    monkeypatch.setattr(audit, "of_template", lambda: finding)
    monkeypatch.setattr(audit, "of_python", Finding)
    monkeypatch.setattr(audit, "of_node", Finding)

    assert main() == code
