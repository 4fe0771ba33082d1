"""Commands that cannot do their work: one sentence each, and an exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from botocore import exceptions as aws
from typer.testing import CliRunner, Result

from application.ports import Unavailable
from application.upcasting import UnreadableEvent
from domain.contents import contents
from local.outputs import ROOT
from local.ports import free
from skafu.cli import app
from skafu.commands.help import names
from skafu.reach.trouble import Trouble, sentence

pytestmark = pytest.mark.tools

STREAM = names()["AGGREGATE"]
SUB = "1c0ffee0-0000-4000-8000-000000000001"
SINCE = ("--since", "2026-01-31T14:00")
# Each command that reaches a system, with arguments that it takes.
REACHING: dict[str, tuple[str, ...]] = {
    "history": ("history", STREAM),
    "state": ("state", STREAM),
    "why": ("why", STREAM, "1"),
    "verify": ("verify",),
    "repair": ("verify", "--repair"),
    "lag": ("lag",),
    "rebuild": ("rebuild",),
    "rebuild by workflow": ("rebuild", "--workflow"),
    "rehearse": ("rehearse",),
    "replay": ("replay",),
    "replay by workflow": ("replay", "--workflow"),
    "replay of a stream": ("replay", "--aggregate", STREAM),
    "workflow": ("workflow",),
    "workflow of a name": ("workflow", "rebuild-1"),
    "workflow to stop": ("workflow", "rebuild-1", "--stop"),
    "doctor": ("doctor",),
    "dlq list": ("dlq", "list"),
    "dlq show": ("dlq", "show"),
    "dlq redrive": ("dlq", "redrive", "--all"),
    "dlq discard": ("dlq", "discard", "FailureQueue", "--all", "--reason", "x"),
    "saga list": ("saga", "list"),
    "saga show": ("saga", "show", STREAM),
    "saga resume": ("saga", "resume", STREAM),
    "saga compensate": ("saga", "compensate", STREAM),
    "saga deadlines": ("saga", "deadlines"),
    "saga cancel": ("saga", "cancel", STREAM),
    "logs": ("logs", SUB),
    "endpoint": ("endpoint",),
    "publish": ("publish", *SINCE, "--yes"),
    "forget": ("forget-subject", SUB, "--yes"),
    "forget by e-mail": ("forget-subject", "somebody@example.org", "--yes"),
    "outputs": ("outputs",),
    "env-vars": ("env-vars",),
}
if contents.seed:  # another domain may have nothing to begin with
    REACHING["seed"] = ("seed",)
# What they are about exists in AWS only.
DEPLOYED = {"outputs", "env-vars"}
LOCAL = {name: words for name, words in REACHING.items() if name not in DEPLOYED} | {
    "endpoint": ("endpoint", "-e", "local"),
    "token": ("token", "owner@skafu.dev"),
    "invoke": ("invoke", "CommandApi", str(ROOT / names()["SAMPLE"])),
}
SETTINGS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Leave nothing of the person's own AWS settings, and restore what commands set."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    yield
    os.environ.clear()
    os.environ |= before


def skafu(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, words, env=environment)


def told(result: Result, code: int = 1) -> str:
    """Return the one sentence of a command that could do nothing."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("words", REACHING.values(), ids=REACHING)
def test_without_a_region_it_is_said_how_to_name_one(words: tuple[str, ...]) -> None:
    assert "AWS_REGION" in told(skafu(*words, "-e", "dev", **SETTINGS))


@pytest.mark.parametrize("words", REACHING.values(), ids=REACHING)
def test_without_credentials_it_is_said_where_they_come_from(words: tuple[str, ...]) -> None:
    assert "AWS_PROFILE" in told(skafu(*words, "-e", "dev", AWS_REGION="eu-west-1",
                                       AWS_DEFAULT_REGION="eu-west-1"))  # fmt: skip


