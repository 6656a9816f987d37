"""The API definition matches the functions, and API Gateway can import it."""

import json
from http import HTTPStatus
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from pydantic import BaseModel

import admin_api
import admin_routes.app
import checkout_api
import stock_feed_api
import storefront_api
from inventory import errors
from inventory.admin.queries import LIMIT_DEFAULT, LIMIT_MAX, STOCK_LEVELS_MAX
from inventory.admin.requests import AdjustmentContent, LevelContent, ReleaseContent, ShardsContent
from inventory.after_sale.requests import DispatchContent, Disposition, ReturnContent, UnitsContent
from inventory.entrypoints.http import STATUSES
from inventory.feed.changes import ChangeKind
from inventory.feed.requests import CHANGES_MAX, ChangeContent
from inventory.feed.run import Result
from inventory.identifiers import DECOMPOSED_MAX, IDENTIFIER_LENGTH_MAX, TEXT_LENGTH_MAX
from inventory.model import QUANTITY_MAX, SHARDS_MAX, UNITS_MAX, MovementKind
from inventory.reservations import payment_result
from inventory.reservations.reservation_request import FIELDS, HOLD_SECONDS_MAX, LINE_FIELDS, LINES_MAX
from inventory.stock.lookup import PRODUCTS_MAX
from tests.support.template.openapi import PATH, Operation, definition, examples, gateway_problems, operations, resolved
from tests.support.template.source import ROOT, template

for part in admin_api.PARTS:
    admin_api.load_routes(part)

FUNCTIONS = {
    "storefront": "StorefrontApiFunction",
    "checkout": "CheckoutApiFunction",
    "stockFeed": "StockFeedApiFunction",
    "admin": "AdminApiFunction",
}
APPS = {
    "storefront": storefront_api.app,
    "checkout": checkout_api.app,
    "stockFeed": stock_feed_api.app,
    "admin": admin_routes.app.app,
}
PROBLEM_JSON = "application/problem+json"
WITHOUT_BODY = {"204", "304"}  # the answer is its status and its headers
SECURITY_HEADERS = {"Cache-Control", "Content-Type", "Strict-Transport-Security", "X-Content-Type-Options"}

each_operation = pytest.mark.parametrize("operation", operations(), ids=str)
each_gateway_problem = pytest.mark.parametrize(
    ("response", "problem"), [pytest.param(*rest, id=name) for name, *rest in gateway_problems()]
)


def schema(name: str) -> dict[str, Any]:
    """A schema together with all others, so that its references can be resolved."""
    components = definition()["components"]
    return {**components["schemas"][name], "components": components}


def test_the_document_is_openapi() -> None:
    validate(definition())


def test_cloudformation_can_include_it() -> None:
    events = list(yaml.parse(PATH.read_text()))

    assert not [event for event in events if isinstance(event, yaml.AliasEvent)]
    tagged = (yaml.ScalarEvent, yaml.CollectionStartEvent)
    assert not [event.tag for event in events if isinstance(event, tagged) and event.tag]
    assert all(name.isalnum() for name in definition()["components"]["schemas"])


@each_operation
def test_an_operation_has_the_credentials_and_the_function_of_its_audience(operation: Operation) -> None:
    integration = operation.content["x-amazon-apigateway-integration"]

    assert operation.content["security"] == [{operation.audience: []}]
    assert operation.content["tags"] == [operation.audience]
    assert f"${{{FUNCTIONS[operation.audience]}Aliaslive}}" in integration["uri"]["Fn::Sub"]
    assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
    assert FUNCTIONS[operation.audience] in template()["Resources"]


@pytest.mark.parametrize("audience", APPS)
def test_the_functions_serve_exactly_the_defined_operations_under_their_names(audience: str) -> None:
    app = APPS[audience]
    served = {(route.method, route.path): route.func.__name__ for route in (*app._static_routes, *app._dynamic_routes)}

    assert served == {
        (operation.method.upper(), operation.path.replace("{", "<").replace("}", ">")): operation.function_name
        for operation in operations()
        if operation.audience == audience
    }


def test_operation_ids_are_unique() -> None:
    names = [operation.content["operationId"] for operation in operations()]

    assert len(set(names)) == len(names)


@each_operation
def test_an_operation_has_examples_of_its_request_and_its_responses(operation: Operation) -> None:
    body = operation.content.get("requestBody")

    assert body is None or (body["required"] and examples(body["content"]))
    for status, response in operation.responses.items():
        if status in WITHOUT_BODY:
            assert "content" not in response
            continue
        assert examples(response["content"]), status
        assert (PROBLEM_JSON in response["content"]) == (status >= "400"), status


