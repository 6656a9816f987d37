"""The CPU of a warm request, beside that of the calls that it makes."""

from statistics import median

from tools.bench.functions.measured import ANSWER, CONTEXT, Pair, bare_client_lines, in_boto3

WARM_UP = 10


def cpu_seconds(pair: Pair, rounds: int) -> tuple[float, float]:
    """The median CPU of one request, and of its calls in bare boto3.

    Both run in turn in one process, so that a slow moment of the machine affects both.
    """
    errors = pair.run(_program(pair, rounds))
    pair.check(errors)
    [times] = [line.removeprefix("times: ") for line in errors.splitlines() if line.startswith("times: ")]
    ours, bare = (list(map(float, part.split())) for part in times.split(";"))
    return median(ours), median(bare)


def _program(pair: Pair, rounds: int) -> str:
    module = pair.request.module
    calls = "\n".join(f"    {in_boto3(call)}" for call in pair.calls)
    clients = "\n".join(bare_client_lines(pair.calls))
    return f"""
import json, os, sys, time
sys.path[:0] = [{str(pair.deployed.package)!r}, {str(pair.deployed.sdk)!r}]
import boto3, {module}
{CONTEXT}
{clients}
sys.stdout = open(os.devnull, "w")
context, event = Context(), {pair.event!r}
def ours():
    return {module}.handler(event, context)
def bare():
{calls}
times = {{ours: [], bare: []}}
for number in range({rounds + WARM_UP}):
    for call in (ours, bare):
        started = time.process_time()
        call()
        times[call].append(time.process_time() - started)
answer = ours()
sys.stderr.write({ANSWER!r} + json.dumps(answer) + chr(10))
sys.stderr.write("times: " + ";".join(" ".join(map(str, times[call][{WARM_UP}:])) for call in (ours, bare)) + chr(10))
"""
