"""The API definition as the tests read it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator

from tests.support.template.source import ROOT

PATH = ROOT / "api" / "openapi.yaml"
# Who calls a path, by its first part.
AUDIENCES = {
    "inventory": "storefront",
    "live-stock": "storefront",
    "reservations": "checkout",
    "stock": "stockFeed",
    "admin": "admin",
}
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    path: str
    method: str
    content: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def audience(self) -> str:
        """The callers of the operation, by its path."""
        first = self.path.split("/")[1]
        return AUDIENCES[first]

    @property
    def function_name(self) -> str:
        """The name of the function that serves the operation: its operationId in snake case."""
        return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", self.content["operationId"])

    @property
    def responses(self) -> Mapping[str, Any]:
        """The responses by status."""
        return {status: resolved(response) for status, response in self.content["responses"].items()}


@cache
def document() -> dict[str, Any]:
    """api/openapi.yaml as it is written, with functions of CloudFormation."""
    loaded: dict[str, Any] = yaml.load(PATH.read_text(), yaml.CSafeLoader)
    return loaded


@cache
def definition() -> dict[str, Any]:
    """api/openapi.yaml with the stack's name in its title, as CloudFormation deploys it."""
    title = document()["info"]["title"]["Fn::Sub"].replace("${AWS::StackName}", "inventory")
    return document() | {"info": document()["info"] | {"title": title}}


def operations() -> list[Operation]:
    """Every operation except CORS preflights."""
    return [
        Operation(path, method, item[method])
        for path, item in definition()["paths"].items()
        for method in METHODS
        if method in item
    ]


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The target of a reference, or the node itself."""
    if "$ref" not in node:
        return node
    target: Any = definition()
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return resolved(target)


def examples(content: Mapping[str, Any]) -> dict[str, Any]:
    """The examples of a body by name, of all its media types. An example with a null is a text of JSON."""
    found: dict[str, Any] = {}
    for media in content.values():
        if "example" in media:
            found["example"] = media["example"]
        found |= {name: resolved(example)["value"] for name, example in media.get("examples", {}).items()}
    return {name: _parsed(example) for name, example in found.items()}


def _parsed(example: Any) -> Any:
    return json.loads(example) if isinstance(example, str) and example.startswith("{") else example


def gateway_problems() -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any]]]:
    """The errors of API Gateway itself: response type, response, and the body with its variables replaced."""
    for response_type, response in definition()["x-amazon-apigateway-gateway-responses"].items():
        template = response["responseTemplates"]["application/json"]
        text = re.sub(r"\$context\.error\.messageString", '"what API Gateway says"', template)
        yield response_type, response, json.loads(re.sub(r"\$context\.[A-Za-z.]+", "what API Gateway says", text))


def validated(schema: str, content: dict[str, Any]) -> dict[str, Any]:
    """An answer's content that is as its schema says."""
    components = definition()["components"]
    OAS30Validator(components["schemas"][schema] | {"components": components}).validate(content)
    return content
