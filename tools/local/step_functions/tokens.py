"""Task tokens that are as long as those of AWS and contain the ARN of the state machine that waits."""

import base64
import binascii
import json
from uuid import uuid4

TOKEN_BYTES = 501  # 668 characters in base64, the length of a task token on AWS


def issue(state_machine_arn: str) -> str:
    """A new token for a task of a state machine."""
    content = json.dumps({"id": str(uuid4()), "state_machine_arn": state_machine_arn})
    return base64.b64encode(content.ljust(TOKEN_BYTES).encode()).decode()


def state_machine_arn(token: str) -> str | None:
    """The ARN of the state machine that a token belongs to; None if it is not a token of ours."""
    try:
        arn: str = json.loads(base64.b64decode(token, validate=True))["state_machine_arn"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return arn
