"""Task tokens as long as those of AWS, from which the state machine that waits can be told, as AWS can."""

import base64
import binascii
import json
from uuid import uuid4

TOKEN_BYTES = 501  # 668 characters: the length of a task token seen on AWS


def issue(state_machine_arn: str) -> str:
    """A new token for a task of this state machine."""
    content = json.dumps({"id": str(uuid4()), "state_machine_arn": state_machine_arn})
    return base64.b64encode(content.ljust(TOKEN_BYTES).encode()).decode()


def state_machine_arn(token: str) -> str | None:
    """Whose task the token is of; nobody's if this was never a token."""
    try:
        arn: str = json.loads(base64.b64decode(token, validate=True))["state_machine_arn"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return arn
