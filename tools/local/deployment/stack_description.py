"""Describes the stack after its deployment, and creates the users who may call it."""

from tools.local.deployment.sam import stack_name
from tools.local.identities import create_caller, create_operator, create_sign_in
from tools.local.root_user import root_session
from tools.local.settings import REGION, LocalSettings
from tools.local.stack import Stack, reachable


def describe_stack(settings: LocalSettings) -> Stack:
    """The deployed stack with its outputs and its new users."""
    session, url = root_session(), settings.endpoint_url
    cloudformation = session.client("cloudformation", endpoint_url=url)
    iam = session.client("iam", endpoint_url=url)
    api_gateway = session.client("apigateway", endpoint_url=url)
    cognito = session.client("cognito-idp", endpoint_url=url)
    [deployed] = cloudformation.describe_stacks(StackName=stack_name(settings.project))["Stacks"]
    outputs = {
        output["OutputKey"]: reachable(output["OutputValue"], url, settings.page_url)
        for output in deployed.get("Outputs", [])
    }
    return Stack(
        endpoint_url=url,
        stepfunctions_endpoint_url=url,
        region=REGION,
        outputs=outputs,
        operator=create_operator(iam),
        checkout=create_caller(iam, "checkout", outputs["CheckoutPolicyArn"]),
        stock_feed=create_caller(iam, "stock-feed", outputs["StockFeedPolicyArn"]),
        storefront_api_key=api_gateway.get_api_key(apiKey=outputs["StorefrontApiKeyId"], includeValue=True)["value"],
        admin=create_sign_in(cognito, outputs["UserPoolId"], "admin", "inventory-managers"),
        viewer=create_sign_in(cognito, outputs["UserPoolId"], "viewer", "inventory-viewers"),
    )
