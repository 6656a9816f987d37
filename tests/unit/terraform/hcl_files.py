"""Terraform files as the tests read them: with a parser of their own, so that they run without Terraform."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tests.support.template.source import ROOT

TERRAFORM = ROOT / "terraform"
INVENTORY = TERRAFORM / "modules" / "inventory"
BUCKET = TERRAFORM / "modules" / "artefact_bucket"
SHOP = TERRAFORM / "examples" / "shop"
BOOTSTRAP = TERRAFORM / "examples" / "bootstrap"


@cache
def blocks(folder: Path, kind: str) -> dict[str, Any]:
    """The blocks of a kind in all files of a folder, by their labels: `aws_s3_object.template`."""
    return {name: content for path in sorted(folder.glob("*.tf")) for name, content in blocks_of(path, kind).items()}


def blocks_of(path: Path, kind: str) -> dict[str, Any]:
    """The blocks of a kind in one file, by their labels."""
    return dict(pair for block in parsed(path.read_text()).get(kind, []) for pair in _labelled(block))


def parsed(text: str) -> dict[str, Any]:
    """The content of a file. Texts have no quotes and no escapes; an expression is in `${…}`."""
    content: dict[str, Any] = _plain(hcl2.loads(text))
    return content


def expression(value: str) -> str:
    """An expression without its braces."""
    return value.removeprefix("${").removesuffix("}")


def _labelled(block: dict[str, Any], *labels: str) -> list[tuple[str, Any]]:
    if "__is_block__" in block:
        return [(".".join(labels), {name: value for name, value in block.items() if name != "__is_block__"})]
    return [pair for label, content in block.items() for pair in _labelled(content, *labels, label)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_unquoted(name): _plain(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    if not (text.startswith('"') and text.endswith('"')):
        return text
    # `$${` and `%%{` are a plain brace after a sign; a backslash escapes the next character.
    without_markers = re.sub(r"([$%])\1(?=\{)", r"\1", text[1:-1])
    special = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(.)", lambda escaped: special.get(escaped[1], escaped[1]), without_markers)
