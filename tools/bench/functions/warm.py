"""The CPU of a warm request, beside that of the calls that it makes."""

from dataclasses import dataclass
from statistics import median

from tools.bench.functions.measured import ANSWER, BARE_CONFIG, CONTEXT, OUR_CONFIG, Pair, client_lines, in_boto3

WARM_UP = 10


@dataclass(frozen=True)
class CpuSeconds:
    """The median CPU of one request, of its calls in bare boto3, and of these calls by a client with our settings."""

    ours: float
    bare: float
    bare_with_our_settings: float


def cpu_seconds(pair: Pair, rounds: int) -> CpuSeconds:
    """Measure a request and its calls, all in turn in one process, so that a slow moment of the machine affects all."""
    errors = pair.run(_program(pair, rounds))
    pair.check(errors)
    [times] = [line.removeprefix("times: ") for line in errors.splitlines() if line.startswith("times: ")]
    return CpuSeconds(*(median(map(float, part.split())) for part in times.split(";")))


def _program(pair: Pair, rounds: int) -> str:
    module = pair.request.module
    clients = "\n".join(f"    {line}" for line in client_lines(pair.calls))
    calls = "\n".join(f"        {in_boto3(call)}" for call in pair.calls)
    return f"""
import json, os, sys, time
sys.path[:0] = [{str(pair.deployed.package)!r}, {str(pair.deployed.sdk)!r}]
import boto3, {module}
from botocore.config import Config
{CONTEXT}
def calls_with(config):
{clients}
    def calls():
{calls}
    return calls
sys.stdout = open(os.devnull, "w")
context, event = Context(), {pair.event!r}
def ours():
    return {module}.handler(event, context)
measured = (ours, calls_with({BARE_CONFIG}), calls_with({OUR_CONFIG}))
times = {{call: [] for call in measured}}
for number in range({rounds + WARM_UP}):
    for call in measured:
        started = time.process_time()
        call()
        times[call].append(time.process_time() - started)
answer = ours()
sys.stderr.write({ANSWER!r} + json.dumps(answer) + chr(10))
sys.stderr.write("times: " + ";".join(" ".join(map(str, times[call][{WARM_UP}:])) for call in measured) + chr(10))
"""
