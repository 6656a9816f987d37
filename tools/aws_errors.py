"""Says what an error of AWS means for who runs a command, and what to do."""

from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
INVALID = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"}
SIGN_IN = "Sign in (aws sso login), or store credentials (aws configure)."


def sentence_of(error: Exception) -> str:
    """What an error means, and what to do; the text of one that needs no explanation."""
    match error:
        case NoRegionError():
            return "No region is set. Give one: --region eu-central-1, or set AWS_DEFAULT_REGION."
        case NoCredentialsError():
            return f"There are no AWS credentials. {SIGN_IN}"
        case ProfileNotFound():
            return f"{error}. AWS_PROFILE names it; `aws configure list-profiles` lists those that there are."
        case SSOError() | TokenRetrievalError():
            return f"The sign-in has ended: {error}. Sign in again: aws sso login"
        case EndpointConnectionError():
            return f"{error}. Is the region right, and is this machine connected?"
        case ClientError():
            return _of_service(error)
    return str(error)


def _of_service(error: ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code in EXPIRED:
        return f"The AWS credentials have expired. {SIGN_IN}"
    if code in INVALID:
        return f"AWS does not know these credentials ({code}). {SIGN_IN}"
    return str(error)
