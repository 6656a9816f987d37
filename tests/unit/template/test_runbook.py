"""The commands of docs/operations.md refer to outputs, resources, indexes and log messages that exist."""

import re

import pytest

from tests.support.template.source import ROOT, template

RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
NOT_A_MESSAGE = {"ERROR", "Traceback"}  # the level of a log line, and the start of a traceback


def found(pattern: str) -> list[str]:
    """Every name in the runbook that a pattern finds."""
    names = sorted(set(re.findall(pattern, RUNBOOK)))
    assert names
    return names


@pytest.mark.parametrize("name", found(r"\$\(output (\w+)"))
def test_an_output_in_a_command_exists(name: str) -> None:
    assert name in template()["Outputs"]


@pytest.mark.parametrize("name", found(r"\$\(name (\w+)\)"))
def test_a_resource_in_a_command_exists(name: str) -> None:
    assert name in template()["Resources"]


@pytest.mark.parametrize("index", found(r"--index-name (\w+)"))
def test_an_index_in_a_command_exists(index: str) -> None:
    tables = [content for content in template()["Resources"].values() if content["Type"] == "AWS::DynamoDB::Table"]
    indexes = [index for table in tables for index in table["Properties"].get("GlobalSecondaryIndexes", ())]

    assert index in [content["IndexName"] for content in indexes]


@pytest.mark.parametrize("message", found(r"--filter-pattern '\"([^\"]+)\"'"))
def test_a_log_message_in_a_command_is_one_that_a_function_writes(message: str) -> None:
    sources = (path.read_text() for path in (ROOT / "functions").rglob("*.py"))

    assert message in NOT_A_MESSAGE or any(message in source for source in sources)


def test_a_function_is_invoked_at_its_alias() -> None:
    # The name alone invokes the latest version, whose failures reach no dead-letter queue.
    commands = found(r"lambda invoke (?:[^\n]*\\\n)*[^\n]*")

    assert [command for command in commands if "$(output " not in command and "--qualifier live" not in command] == []


def test_links_within_the_runbook_lead_to_a_section() -> None:
    sections = {heading.lower().replace(" ", "-") for heading in found(r"(?m)^#+ (.+)$")}

    assert set(found(r"\]\(#([a-z-]+)\)")) <= sections
