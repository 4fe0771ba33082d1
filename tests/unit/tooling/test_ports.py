"""Ports of a stack: each free, and each for one part."""

import socket

import pytest
from typer.testing import CliRunner

from local import ports
from skafu.cli import app


def test_ports_that_nobody_uses_may_be_used() -> None:
    first, second = ports.free(2)

    ports.require_free({"--emulator-port": first, "--appsync-port": second})


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
