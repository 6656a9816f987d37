"""Imports the parts of an API's definition that ministack ignores.

ministack imports the operations with their functions and authorizers. This module adds gateway responses, methods for
any HTTP verb, mock integrations and binary media types. Request validators are still ignored: the functions must
validate every request themselves, and this shows that they do.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway_v1

ANY_METHOD = "x-amazon-apigateway-any-method"
BINARY_MEDIA_TYPES = "x-amazon-apigateway-binary-media-types"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
INTEGRATION = "x-amazon-apigateway-integration"

Definition = Mapping[str, Any]


def install() -> None:
    """Patch ministack so that it imports the complete definition."""
    import_operations = apigateway_v1._import_rest_api

    def import_api(definition: Definition, properties: dict[str, Any] | None = None) -> str:
        binary = {"binaryMediaTypes": definition.get(BINARY_MEDIA_TYPES, [])}
        api_id: str = import_operations(definition, {**(properties or {}), **binary})
        for response_type, response in definition.get(GATEWAY_RESPONSES, {}).items():
            apigateway_v1._put_gateway_response(api_id, response_type, response)
        for path, operations in definition["paths"].items():
            _complete(api_id, path, operations)
        return api_id

    apigateway_v1._import_rest_api = import_api


def _complete(api_id: str, path: str, operations: Mapping[str, Any]) -> None:
    resources = apigateway_v1._resources[api_id]
    [resource_id] = [key for key, resource in resources.items() if resource["path"] == path]
    if ANY_METHOD in operations:
        apigateway_v1._import_operation(api_id, resource_id, "ANY", operations[ANY_METHOD])
    methods = resources[resource_id]["resourceMethods"]
    for name, operation in operations.items():
        method = "ANY" if name == ANY_METHOD else name.upper()
        if method in methods:
            _complete_integration(api_id, resource_id, method, operation[INTEGRATION])


def _complete_integration(api_id: str, resource_id: str, method: str, integration: Mapping[str, Any]) -> None:
    described = {**integration, "type": integration["type"].upper()}
    apigateway_v1._put_integration(api_id, resource_id, method, described)
    for pattern, response in integration.get("responses", {}).items():
        selected_by = {} if pattern == "default" else {"selectionPattern": pattern}
        apigateway_v1._put_integration_response(
            api_id, resource_id, method, response["statusCode"], {**response, **selected_by}
        )
