"""The local AWS ignores what its caller configured for AWS."""

import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.processes.clean_shell import run_in_clean_shell
from tests.support.processes.hostile_environment import HOSTILE, MISSING, NOBODY
from tools.local.ports import free_port
from tools.local.processes.environment import Reader, clean_environment, forget_account_of_caller, is_passed_on
from tools.local.root_user import ROOT_ACCESS_KEY_ID, root_session
from tools.local.settings import PROJECT, REGION
from tools.local.sign_in import id_token
from tools.local.stack import Credentials, SignIn, Stack

OUTCOMES = {"tools.local down": 0, "tools.local status": 1, "tools.local token": 1, "tools.load FILE": 1}
OUTCOMES |= {"tools.smoke --local": 1, "tools.reconcile --local": 2}


class Answers(BaseHTTPRequestHandler):
    """Answers every call as GetCallerIdentity does, and as a refusal of Cognito."""

    def do_GET(self) -> None:
        self._answer(b"{}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.authorizations.append(self.headers.get("Authorization", ""))  # type: ignore[attr-defined]
        if "X-Amz-Target" in self.headers:
            self._answer(json.dumps({"__type": "NotAuthorizedException"}).encode(), 400)
        else:
            self._answer(b"<R><GetCallerIdentityResult><Arn>root</Arn></GetCallerIdentityResult></R>")

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's environment variables are rubbish."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def local_server() -> Iterator[ThreadingHTTPServer]:
    """A server on this machine, which keeps the signatures of its calls."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.authorizations = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_emulator_sees_nothing_of_it(hostile: None) -> None:
    environment = clean_environment({})

    seen = {name for name, value in HOSTILE.items() if environment.get(name) == value}
    assert seen == set()
    assert {name for name in environment if "proxy" in name.lower()} == {"no_proxy", "NO_PROXY"}
    assert environment["AWS_ACCESS_KEY_ID"] == ROOT_ACCESS_KEY_ID
    assert environment["HOME"] == os.environ["HOME"]


def test_a_download_sees_proxies_and_certificates_and_no_account(hostile: None) -> None:
    environment = clean_environment({}, Reader.DOWNLOADS)

    assert environment["https_proxy"] == environment["HTTP_PROXY"] == NOBODY
    assert environment["SSL_CERT_FILE"] == environment["REQUESTS_CA_BUNDLE"] == MISSING
    assert environment["no_proxy"] == environment["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
    assert not {"AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "PYTHONWARNINGS"} & environment.keys()
    assert environment["PYTHONPATH"] == str(PROJECT)


@pytest.mark.parametrize("name", ["AWS_ANYTHING_NEW", "MOTO_ANYTHING", "MINISTACK_ANYTHING", "PYTHONHOME"])
def test_a_variable_that_is_added_one_day_is_not_passed_on(name: str) -> None:
    assert not is_passed_on(name, Reader.LOCAL)
    assert not is_passed_on(name, Reader.DOWNLOADS)


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [({}, "127.0.0.1,localhost"), ({"NO_PROXY": "*"}, "*"), ({"NO_PROXY": "a, b"}, "a,b,127.0.0.1,localhost")],
)
def test_this_machine_is_added_to_the_exceptions_from_proxies(exceptions: dict[str, str], expected: str) -> None:
    forget_account_of_caller(exceptions)

    assert exceptions["no_proxy"] == exceptions["NO_PROXY"] == expected


def test_the_own_process_calls_the_local_aws_in_spite_of_it(hostile: None, local_server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{local_server.server_port}"

    forget_account_of_caller()

    root_session().client("sts", endpoint_url=url).get_caller_identity()
    a_stack(url).client("sts").get_caller_identity()
    urllib.request.urlopen(f"{url}/_ministack/health", timeout=5).close()
    signed = local_server.authorizations  # type: ignore[attr-defined]
    assert [header.split("Credential=")[1].partition("/")[0] for header in signed] == [ROOT_ACCESS_KEY_ID, "operator"]
    assert all(f"/{REGION}/" in header for header in signed)


def test_a_sign_in_reaches_the_local_aws_in_spite_of_it(hostile: None, local_server: ThreadingHTTPServer) -> None:
    stack = a_stack(f"http://127.0.0.1:{local_server.server_port}")

    forget_account_of_caller()

    with pytest.raises(Exception, match="NotAuthorizedException"):
        id_token(stack, SignIn("admin", "secret"))


def a_stack(url: str) -> Stack:
    """A stack at this endpoint."""
    own = Credentials("operator", "secret")
    outputs = {"UserPoolClientId": "c", "UserPoolId": f"{REGION}_p"}
    return Stack(url, url, REGION, outputs, operator=own, checkout=own)


@pytest.mark.parametrize("command", OUTCOMES)
def test_a_command_ends_with_one_sentence_in_spite_of_it(command: str) -> None:
    module, *arguments = command.replace("FILE", "events/catalogue.csv").split()
    own_directory = {"LOCAL_PORT": str(free_port())}  # beside a local AWS that is running

    ended = run_in_clean_shell(module, *arguments, variables=HOSTILE | own_directory | {"PYTHONWARNINGS": ""})

    printed = ended.stdout + ended.stderr
    assert ended.returncode == OUTCOMES[command], printed
    assert "o local AWS " in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    "command", ["demo", "bench", "deploy", "publish", "terraform", "check_on_aws", "demo.costs.idle"]
)
def test_a_command_starts_in_a_clean_shell(command: str) -> None:
    ended = run_in_clean_shell(f"tools.{command}", "--help")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"usage: python -m tools.{command}" in ended.stdout