@each_operation
def test_an_operation_documents_the_errors_that_can_always_happen(operation: Operation) -> None:
    always = {"401", "429", "500", "503"}

    assert always <= set(operation.responses)
    assert operation.audience == "storefront" or "403" in operation.responses


@each_operation
def test_examples_match_their_schemas(operation: Operation) -> None:
    bodies = [response["content"] for response in operation.responses.values() if "content" in response]
    if "requestBody" in operation.content:
        bodies.append(operation.content["requestBody"]["content"])

    for body in bodies:
        for media in body.values():
            name = media["schema"]["$ref"].rpartition("/")[2]
            for example in examples({"": media}).values():
                OAS30Validator(schema(name)).validate(example)


@each_operation
def test_the_example_of_a_problem_is_listed_under_its_code_and_status(operation: Operation) -> None:
    for status, response in operation.responses.items():
        if status >= "400":
            for code, problem in examples(response["content"]).items():
                assert (problem["code"], str(problem["status"])) == (code, status)


def test_the_title_of_every_problem_is_the_name_of_its_status() -> None:
    shown = [example["value"] for example in definition()["components"]["examples"].values()]
    problems = [problem for problem in shown if "code" in problem]

    for problem in [*problems, *(answered for _, _, answered in gateway_problems())]:
        assert problem["title"] == title(problem["status"])


def title(status: int) -> str:
    # Python has the name of 413 in RFC 9110 only since 3.13.
    return "Content Too Large" if status == 413 else HTTPStatus(status).phrase


def test_the_codes_are_those_of_the_functions_and_of_the_gateway() -> None:
    codes = set(schema("Problem")["properties"]["code"]["enum"])
    answered = {error.code for error in public_errors()}
    answered |= {problem["code"] for _, _, problem in gateway_problems()}

    assert codes == answered
    assert codes <= set(definition()["components"]["examples"])


