"""The hosting of the admin page in the template: what the local AWS does not enforce."""

from typing import Any

from tests.support.template.source import resource

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # the id of the managed policy
ERRORS_THAT_CLOUDFRONT_CACHES = {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}


def distribution() -> dict[str, Any]:
    config: dict[str, Any] = resource("AdminUiDistribution")["DistributionConfig"]
    return config


def test_no_response_of_the_api_is_cached() -> None:
    [behaviour] = distribution()["CacheBehaviors"]
    errors = {error.pop("ErrorCode"): error for error in map(dict, distribution()["CustomErrorResponses"])}

    assert behaviour["TargetOriginId"] == "api"
    assert behaviour["CachePolicyId"] == CACHING_DISABLED
    assert errors == {code: {"ErrorCachingMinTTL": 0} for code in ERRORS_THAT_CLOUDFRONT_CACHES}


def test_all_connections_are_encrypted() -> None:
    [behaviour] = distribution()["CacheBehaviors"]
    origins = {origin["Id"]: origin for origin in distribution()["Origins"]}

    # A redirect would come after the token was sent unencrypted.
    assert behaviour["ViewerProtocolPolicy"] == "https-only"
    assert origins["api"]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert resource("AdminUiAccessControl")["OriginAccessControlConfig"]["SigningBehavior"] == "always"


def test_the_bucket_can_never_be_public() -> None:
    assert set(resource("AdminUiBucket")["PublicAccessBlockConfiguration"].values()) == {True}
