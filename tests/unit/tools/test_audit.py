"""What the audit makes of its tools' reports: a danger is one, and silence is not taken for safety."""

import json
from typing import Any

import pytest

from tools.audit import __main__ as audit
from tools.audit.__main__ import Finding, found_in_node, found_in_python, main

VULNERABLE = {"name": "left-pad", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
SOUND = {"name": "right-pad", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "mid-pad", "skip_reason": "Dependency not found on PyPI"}


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages})


def test_a_known_vulnerability_is_named() -> None:
    assert found_in_python("lock", report(SOUND, VULNERABLE)).dangers == ["left-pad 1.0: PYSEC-1"]
    assert found_in_node("page", '{"vulnerabilities": {"pad": {"severity": "high"}}}').dangers == ["pad: high"]


def test_sound_packages_are_no_danger() -> None:
    assert found_in_python("lock", report(SOUND)) == Finding("lock", [])
    assert found_in_node("page", '{"vulnerabilities": {}}') == Finding("page", [])


@pytest.mark.parametrize("output", ["", "no network", "{}", report(SOUND, UNKNOWN)])
def test_packages_that_could_not_be_looked_up_are_not_called_sound(output: str) -> None:
    assert found_in_python("lock", output).unknown


@pytest.mark.parametrize("output", ["", '{"message": "405 Method Not Allowed"}'])
def test_a_registry_that_does_not_answer_is_not_taken_for_a_clean_one(output: str) -> None:
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
def test_the_exit_code_tells(finding: Finding, strictness: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT", strictness)
    monkeypatch.setattr(audit, "of_template", lambda: finding)
    monkeypatch.setattr(audit, "of_python", Finding)
    monkeypatch.setattr(audit, "of_node", Finding)

    assert main() == code
