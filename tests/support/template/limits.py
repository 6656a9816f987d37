"""AWS's limits on sizes and counts in a template. cfn-lint checks single properties; these are sums and counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"
SNS = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"
CLOUDWATCH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
API_GATEWAY = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
)
STEP_FUNCTIONS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"
EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
PARAMETER_STORE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"


@dataclass(frozen=True)
class Limit:
    """The largest size that AWS accepts, and where it says so."""

    maximum: int
    source: str


@dataclass(frozen=True)
class Size:
    """One measurement: `limit` is a name in LIMITS, `place` a logical id or a section."""

    limit: str
    place: str
    size: int

    def __str__(self) -> str:
        return f"{self.place} has {self.size} {self.limit}, but {LIMITS[self.limit].maximum} are allowed"


LIMITS = {
    # Uploaded to S3, as `sam deploy` does. Given in the request itself it would be 51,200.
    "bytes of template": Limit(1_000_000, CLOUDFORMATION),
    "bytes of description": Limit(1024, CLOUDFORMATION),
    "resources": Limit(500, CLOUDFORMATION),
    "outputs": Limit(200, CLOUDFORMATION),
    "parameters": Limit(200, CLOUDFORMATION),
    "bytes of parameter value": Limit(4096, CLOUDFORMATION),
    "mappings": Limit(200, CLOUDFORMATION),
    "attributes of mapping": Limit(200, CLOUDFORMATION),
    "characters of name": Limit(255, CLOUDFORMATION),
    "dynamic references": Limit(60, CLOUDFORMATION),
    "bytes of environment": Limit(4096, LAMBDA),
    "characters of version description": Limit(
        256, "https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html"
    ),
    "bytes of function policy": Limit(20_480, LAMBDA),
    "characters of inline policies": Limit(10_240, IAM),
    "characters of managed policy": Limit(6144, IAM),
    "characters of trust policy": Limit(2048, IAM),
    "managed policies of role": Limit(10, IAM),
    "bytes of queue policy": Limit(8192, SQS),
    "statements of queue policy": Limit(20, SQS),
    "bytes of topic policy": Limit(30_720, SNS),
    "bytes of key policy": Limit(32_768, KMS),
    "bytes of bucket policy": Limit(20_480, S3),
    "metrics of alarm": Limit(
        10, "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html"
    ),
    "actions of alarm": Limit(5, CLOUDWATCH),
    "widgets of dashboard": Limit(500, CLOUDWATCH),
    "metrics of widget": Limit(500, CLOUDWATCH),
    "metrics of dashboard": Limit(2500, CLOUDWATCH),
    "resources of API": Limit(300, API_GATEWAY),
    "authorizers of API": Limit(10, API_GATEWAY),
    "bytes of API document": Limit(6_000_000, API_GATEWAY),
    "bytes of model": Limit(400_000, API_GATEWAY),
    "bytes of access log format": Limit(3072, API_GATEWAY),
    "bytes of definition": Limit(1_000_000, STEP_FUNCTIONS),
    "characters of state name": Limit(
        80, "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html"
    ),
    "indexes of table": Limit(20, DYNAMODB),
    "characters of event pattern": Limit(2048, EVENTBRIDGE),
    "targets of rule": Limit(5, EVENTBRIDGE),
    "bytes of Parameter Store value": Limit(4096, PARAMETER_STORE),
    "characters of Parameter Store name": Limit(1011, PARAMETER_STORE),
    "cache behaviors": Limit(75, CLOUDFRONT),
    "custom headers of response headers policy": Limit(10, CLOUDFRONT),
    "characters of distribution comment": Limit(
        128, "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html"
    ),
    "characters of origin access control name": Limit(
        64, "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html"
    ),
}


def exceeded(sizes: Iterable[Size]) -> Iterator[Size]:
    """The measurements that AWS would refuse."""
    return (size for size in sizes if size.size > LIMITS[size.limit].maximum)
