"""The certificate of the admin page's own domain."""

from collections.abc import Sequence
from dataclasses import dataclass

REGION = (
    "us-east-1"  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
)
ISSUED = "ISSUED"


@dataclass(frozen=True)
class Certificate:
    """A certificate of Certificate Manager."""

    status: str
    domain_names: Sequence[str]  # with wildcards like *.example.com


def arn_problem(domain: str, arn: str) -> str | None:
    """Why the two parameters do not fit together, or None. Both are empty for the domain of CloudFront."""
    if domain and not arn:
        return (
            f"AdminUiDomainName is {domain}, but AdminUiCertificateArn is not set: request a certificate for this domain "
            f"in Certificate Manager in {REGION}, and set both."
        )
    if arn and not domain:
        return "AdminUiCertificateArn is set, but AdminUiDomainName is not: set the domain of the certificate, too."
    region = region_of(arn)
    if region and region != REGION:
        return (
            f"The certificate in AdminUiCertificateArn is in {region}, but CloudFront reads certificates only in "
            f"{REGION}: request one for {domain} there."
        )
    return None


def certificate_problem(domain: str, certificate: Certificate | None) -> str | None:
    """Why CloudFront cannot use the certificate for the domain, or None.

    Args:
        domain: the value of AdminUiDomainName.
        certificate: None if there is no such certificate.
    """
    if certificate is None:
        return (
            f"The certificate in AdminUiCertificateArn does not exist in this account: "
            f"request one for {domain} in Certificate Manager in {REGION}."
        )
    if certificate.status != ISSUED:
        return (
            f"The certificate for {domain} is {certificate.status}, not {ISSUED}: create the DNS records that "
            "Certificate Manager shows, and wait until it is issued."
        )
    if not any(covers(name, domain) for name in certificate.domain_names):
        return (
            f"The certificate is for {', '.join(certificate.domain_names)} and does not cover {domain}: "
            f"request one for this domain in {REGION}."
        )
    return None


def covers(name: str, domain: str) -> bool:
    """Whether a name of a certificate covers a domain. A wildcard stands for exactly one label."""
    name, domain = name.lower(), domain.lower()
    if name.startswith("*."):
        return domain.partition(".")[2] == name[2:]
    return name == domain


def region_of(arn: str) -> str | None:
    """The region in the ARN of a certificate, or None if it is not the ARN of a certificate."""
    match arn.split(":"):
        case ["arn", _, "acm", region, _, *_]:
            return region
    return None
