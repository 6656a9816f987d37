"""Documents name only links, headings, files and make targets that exist."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent

# Folders with installed or built files. Their documents are not ours.
IGNORED_FOLDERS = {".audit", ".aws-sam", ".git", ".hypothesis", ".local", ".venv", "dist", "node_modules"}

FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(?:^| )#.*$", re.MULTILINE)
INLINE_CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
EXTERNAL = re.compile(r"[a-z]+:")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)

# The words after `make` that are no variables: `make up load`, `STAGE=prod make deploy`, `git pull && make deploy`.
MAKE_COMMAND = re.compile(r"(?:^|[\s&;])make((?: +[a-z][a-z0-9-]*(?![\w=]))+)", re.MULTILINE)
MAKE_RULE = re.compile(r"^([a-z][a-z0-9 -]*):(?!=)", re.MULTILINE)

# A document names a file from the project's folder, from its own folder, or from one of these.
BASE_FOLDERS = (PROJECT, PROJECT / "functions", PROJECT / "functions" / "inventory", PROJECT / "admin-ui" / "src")
FILE_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:csv|json|lock|md|py|sh|toml|ts|tsx|yaml|yml)")
# These are made by a command, lie in the bucket of the deployed page, or are an example or a rejected alternative.
ABSENT_FILES = {
    ".local/bench.json",
    ".local/load-test/seconds.csv",
    ".local/load-test/summary.md",
    ".local/stack.json",
    "config.json",
    "de.json",
    "event.json",
    "failed.json",
    "openapi.json",
    "pt-BR.json",
    "src/api/schema.ts",
    "uv.lock",
}


def documents() -> list[str]:
    """Every Markdown file of the project."""
    found = []
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = [name for name in folders if name not in IGNORED_FOLDERS and not name.endswith("_cache")]
        found += [str((Path(folder) / name).relative_to(PROJECT)) for name in names if name.endswith(".md")]
    return sorted(found)


@pytest.fixture(params=documents())
def document(request: pytest.FixtureRequest) -> Path:
    return PROJECT / str(request.param)


def test_every_relative_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    assert [link for link in links_of(document) if not leads_somewhere(link, document)] == []


def test_every_make_target_exists(document: Path) -> None:
    rules = MAKE_RULE.findall((PROJECT / "Makefile").read_text())
    targets = {name for rule in rules for name in rule.split()}
    assert make_targets_of(document) - targets == set()


def test_every_file_in_backquotes_exists(document: Path) -> None:
    folders = (*BASE_FOLDERS, document.parent)
    names = {code for code in inline_code_of(document) if FILE_NAME.fullmatch(code)} - ABSENT_FILES
    assert [name for name in sorted(names) if not any((folder / name).exists() for folder in folders)] == []


def links_of(document: Path) -> list[str]:
    """The links to other files and headings of the project."""
    text = FENCE.sub("", document.read_text()).replace("`", "")  # a label may be code
    return [link for link in LINK.findall(text) if not EXTERNAL.match(link)]


def leads_somewhere(link: str, document: Path) -> bool:
    """Whether a link's file exists, and has its heading."""
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not anchor or anchor in anchors_of(target))


def anchors_of(document: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    headings = HEADING.findall(FENCE.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def make_targets_of(document: Path) -> set[str]:
    """Every target that a document's commands name."""
    commands = (words for code in code_of(document) for words in MAKE_COMMAND.findall(code))
    return {target for words in commands for target in words.split()}


def code_of(document: Path) -> Iterator[str]:
    """A document's code blocks without their comments, and its inline code."""
    for block in FENCE.findall(document.read_text()):
        yield COMMENT.sub("", block)
    yield from inline_code_of(document)


def inline_code_of(document: Path) -> list[str]:
    """What a document's text has in backquotes."""
    return INLINE_CODE.findall(FENCE.sub("", document.read_text()))
