"""The hosting of the admin page in the template: what the local AWS does not enforce."""

from copy import deepcopy
from typing import Any

from tests.support.template.source import resource

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # the id of the managed policy
ERRORS_THAT_CLOUDFRONT_CACHES = {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}


def distribution() -> dict[str, Any]:
    config: dict[str, Any] = resource("AdminUiDistribution")["DistributionConfig"]
    return config


def behaviour_of(path_pattern: str) -> dict[str, Any]:
    """How the distribution serves the paths of a pattern."""
    [behaviour] = [each for each in distribution()["CacheBehaviors"] if each["PathPattern"] == path_pattern]
    return dict(behaviour)


def headers_of(policy: str) -> dict[str, Any]:
    """What a policy of response headers sets, without its name."""
    config: dict[str, Any] = deepcopy(resource(policy)["ResponseHeadersPolicyConfig"])
    del config["Name"]
    return config


def test_no_response_of_the_api_is_cached() -> None:
    behaviour = behaviour_of("admin/*")
    errors = {error.pop("ErrorCode"): error for error in map(dict, distribution()["CustomErrorResponses"])}

    assert behaviour["TargetOriginId"] == "api"
    assert behaviour["CachePolicyId"] == CACHING_DISABLED
    assert errors == {code: {"ErrorCachingMinTTL": 0} for code in ERRORS_THAT_CLOUDFRONT_CACHES}


def test_all_connections_are_encrypted() -> None:
    origins = {origin["Id"]: origin for origin in distribution()["Origins"]}

    # A redirect would come after the token was sent unencrypted.
    assert behaviour_of("admin/*")["ViewerProtocolPolicy"] == "https-only"
    assert behaviour_of("reference*")["ViewerProtocolPolicy"] == "redirect-to-https"
    assert origins["api"]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert resource("AdminUiAccessControl")["OriginAccessControlConfig"]["SigningBehavior"] == "always"


def test_the_bucket_can_never_be_public() -> None:
    assert set(resource("AdminUiBucket")["PublicAccessBlockConfiguration"].values()) == {True}


def test_the_reference_has_the_headers_of_the_page_except_for_its_content_security_policy() -> None:
    page, reference = headers_of("AdminUiHeaders"), headers_of("ReferenceHeaders")

    own = reference["SecurityHeadersConfig"].pop("ContentSecurityPolicy")["ContentSecurityPolicy"]
    del page["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    assert reference == page
    assert "script-src 'self';" in own
    assert "connect-src 'self';" in own
    assert behaviour_of("reference*")["ResponseHeadersPolicyId"] == {"Ref": "ReferenceHeaders"}


def test_the_folder_of_the_reference_has_an_index() -> None:
    [association] = behaviour_of("reference*")["FunctionAssociations"]

    assert association["EventType"] == "viewer-request"
    assert association["FunctionARN"] == {"Fn::GetAtt": "ReferenceIndexFunction.FunctionARN"}
    assert resource("ReferenceIndexFunction")["AutoPublish"]  # a function that is not published changes nothing
