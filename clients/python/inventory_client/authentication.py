"""Adds credentials to requests: an API key, or a signature with AWS credentials (SigV4)."""

from typing import TYPE_CHECKING

from inventory_client.transport import Authenticate, Request

if TYPE_CHECKING:
    import boto3


def api_key_header(api_key: str) -> Authenticate:
    """Send an API key with each request."""

    def authenticate(request: Request) -> None:
        request.headers["x-api-key"] = api_key

    return authenticate


def sigv4(
    session: "boto3.Session | None", region: str | None, *, client: str = "CheckoutClient", extra: str = "checkout"
) -> Authenticate:
    """Sign each request with the session's credentials, which boto3 renews before they expire.

    Args:
        session: by default boto3 finds the credentials.
        region: by default the session's.
        client: the class that signs, for messages.
        extra: the package's extra that it needs.

    Raises:
        ImportError: boto3 is not installed.
    """
    try:
        import boto3
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
    except ImportError as error:
        raise ImportError(
            f'{client} needs boto3, which is not installed. Install the extra "{extra}": '
            f'pip install "inventory-client[{extra}]"'
        ) from error
    signer = session or boto3.Session()

    def authenticate(request: Request) -> None:
        credentials = signer.get_credentials()
        if credentials is None:
            raise ValueError("There are no AWS credentials to sign the request with.")
        region_name = region or signer.region_name
        if not region_name:
            raise ValueError(f"There is no AWS region to sign the request for. Pass the API's region to {client}.")
        signed = AWSRequest(request.method, request.url, headers=request.headers, data=request.body)
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region_name).add_auth(signed)
        request.headers.update(signed.headers.items())

    return authenticate
