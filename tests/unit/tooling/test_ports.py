"""Ports of a stack: each free, and each for one part."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local import ports
from skafu.cli import app


def test_ports_that_nobody_uses_may_be_used() -> None:
    first, second = ports.free(2)

    ports.require_free({"--emulator-port": first, "--appsync-port": second})


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> range:
    """The ports that may be given, with claims of this test's own."""
    few = range(31_980, 32_000)
    monkeypatch.setattr(ports, "BELOW_EPHEMERAL", few)
    monkeypatch.setattr(ports, "CLAIMS", tmp_path)
    return few


ANOTHER = """
import sys
from pathlib import Path
from local import ports
ports.CLAIMS = Path(sys.argv[1])
ports.BELOW_EPHEMERAL = range(int(sys.argv[2]), int(sys.argv[3]))
print(*ports.free(5), flush=True)
sys.stdin.read()
"""


def test_a_port_is_given_to_one_process_until_it_has_ended(few: range, tmp_path: Path) -> None:
    """A killed server's port is free for a moment; another stack must not take it then."""
    asks = [sys.executable, "-c", ANOTHER, str(tmp_path), str(few.start), str(few.stop)]
    with subprocess.Popen(asks, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        theirs = {int(port) for port in other.stdout.readline().split()}
        ours = set(ports.free(10))
        with pytest.raises(ports.NoPortLeft, match="Fewer than 6 ports from 31980 to 31999"):
            ports.free(6)
        other.stdin.close()

    assert len(theirs) == 5
    assert not ours & theirs
    assert theirs & set(ports.free(5))


def test_a_port_on_which_somebody_listens_is_not_given(few: range) -> None:
    with socket.create_server(("127.0.0.1", few[7])):
        assert few[7] not in ports.free(len(few) - 1)


def test_a_port_that_is_in_use_is_named_with_who_uses_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ports.PortTaken, match=rf"Port {port} is in use by .* --web-port\."):
            ports.require_free({"--web-port": port})


def test_two_parts_have_two_ports() -> None:
    (port,) = ports.free(1)
    words = rf"Port {port} is that of --emulator-port: choose another port with --appsync-port\."

    with pytest.raises(ports.PortTaken, match=words):
        ports.require_free({"--emulator-port": port, "--appsync-port": port})


@pytest.mark.parametrize("option", ["--emulator-port", "--appsync-port", "--web-port"])
@pytest.mark.parametrize("port", ["-1", "0", "65536"])
def test_what_is_no_port_is_refused(option: str, port: str) -> None:
    result = CliRunner().invoke(app, ["dev", option, port], env={"COLUMNS": "300"})

    assert result.exit_code == 2
    assert f"Invalid value for '{option}': Input should be" in result.stderr
