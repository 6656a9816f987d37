"""Runs ministack, which emulates all AWS services except the execution of state machines, with our patches.

The patches: executions run in the Step Functions engine, and EventBridge takes its events, Lambda workers share their
code, the capacity units of every DynamoDB call are logged, an API is imported with its complete definition, events go
through Lambda's queue, alarms on metric expressions are accepted, the admin page's distribution has a port, and loopback
connections count as TLS. AppSync Events and the consumers of DynamoDB streams are our own (tools.local.event_api,
tools.local.streams). What AWS refuses and ministack accepts is refused (tools.local.refusals).
"""

import asyncio
import os
import sys
from pathlib import Path

from tools.local.processes.parent_watchdog import exit_with_parent
from tools.local.settings import HOST, LocalSettings, transaction_milliseconds

# Threads that wait for Lambda functions. Functions wait for each other through the workflow, so there must be more
# threads than concurrent executions.
WORKER_THREADS = 512

# Connections that wait to be accepted: hundreds of pages may connect at once.
BACKLOG = 1024


def main() -> None:
    """Serve until the process is killed."""
    exit_with_parent()
    settings = LocalSettings(
        port=int(sys.argv[2]), directory=Path(sys.argv[1]), transaction_milliseconds=transaction_milliseconds()
    )
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
        STATE_DIR=f"{os.environ['TMPDIR']}/state",  # the default is in the system's temporary folder
    )
    from hypercorn.asyncio import serve  # ministack reads its environment on import
    from hypercorn.config import Config
    from ministack import app

    from tools.local.emulators import (
        alarms,
        api_import,
        distribution,
        event_invocations,
        lambda_workers,
        queue_permissions,
    )
    from tools.local.emulators.dynamodb_meter import DynamoDbMeter
    from tools.local.event_api import service as event_api
    from tools.local.faults.endpoint import serve_faults
    from tools.local.faults.switches import EVENTS, Switches, with_faults
    from tools.local.step_functions import gateway, status_events
    from tools.local.streams import service as streams

    lambda_workers.install()
    alarms.install()
    api_import.install()
    event_invocations.install()
    distribution.allow_api_origin(settings)
    gateway.authorize_callbacks_by_token()
    app.SERVICE_HANDLERS["states"] = gateway.forward_executions(app.SERVICE_HANDLERS["states"], settings.engine_url)
    switches = Switches()
    events = with_faults(app.SERVICE_HANDLERS["events"], switches, EVENTS, "PutEvents")
    app.SERVICE_HANDLERS["events"] = status_events.accept_from_engine(events)
    keys = event_api.install(app.SERVICE_HANDLERS, switches)
    streams.install(settings)
    meter = DynamoDbMeter(app.SERVICE_HANDLERS["dynamodb"], settings.directory / "dynamodb.jsonl")
    app.SERVICE_HANDLERS["dynamodb"] = meter.handle
    _refuse_what_aws_refuses(settings)
    _treat_loopback_as_tls()
    queue_permissions.authorize_batches_as_single_calls()
    config = Config()
    config.bind = [f"{HOST}:{port}" for port in (settings.port, settings.page_port)]
    config.keep_alive_timeout = 75
    config.backlog = BACKLOG
    application = serve_faults(distribution.serve_at_page_port(app.app, settings), switches, keys.expire)
    asyncio.run(serve(application, config))


def _refuse_what_aws_refuses(settings: LocalSettings) -> None:
    from ministack import app

    from tools.local.refusals import (
        dependency_rings,
        environment_size,
        index_updates,
        missing_objects,
        null_values,
        payload_size,
        throttling,
        transaction_conflicts,
        visibility_timeouts,
    )

    null_values.install()
    dependency_rings.install()
    index_updates.install()
    environment_size.limit_environment_in_stacks()
    visibility_timeouts.install()
    missing_objects.install()
    payload_size.limit_results()
    payload_size.limit_gateway()
    handlers = app.SERVICE_HANDLERS
    handlers["lambda"] = environment_size.limit_environment(payload_size.limit_invocations(handlers["lambda"]))
    handlers["states"] = throttling.throttle(handlers["states"])
    if seconds := settings.transaction_milliseconds / 1000:
        handlers["dynamodb"] = transaction_conflicts.refuse_conflicts(handlers["dynamodb"], seconds)


def _treat_loopback_as_tls() -> None:
    """Satisfy policies that require TLS: all calls stay on this machine."""
    from ministack import app

    pin_request_origin = app.pin_request_origin

    def pin(source_ip: str, _: bool) -> None:
        pin_request_origin(source_ip, True)

    app.pin_request_origin = pin


if __name__ == "__main__":
    main()
