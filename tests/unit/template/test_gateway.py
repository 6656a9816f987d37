"""What API Gateway does before a function runs: it validates requests, throttles callers, and returns its own errors.

The local AWS does none of it, so these tests read its configuration in the template and in openapi.yaml.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.template.openapi import Operation, definition, gateway_problems, operations, resolved
from tests.support.template.source import ROOT, resource, template

VALIDATORS = "x-amazon-apigateway-request-validators"
VALIDATOR = "x-amazon-apigateway-request-validator"

# The responses that API Gateway returns without a function. All other types are a DEFAULT_4XX or DEFAULT_5XX.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
ANSWERS = {
    "BAD_REQUEST_BODY": (400, "VALIDATION_FAILED"),
    "BAD_REQUEST_PARAMETERS": (400, "VALIDATION_FAILED"),
    "UNAUTHORIZED": (401, "UNAUTHORIZED"),
    "INVALID_API_KEY": (401, "UNAUTHORIZED"),
    "MISSING_AUTHENTICATION_TOKEN": (401, "UNAUTHORIZED"),
    "INVALID_SIGNATURE": (401, "UNAUTHORIZED"),
    "EXPIRED_TOKEN": (401, "UNAUTHORIZED"),
    "DEFAULT_4XX": (401, "UNAUTHORIZED"),
    "ACCESS_DENIED": (403, "FORBIDDEN"),
    "WAF_FILTERED": (403, "FORBIDDEN"),
    "RESOURCE_NOT_FOUND": (404, "ROUTE_NOT_FOUND"),
    "REQUEST_TOO_LARGE": (413, "PAYLOAD_TOO_LARGE"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "UNSUPPORTED_MEDIA_TYPE"),
    "THROTTLED": (429, "TOO_MANY_REQUESTS"),
    "QUOTA_EXCEEDED": (429, "TOO_MANY_REQUESTS"),
    "DEFAULT_5XX": (500, "INTERNAL_ERROR"),
    "INTEGRATION_FAILURE": (503, "BUSY"),
    "INTEGRATION_TIMEOUT": (503, "BUSY"),
}
RETRIED_SOON = {"THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"}

each_operation = pytest.mark.parametrize("operation", operations(), ids=str)


def validator(operation: Operation) -> Mapping[str, bool]:
    """What API Gateway validates in an operation: its own validator, or that of the whole document."""
    name = operation.content.get(VALIDATOR, definition()[VALIDATOR])
    found: Mapping[str, bool] = definition()[VALIDATORS][name]
    return found


def required_parameters(operation: Operation) -> Iterator[str]:
    """The names of the required parameters of an operation."""
    item = definition()["paths"][operation.path]
    for parameter in (*item.get("parameters", ()), *operation.content.get("parameters", ())):
        if resolved(parameter)["required"]:
            yield resolved(parameter)["name"]


# --- requests


@each_operation
def test_a_request_without_a_required_parameter_is_rejected(operation: Operation) -> None:
    in_the_path = [part.strip("{}") for part in operation.path.split("/") if part.startswith("{")]

    assert set(in_the_path) <= set(required_parameters(operation))
    assert validator(operation)["validateRequestParameters"] or not list(required_parameters(operation))


@each_operation
def test_a_json_body_is_validated_against_its_schema(operation: Operation) -> None:
    bodies = operation.content.get("requestBody", {}).get("content", {})

    has_csv = "text/csv" in bodies  # which the gateway would validate as JSON; the function validates both
    is_list = (
        operation.content["operationId"] == "changeStock"
    )  # whose entries are answered one by one, also wrong ones
    assert validator(operation)["validateRequestBody"] or "application/json" not in bodies or has_csv or is_list
    for body in bodies.values():
        assert body["schema"]["$ref"].removeprefix("#/components/schemas/") in definition()["components"]["schemas"]


# --- limits


def is_a_limit(value: Any) -> bool:
    """Whether a value is a parameter that must be at least 1."""
    parameter = template()["Parameters"][value["Ref"]]
    return bool(parameter["Type"] == "Number" and parameter["MinValue"] >= 1 and parameter["Default"] >= 1)


def test_every_operation_is_throttled_for_all_callers_together() -> None:
    [settings] = [
        settings
        for settings in resource("InventoryApi")["MethodSettings"]
        if (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    ]

    assert is_a_limit(settings["ThrottlingRateLimit"])
    assert is_a_limit(settings["ThrottlingBurstLimit"])


def test_the_storefront_key_is_throttled_and_has_a_daily_quota() -> None:
    plan = resource("StorefrontUsagePlan")

    assert is_a_limit(plan["Throttle"]["RateLimit"])
    assert is_a_limit(plan["Throttle"]["BurstLimit"])
    assert is_a_limit(plan["Quota"]["Limit"])
    assert plan["Quota"]["Period"] == "DAY"
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "InventoryApi"}, "Stage": {"Ref": "InventoryApi.Stage"}}]
    assert resource("StorefrontUsagePlanKey") == {
        "UsagePlanId": {"Ref": "StorefrontUsagePlan"},
        "KeyId": {"Ref": "StorefrontApiKey"},
        "KeyType": "API_KEY",
    }


def test_requests_of_the_storefront_count_for_its_key() -> None:
    scheme = definition()["components"]["securitySchemes"]["storefront"]

    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")
    assert "x-amazon-apigateway-authtype" not in scheme  # with it, the scheme would be an authorizer without a quota


# --- its own responses


def test_each_response_of_the_gateway_has_the_documented_status_and_code() -> None:
    answered = {name: (problem["status"], problem["code"]) for name, _, problem in gateway_problems()}

    assert answered == ANSWERS


@pytest.mark.parametrize(("status", "code"), sorted(set(ANSWERS.values())))
def test_a_code_of_the_gateway_is_documented_with_its_status(status: int, code: str) -> None:
    assert f"| `{code}` | {status} |" in (ROOT / "docs" / "api.md").read_text()


def test_a_response_that_asks_for_a_retry_has_the_header_retry_after() -> None:
    with_header = {
        name
        for name, response, _ in gateway_problems()
        if "gatewayresponse.header.Retry-After" in response["responseParameters"]
    }

    assert with_header == RETRIED_SOON