def public_errors() -> list[type[errors.InventoryError]]:
    """Every error that has a public code."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind for kind in kinds if issubclass(kind, errors.InventoryError) and kind.code]


def test_every_public_error_has_a_status() -> None:
    for error in public_errors():
        assert issubclass(error, tuple(STATUSES)), error


def test_every_code_is_documented_in_the_api_guide() -> None:
    text = (ROOT / "docs" / "api.md").read_text()

    for code in schema("Problem")["properties"]["code"]["enum"]:
        assert f"| `{code}` |" in text


@each_gateway_problem
def test_the_gateway_returns_problems_in_the_same_format_as_the_functions(
    response: dict[str, Any], problem: dict[str, Any]
) -> None:
    headers = {name.removeprefix("gatewayresponse.header.") for name in response["responseParameters"]}

    OAS30Validator(schema("Problem")).validate(problem)
    assert str(problem["status"]) == response["statusCode"]
    assert headers >= SECURITY_HEADERS | {"Access-Control-Allow-Origin"}
    assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == f"'{PROBLEM_JSON}'"
    assert ("errors" in problem) == (problem["code"] == "VALIDATION_FAILED")


def test_an_unknown_path_is_answered_with_404() -> None:
    integration = definition()["paths"]["/{proxy+}"]["x-amazon-apigateway-any-method"][
        "x-amazon-apigateway-integration"
    ]
    [response] = integration["responses"].values()
    problem = json.loads(response["responseTemplates"]["application/json"])

    assert (problem["code"], response["statusCode"]) == ("ROUTE_NOT_FOUND", "404")


@pytest.mark.parametrize("path", sorted({operation.path for operation in operations()}))
def test_a_preflight_response_lists_the_methods_of_its_path(path: str) -> None:
    calls = [operation for operation in operations() if operation.path == path]
    preflight = definition()["paths"][path].get("options")
    if calls[0].audience in ("checkout", "stockFeed"):  # no page has the credentials for these
        assert preflight is None
        return

    [response] = preflight["x-amazon-apigateway-integration"]["responses"].values()
    headers = response["responseParameters"]
    origin = {"storefront": "StorefrontOrigin", "admin": "AdminOrigin"}[calls[0].audience]
    assert headers["method.response.header.Access-Control-Allow-Origin"] == {"Fn::Sub": f"'${{{origin}}}'"}
    allowed = headers["method.response.header.Access-Control-Allow-Methods"].strip("'").split(",")
    assert allowed == [call.method.upper() for call in calls]
    assert origin in template()["Parameters"]


@pytest.mark.parametrize("path", sorted({operation.path for operation in operations()}))
def test_a_preflight_response_lists_the_headers_of_the_storefronts_calls(path: str) -> None:
    calls = [operation for operation in operations() if operation.path == path]
    if calls[0].audience != "storefront":
        return

    [response] = definition()["paths"][path]["options"]["x-amazon-apigateway-integration"]["responses"].values()
    allowed = response["responseParameters"]["method.response.header.Access-Control-Allow-Headers"]
    sent = {"x-api-key"} | {name.lower() for call in calls for name in headers_of(call)}
    assert allowed == f"'{','.join(sorted(sent))}'"


def headers_of(operation: Operation) -> list[str]:
    """The headers that a call may have, other than its credentials."""
    parameters = [resolved(parameter) for parameter in operation.content.get("parameters", ())]
    body = ["Content-Type"] if "requestBody" in operation.content else []
    return body + [parameter["name"] for parameter in parameters if parameter["in"] == "header"]


@each_operation
def test_an_answer_that_may_be_known_names_its_tag_and_its_304(operation: Operation) -> None:
    if "If-None-Match" not in headers_of(operation):
        assert "304" not in operation.responses
        return

    for status in ("200", "304"):
        assert {"ETag", "Cache-Control"} <= set(operation.responses[status]["headers"])


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("LookupRequest", storefront_api.LookupContent),
        ("LevelRequest", LevelContent),
        ("AdjustmentRequest", AdjustmentContent),
        ("ShardsRequest", ShardsContent),
        ("StockChange", ChangeContent),
        ("ReleaseRequest", ReleaseContent),
        ("UnitsRequest", UnitsContent),
        ("ReturnRequest", ReturnContent),
        ("DispatchRequest", DispatchContent),
    ],
)
def test_a_request_schema_has_the_fields_that_the_functions_read(name: str, model: type[BaseModel]) -> None:
    described = schema(name)

    assert described["additionalProperties"] is False
    assert set(described["properties"]) == set(model.model_fields)
    assert set(described["required"]) == {field for field, info in model.model_fields.items() if info.is_required()}


@pytest.mark.parametrize(
    ("name", "fields", "required"),
    [
        ("ReservationRequest", FIELDS, {"lines"}),
        ("LineRequest", LINE_FIELDS, {"product_id", "quantity"}),
        ("PaymentResult", payment_result.FIELDS, {"outcome"}),
    ],
)
def test_a_request_schema_has_the_fields_that_are_read_without_pydantic(
    name: str, fields: tuple[str, ...], required: set[str]
) -> None:
    described = schema(name)

    assert described["additionalProperties"] is False
    assert set(described["properties"]) == set(fields)
    assert set(described["required"]) == required


def test_the_limits_of_the_schemas_are_those_of_the_functions() -> None:
    reservation = schema("ReservationRequest")["properties"]
    parameters = definition()["components"]["parameters"]
    limit = parameters["Limit"]["schema"]

    assert reservation["lines"]["maxItems"] == LINES_MAX
    assert reservation["hold_seconds"]["maximum"] == HOLD_SECONDS_MAX
    assert resolved(schema("LineRequest"))["properties"]["quantity"]["maximum"] == QUANTITY_MAX
    for name in ("ReturnRequest", "DispatchRequest"):
        assert schema(name)["properties"]["lines"]["maxItems"] == LINES_MAX
    assert schema("UnitsRequest")["properties"]["quantity"]["maximum"] == QUANTITY_MAX
    assert schema("Units")["maximum"] == UNITS_MAX
    assert schema("ShardsRequest")["properties"]["shards"]["maximum"] == SHARDS_MAX
    assert (limit["maximum"], limit["default"]) == (LIMIT_MAX, LIMIT_DEFAULT)
    assert parameters["StockLevelsLimit"]["schema"]["maximum"] == STOCK_LEVELS_MAX
    assert schema("StockChangesRequest")["properties"]["changes"]["maxItems"] == CHANGES_MAX
    assert parameters["ProductIds"]["schema"]["maxLength"] == storefront_api.QUERY_LENGTH_MAX
    assert parameters["ProductIdList"]["schema"]["maxItems"] == PRODUCTS_MAX
    assert schema("Identifier")["maxLength"] == DECOMPOSED_MAX * IDENTIFIER_LENGTH_MAX
    assert schema("Text")["maxLength"] == DECOMPOSED_MAX * TEXT_LENGTH_MAX


def test_the_kinds_and_results_of_the_schemas_are_those_of_the_functions() -> None:
    shown = [
        kind.value for kind in MovementKind if kind is not MovementKind.MOVED
    ]  # within a level, so no caller sees it
    assert schema("Movement")["properties"]["kind"]["enum"] == shown
    assert schema("StockChange")["properties"]["kind"]["enum"] == [kind.value for kind in ChangeKind]
    assert schema("ReturnRequest")["properties"]["disposition"]["enum"] == [value.value for value in Disposition]
    assert schema("StockChangeResult")["properties"]["result"]["enum"] == [result.value for result in Result]