@contextmanager
def answering(code: str, message: str) -> Iterator[str]:
    """Serve one refusal to every request, in the form of its protocol."""

    class Refuse(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            as_json = "json" in self.headers.get("Content-Type", "")
            body = json.dumps({"__type": code, "message": message}) if as_json else (
                f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>"
                "</ErrorResponse>"
            )  # fmt: skip
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as server:
        # It looks often whether it is to end: there is one for each of many tests.
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


REFUSALS = {
    "ExpiredTokenException": "has expired",
    "ExpiredToken": "has expired",
    "UnrecognizedClientException": "does not know these credentials",
    "AccessDenied": "denies",
    "ThrottlingException": "busy",
}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("words", REACHING.values(), ids=REACHING)
def test_a_refusal_of_aws_is_one_sentence(words: tuple[str, ...], code: str) -> None:
    with answering(code, "Not now [/x]") as url:
        result = skafu(*words, "-e", "dev", **SETTINGS, AWS_REGION="eu-west-1",
                       AWS_DEFAULT_REGION="eu-west-1", AWS_ENDPOINT_URL=url)  # fmt: skip
    assert REFUSALS[code] in told(result)


@pytest.mark.parametrize("words", REACHING.values(), ids=REACHING)
def test_an_environment_that_does_not_exist_is_named(words: tuple[str, ...]) -> None:
    code = "ValidationError" if words[0] in DEPLOYED else "ParameterNotFound"
    with answering(code, "does not exist") as url:
        result = skafu(*words, "-e", "nowhere", **SETTINGS, AWS_REGION="eu-west-1",
                       AWS_DEFAULT_REGION="eu-west-1", AWS_ENDPOINT_URL=url)  # fmt: skip
    assert "There is no environment nowhere" in told(result)


@pytest.fixture
def dead(tmp_path: Path) -> Path:
    """The outputs of a stack that runs no more."""
    (port,) = free(1)
    address = f"http://127.0.0.1:{port}"
    file = tmp_path / "outputs.json"
    found = dict.fromkeys(("awsEndpointUrl", "commandApiUrl", "graphqlUrl"), address)
    found |= {"userPoolClientId": "client", "userPoolId": "us-east-1_pool"}
    file.write_text(json.dumps(found))
    return file


@pytest.mark.parametrize("words", LOCAL.values(), ids=LOCAL)
def test_a_stack_that_does_not_run_is_said(words: tuple[str, ...], dead: Path) -> None:
    result = skafu(*words, "--outputs", str(dead), AWS_MAX_ATTEMPTS="1")
    line = told(result)
    assert "does not answer" in line
    assert "make dev" in line


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"awsEndpointUrl": 1}', "\x00\xff"])
@pytest.mark.parametrize("words", LOCAL.values(), ids=LOCAL)
def test_a_file_of_outputs_that_is_none_is_named(
    words: tuple[str, ...], content: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(content, encoding="latin-1")
    result = skafu(*words, "--outputs", str(file), COLUMNS="300")

    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "is not the outputs.json of a local stack" in result.stderr


def test_every_command_that_reaches_a_system_is_tried() -> None:
    # `trace` reads a file that the stack has left.
    here = {"dev", "cost", "simulate", "bench", "contract", "seed", "trace"}
    from skafu.loading import ENTRIES

    assert {words[0] for words in LOCAL.values()} | DEPLOYED | here == set(ENTRIES)
    assert ("seed" in LOCAL) == (contents.seed is not None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Trouble("There is none."), "There is none."),
        (Unavailable("ThrottlingException"), "too much to do"),
        (aws.SSOTokenLoadError(error_msg="x"), "aws sso login"),
        (OSError(28, "No space left on device", "/data/x.json"), "The disk is full: /data/x.json"),
        (FileNotFoundError(2, "No such file or directory", "prices"), "The file prices cannot"),
        (subprocess.CalledProcessError(3, ["x"]), "`x` ended with code 3"),
        (UnreadableEvent("an item is no commit"), "this release (an item is no commit). Is the"),
        (KeyError("surprise"), "skafu itself is at fault: KeyError. Nothing"),
    ],
)
def test_each_kind_of_trouble_has_its_sentence(error: Exception, words: str) -> None:
    assert words in sentence(error)
    assert "\n" not in sentence(error)


@pytest.mark.parametrize("words", [("nope[/x]\x1b[2J",), ("bench", "[/x]\x1b[2J"), ("--[/x]",)])
def test_what_was_typed_is_shown_literally(words: tuple[str, ...]) -> None:
    result = skafu(*words, COLUMNS="300")

    assert result.exit_code == 2
    assert "[/x]" in result.stderr
    assert "\x1b[2J" not in result.stderr


def test_an_output_that_nobody_reads_to_its_end_is_no_fault() -> None:
    command = f"{sys.executable} -m skafu.cli simulate --schedules 20 --trace | head -3"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 4
    assert done.stdout.splitlines()[-1] == "141"


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = "import sys; from skafu.cli import app; app(['--help'], standalone_mode=False)"
    heavy = "print(sorted({'boto3', 'pydantic', 'moto', 'gql', 'domain'} & {*sys.modules}))"
    command = [sys.executable, "-c", f"{code}; {heavy}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
