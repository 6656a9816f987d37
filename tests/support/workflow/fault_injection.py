"""What can go wrong with a call to AWS. Each takes the call, and may let it proceed."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from werkzeug.wrappers import Response

from tests.support.workflow.cloud import Call, Disturbance, Proceed, function_error
from tests.support.workflow.functions import FunctionFailed

HANGS_SECONDS = 3  # longer than what a test lets a task wait


def refuse(code: str, status: int = 400, **details: Any) -> Disturbance:
    """AWS answers an error, and nothing was done."""

    def answer(call: Call, proceed: Proceed) -> Response:
        headers = {"x-amzn-requestid": str(uuid4()), "x-amzn-errortype": code}
        if call.service == "sns":
            error = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
            xml = f"<ErrorResponse>{error}<RequestId>{uuid4()}</RequestId></ErrorResponse>"
            return Response(xml, status, content_type="text/xml", headers=headers)
        body = json.dumps({"__type": code, "message": "injected"} | details)
        return Response(body, status, content_type="application/json", headers=headers)

    return answer


def crash(error_type: str) -> Disturbance:
    """The function fails with this type of error before it has done anything."""
    return lambda call, proceed: function_error(FunctionFailed(error_type, "injected"))


def hang(call: Call, proceed: Proceed) -> Response:
    """The answer comes when nobody waits for it any more."""
    time.sleep(HANGS_SECONDS)
    return Response(status=503)


def done_but(disturbance: Disturbance) -> Disturbance:
    """The call does its work; what is answered is the disturbance."""

    def answer(call: Call, proceed: Proceed) -> Response:
        proceed()
        return disturbance(call, proceed)

    return answer


def before(happens: Callable[[], object], then: Disturbance | None = None) -> Disturbance:
    """Something else happens just before the call."""

    def answer(call: Call, proceed: Proceed) -> Response:
        happens()
        return then(call, proceed) if then else proceed()

    return answer


def about(text: str, disturbance: Disturbance) -> Disturbance:
    """Only a call that mentions this text is disturbed."""

    def answer(call: Call, proceed: Proceed) -> Response:
        mentioned = text.encode() in call.request.get_data()
        return disturbance(call, proceed) if mentioned else proceed()

    return answer
