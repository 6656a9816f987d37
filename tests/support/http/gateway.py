"""API Gateway as the functions see it: proxy events of a REST API with a Cognito authorizer, and their responses."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

from tests.support.http.threads import keep_one_call_per_thread
from tests.support.template.openapi import definition

keep_one_call_per_thread()

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

Values = str | Sequence[str]  # of one parameter, which may be repeated
Query = Mapping[str, Values]

# The part of Lambda's context that the functions and their logger read.
CONTEXT: Any = SimpleNamespace(
    function_name="function",
    function_version="1",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
    aws_request_id="request",
    get_remaining_time_in_millis=lambda: 900_000,
)


# Who has signed a request with SigV4.
ROLE_SESSION_ARN = "arn:aws:sts::123456789012:assumed-role/erp/nightly"


@dataclass(frozen=True)
class Answer:
    """The response to one call."""

    status: int
    content: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.content["code"])

    @property
    def invalid_fields(self) -> list[str]:
        """The fields that a validation error names."""
        assert self.status == 400, self
        return [error["field"] for error in self.content["errors"]]


@dataclass(frozen=True)
class Caller:
    """A signed-in caller of the routes of one function."""

    handler: Handler
    groups: str | list[str] = "inventory-managers"
    name: str = "ada"
    claims: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **query: Values) -> Answer:
        return self.calls("GET", path, query=query)

    def put(self, path: str, content: Any, *, if_match: str | int | None = None, **query: Values) -> Answer:
        headers = {} if if_match is None else {"If-Match": str(if_match)}
        return self.calls("PUT", path, content, headers=headers, query=query)

    def delete(self, path: str, *, if_match: str | int | None = None, **query: Values) -> Answer:
        headers = {} if if_match is None else {"If-Match": str(if_match)}
        return self.calls("DELETE", path, headers=headers, query=query)

    def post(self, path: str, content: Any, *, key: str | None = None, **query: Values) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        return self.calls("POST", path, content, headers=headers, query=query)

    def calls(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        headers: dict[str, str] | None = None,
        query: Query | None = None,
    ) -> Answer:
        """Make one call; bytes and text are sent unchanged, anything else as JSON."""
        body = content if content is None or isinstance(content, bytes | str) else json.dumps(content)
        claims = {"sub": "1b2c", "cognito:username": self.name, "cognito:groups": self.groups} | self.claims
        request = ApiRequest(method, path, body, headers=headers or {}, query=query or {}, claims=claims)
        answer = self.handler(request.event(), CONTEXT)
        answer["body"].encode()  # as Lambda does: it raises for what it cannot encode
        headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        is_json = "json" in headers.get("Content-Type", "")
        return Answer(answer["statusCode"], json.loads(answer["body"]) if is_json else answer["body"], headers)


@dataclass(frozen=True)
class ApiRequest:
    """One request to the REST API."""

    method: str
    path: str
    body: bytes | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)

    def event(self) -> dict[str, Any]:
        """The event that API Gateway passes to a function, for a call to a custom domain name with a base path."""
        resource, parameters = _resource(self.path)
        query = {name: [values] if isinstance(values, str) else list(values) for name, values in self.query.items()}
        return {
            "resource": resource,
            "path": f"/shop{self.path}",
            "httpMethod": self.method,
            "headers": self.headers,
            "multiValueHeaders": {name: [value] for name, value in self.headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": parameters or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": self.method,
                "path": f"/shop{self.path}",
                "stage": "v1",
                "requestId": "request",
                "identity": {"sourceIp": "203.0.113.7", "userArn": ROLE_SESSION_ARN},
                "authorizer": {"claims": self.claims},
            },
            "body": base64.b64encode(self.body).decode() if isinstance(self.body, bytes) else self.body,
            "isBase64Encoded": isinstance(self.body, bytes),
        }


def _resource(path: str) -> tuple[str, dict[str, str]]:
    """The path in api/openapi.yaml that a call matches, and its parameters; a path that none matches is returned."""
    for template in sorted(definition()["paths"], key=lambda template: template.count("{")):
        found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), path)
        if found:
            return template, {name: unquote(value) for name, value in found.groupdict().items()}
    return path, {}
