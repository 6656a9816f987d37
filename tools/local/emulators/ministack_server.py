"""ministack, the AWS of this local AWS, with eight seams of our own.

Executions run in the engine, Lambda workers share their code and start a few at a time, every DynamoDB call is metered,
an API is imported with all of its definition, events wait in Lambda's queue, alarms may add metrics up, the admin
page's distribution has a port, and loopback counts as TLS.
"""

import asyncio
import os
import sys
from pathlib import Path

from tools.local.parent_watchdog import end_with_supervisor
from tools.local.settings import HOST, LocalSettings

# Threads that wait for Lambda functions. Functions wait for each other through the workflow,
# so there are more of them than executions at once.
WORKER_THREADS = 512


def main() -> None:
    """Serve until killed."""
    end_with_supervisor()
    settings = LocalSettings(port=int(sys.argv[2]), directory=Path(sys.argv[1]))
    os.environ.update(
        AUTH="true",
        BIND_HOST=HOST,
        GATEWAY_PORT=str(settings.port),
        MINISTACK_HOST="localhost",
        MINISTACK_WORKER_THREADS=str(WORKER_THREADS),
        LAMBDA_ACCOUNT_CONCURRENCY="1000",
        IOT_MTLS_ENABLED="0",  # one port is enough
        SFTP_ENABLED="0",
        S3_DATA_DIR=os.environ["TMPDIR"],
    )
    from hypercorn.asyncio import serve  # ministack reads its environment on import
    from hypercorn.config import Config
    from ministack import app

    from tools.local.emulators import alarms, api_import, distribution, event_invocations, lambda_workers
    from tools.local.emulators.dynamodb_meter import DynamoDbMeter
    from tools.local.step_functions import gateway as workflow_gateway

    lambda_workers.install()
    alarms.install()
    api_import.install()
    event_invocations.install()
    distribution.reach_the_api(settings)
    workflow_gateway.authorize_callbacks_by_token()
    app.SERVICE_HANDLERS["states"] = workflow_gateway.forwarding(app.SERVICE_HANDLERS["states"], settings.engine_url)
    meter = DynamoDbMeter(app.SERVICE_HANDLERS["dynamodb"], settings.directory / "dynamodb.jsonl")
    app.SERVICE_HANDLERS["dynamodb"] = meter.handle
    _take_loopback_for_tls()
    config = Config()
    config.bind = [f"{HOST}:{port}" for port in (settings.port, settings.page_port)]
    config.keep_alive_timeout = 75
    asyncio.run(serve(distribution.at_its_port(app.app, settings), config))


def _take_loopback_for_tls() -> None:
    """Let in what a policy refuses without TLS: all calls here stay on this machine."""
    from ministack import app

    pin_request_origin = app.pin_request_origin

    def pin(source_ip: str, _: bool) -> None:
        pin_request_origin(source_ip, True)

    app.pin_request_origin = pin


if __name__ == "__main__":
    main()
